// A review and an editor: keys from finding to finding, guards, and the time that was spent.
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const findings = () => all("[data-review] [data-finding]");
  const keysOn = () => {
    try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
  };
  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]");

  // ---- The finding that is looked at ----------------------------------------------------------
  let current = null;
  const marksOf = (key) => all(`[data-findings~="${key}"]`);
  const paint = () => {
    all(".is-current").forEach((each) => each.classList.remove("is-current"));
    if (!current) return;
    one(`[data-finding="${current}"]`)?.classList.add("is-current");
    marksOf(current).forEach((each) => each.classList.add("is-current"));
  };
  const look = (finding, focus = true) => {
    if (!finding) return;
    current = finding.dataset.finding;
    paint();
    if (focus) finding.focus({ preventScroll: true });
    finding.scrollIntoView({ block: "nearest", behavior: "instant" });
    marksOf(current)[0]?.scrollIntoView({ block: "center", behavior: "instant" });
  };
  const step = (by) => {
    const listed = findings();
    const at = listed.findIndex((each) => each.dataset.finding === current);
    const next = at < 0 ? (by > 0 ? 0 : listed.length - 1) : at + by;
    look(listed[Math.min(listed.length - 1, Math.max(0, next))]);
  };
  const nextUndecided = () => {
    const listed = findings();
    const at = listed.findIndex((each) => each.dataset.finding === current);
    const turned = [...listed.slice(at + 1), ...listed.slice(0, at + 1)];
    look(turned.find((each) => "undecided" in each.dataset) || turned[0]);
  };
  const within = (selector) => {
    const finding = current && one(`[data-finding="${current}"]`);
    return finding && one(selector, finding);
  };
  const go = (id) => document.getElementById(id)?.click();
  const keys = {
    n: nextUndecided,
    j: () => step(1),
    k: () => step(-1),
    a: () => within("[data-accepts]")?.click(),
    i: () => within("[data-reason]")?.focus(),
    e: () => one("[data-review-key=e]")?.click(),
    d: () => go("tab-versions"),
    s: () => go("tab-sign"),
    "?": () => one("#review-help")?.showModal(),
  };
  addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const held = event.ctrlKey || event.metaKey || event.altKey;
    if (!act || held || !one("[data-review]") || isTyping(event.target)) return;
    if (one("dialog[open]") || !keysOn()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-reason]")) return;
    event.preventDefault();
    one("button[value=ignored]", event.target.closest("form"))?.click();
  });

  // ---- From the text to its evidence, and back ------------------------------------------------
  const editor = () => one("#markdown");
  const units = (text, points) => [...text].slice(0, points).join("").length;
  const select = (finding) => {
    const area = editor();
    const before = area.value.length - area.value.trimStart().length;
    const text = area.value.trimStart();
    const start = before + units(text, Number(finding.dataset.start));
    const end = before + units(text, Number(finding.dataset.end));
    area.focus();
    area.setSelectionRange(start, end);
    const line = area.value.slice(0, start).length / Math.max(1, area.value.length);
    area.scrollTop = line * area.scrollHeight - area.clientHeight / 3;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-goes]");
    const mark = event.target.closest("mark[data-findings]");
    const finding = event.target.closest("[data-finding]");
    if (link && editor()) {
      event.preventDefault();
      select(link.closest("[data-finding]"));
    } else if (link) {
      event.preventDefault();
      look(link.closest("[data-finding]"));
    } else if (mark && !event.target.closest("a")) {
      look(one(`[data-finding="${mark.dataset.findings.split(" ")[0]}"]`));
    } else if (finding && !isTyping(event.target) && !event.target.closest("button, a")) {
      look(finding, false);
    }
    if (event.target.closest("[data-shuts]")) event.target.closest("dialog")?.close();
  });
  document.addEventListener("focusin", (event) => {
    const finding = event.target.closest("[data-review] [data-finding]");
    if (!finding || finding.dataset.finding === current) return;
    current = finding.dataset.finding;
    paint();
  });
  document.addEventListener("htmx:after:swap", () => {
    reveal();
    paint();
    const finding = current && one(`[data-review] [data-finding="${current}"]`);
    if (finding && document.activeElement === document.body) finding.focus({ preventScroll: true });
  });
  const reveal = () => all("[data-opens], [data-prints]").forEach((each) => { each.hidden = false; });

  // ---- A text that isn't saved ----------------------------------------------------------------
  const form = one("[data-guards]");
  if (form) {
    const area = editor();
    const saved = "unsaved" in form.dataset ? null : area.value;
    let leaving = false;
    const isChanged = () => area.value !== saved;
    const tell = () => { one("#saved-state").textContent = isChanged() ? "Not saved" : ""; };
    area.addEventListener("input", tell);
    form.addEventListener("submit", () => { leaving = true; });
    addEventListener("pageshow", () => { leaving = false; tell(); });
    addEventListener("beforeunload", (event) => {
      if (!leaving && isChanged()) event.preventDefault();
    });
    one("[data-checks]", form).hidden = true;
  }

  // ---- How long the text was looked at --------------------------------------------------------
  let seconds = 0;
  setInterval(() => {
    if (document.visibilityState !== "visible") return;
    seconds += 1;
    all("[data-seconds]").forEach((each) => { each.value = seconds; });
  }, 1000);
})();
