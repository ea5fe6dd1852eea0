// What pages do beyond htmx: shortcuts, dialogs, copying, moments that stay true, lost connections.
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ---- Theme ----------------------------------------------------------------------------------
  const names = { system: "Theme: system", light: "Theme: light", dark: "Theme: dark" };
  const nameTheme = () => all("[data-theme-name]").forEach((each) => {
    each.textContent = names[document.documentElement.dataset.themeChoice] || names.system;
  });
  const toggleTheme = () => {
    dispatchEvent(new Event("theme:next"));
    nameTheme();
  };

  // ---- Dialogs --------------------------------------------------------------------------------
  const open = (id) => {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
  };
  document.addEventListener("htmx:confirm", (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    const dialog = one("#confirm");
    if (!ctx.confirm || !dialog) return;
    event.preventDefault();
    one("#confirm-text", dialog).textContent = ctx.confirm;
    one("[data-confirm-yes]", dialog).textContent = ctx.sourceElement.dataset.confirmYes || "Yes";
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => {
      (dialog.returnValue === "yes" ? issueRequest : dropRequest)();
    }, { once: true });
    dialog.showModal();
  });

  // ---- Copying --------------------------------------------------------------------------------
  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copies);
    const label = one("span", button);
    const text = source.value ?? source.textContent;
    try {
      await navigator.clipboard.writeText(text);
      label.textContent = "Copied";
    } catch {
      source.focus();
      source.select?.();
      label.textContent = "Press Ctrl+C";
    }
  };

  // ---- Moments --------------------------------------------------------------------------------
  const steps = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [604800, 86400, "d"]];
  const ago = (seconds) => {
    if (seconds < 10) return "just now";
    const step = steps.find(([limit]) => seconds < limit);
    return step ? `${Math.floor(seconds / step[1])} ${step[2]} ago` : null;
  };
  const span = (seconds) => (seconds < 60
    ? `${Math.floor(seconds)} s`
    : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`);
  const since = (element) => Math.max(0, (Date.now() - Date.parse(element.dateTime)) / 1000);
  const say = (element, text) => {
    if (text && element.textContent !== text) element.textContent = text;
  };
  const tick = () => {
    all("time[data-ago]").forEach((each) => say(each, ago(since(each))));
    all("time[data-running]").forEach((each) => say(each, span(since(each))));
  };

  // ---- Lists ----------------------------------------------------------------------------------
  const step = (by) => {
    const rows = all("[data-row] a.row-link");
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[Math.min(rows.length - 1, Math.max(0, at + by))].focus();
  };
  const turn = (rel) => one(`.pages a[rel=${rel}]`)?.click();

  // ---- Shortcuts ------------------------------------------------------------------------------
  const keysOn = () => {
    try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
  };
  const search = () => {
    const input = one("[data-search]");
    if (input) input.select();
    else location.assign("/jobs?focus=search");
  };
  const keys = {
    "?": () => open("help"),
    "/": search,
    n: () => one("[data-key=n]")?.click(),
    o: () => location.assign("/jobs"),
    j: () => step(1),
    k: () => step(-1),
    ArrowLeft: () => turn("prev"),
    ArrowRight: () => turn("next"),
  };
  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const held = event.ctrlKey || event.metaKey || event.altKey;
    if (!act || held || isTyping(event.target) || one("dialog[open]") || !keysOn()) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("themeToggle" in button.dataset) toggleTheme();
    if (button.dataset.opens) open(button.dataset.opens);
    if (button.dataset.copies) copy(button);
    if ("prints" in button.dataset) print();
    if ("closes" in button.dataset) button.closest(".alert").remove();
  });

  // ---- Lost connections -----------------------------------------------------------------------
  const lost = document.createElement("div");
  lost.className = "alert alert-warning";
  lost.setAttribute("role", "alert");
  lost.textContent = "The server can’t be reached. This page tries again by itself.";
  document.addEventListener("htmx:error", (event) => {
    const { ctx } = event.detail;
    if (ctx?.response || lost.isConnected) return;
    one("#notices")?.replaceChildren(lost);
  });
  document.addEventListener("htmx:after:request", () => lost.remove());

  // ---- Once, when the page is there -----------------------------------------------------------
  all("[data-theme-toggle], [data-opens], [data-prints]").forEach((each) => { each.hidden = false; });
  const checkbox = one("#keys-on");
  if (checkbox) {
    checkbox.checked = keysOn();
    checkbox.addEventListener("change", () => {
      try { localStorage.setItem("keys", checkbox.checked ? "on" : "off"); } catch { /* As is. */ }
    });
  }
  const menu = one("#menu");
  const isWide = matchMedia("(min-width: 992px)");
  if (menu && isWide.matches) menu.open = true;
  isWide.addEventListener("change", () => { if (menu) menu.open = isWide.matches; });
  const closeMenu = (event) => {
    if (!menu?.open || isWide.matches) return;
    if (event.key === "Escape") {
      menu.open = false;
      one("summary", menu).focus();
    } else if (event.type === "click" && !menu.contains(event.target)) {
      menu.open = false;
    }
  };
  document.addEventListener("keydown", closeMenu);
  document.addEventListener("click", closeMenu);
  if (new URLSearchParams(location.search).get("focus") === "search") one("[data-search]")?.focus();
  nameTheme();
  tick();
  setInterval(tick, 1000);
})();
