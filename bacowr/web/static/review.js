// The review of a batch: from item to item, from finding to finding, and decisions, by keyboard.
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const page = one("[data-desk-page]");
  const desk = one("#desk");
  const keysOn = () => {
    try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
  };
  const isTyping = (element) => element.closest("input:not([type=checkbox]), textarea, select");

  all("[data-shows]").forEach((each) => {
    each.addEventListener("click", () => one(`#${each.dataset.shows}`).showModal());
  });
  if (!page) return;

  // ---- What lies on the desk ------------------------------------------------------------------
  const shown = () => one("[data-on-desk]")?.dataset.onDesk;
  const address = (id) => `${page.dataset.address}/${id}`;
  let turn = 0;
  let undo = null;

  const ask = async (url, body) => {
    const mine = (turn += 1);
    const method = body ? "POST" : "GET";
    page.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { method, body, headers: { "HX-Request": "true" } });
      const text = await answer.text();
      if (mine !== turn && !body) return null;
      return { ok: answer.ok, text, made: new DOMParser().parseFromString(text, "text/html") };
    } catch {
      one("#notices").textContent = "The server can’t be reached. Try again.";
      return null;
    } finally {
      if (mine === turn) page.removeAttribute("aria-busy");
    }
  };

  const mark = (id) => {
    all(".desk-item.is-shown").forEach((each) => {
      each.classList.remove("is-shown");
      one("a", each).removeAttribute("aria-current");
    });
    const row = one(`#item-${id}`);
    row?.classList.add("is-shown");
    one("a", row || page)?.setAttribute("aria-current", "true");
    row?.scrollIntoView({ block: "nearest", behavior: "instant" });
  };

  const put = (answer) => {
    const part = one("[data-part=desk]", answer.made);
    if (!part) {
      one("#notices").replaceChildren(...answer.made.body.childNodes);
      return false;
    }
    one("#notices").replaceChildren();
    desk.replaceChildren(...part.childNodes);
    one("#tally").replaceWith(one("#tally", answer.made));
    const row = one(".desk-item", answer.made);
    one(`#${row.id}`)?.replaceWith(row);
    current = null;
    mark(shown());
    return true;
  };

  const show = async (id, view = "") => {
    const answer = await ask(view ? `${address(id)}?view=${view}` : address(id));
    if (!answer || !put(answer)) return;
    history.replaceState(null, "", `${page.dataset.address}?item=${id}`);
    desk.scrollTop = 0;
  };

  const items = () => all(".desk-item");
  const step = (by) => {
    const listed = items();
    const at = listed.findIndex((each) => each.dataset.item === shown());
    const next = listed[at < 0 ? 0 : at + by];
    if (next) show(next.dataset.item);
  };
  const onward = (id) => {
    const listed = items();
    const at = listed.findIndex((each) => each.dataset.item === id);
    const turned = [...listed.slice(at + 1), ...listed.slice(0, Math.max(0, at))];
    const next = turned.find((each) => "waiting" in each.dataset);
    if (next) show(next.dataset.item);
  };

  // ---- Decisions ------------------------------------------------------------------------------
  const keep = (id) => {
    const form = one("#reopen");
    undo = form ? { id, url: form.action, body: new FormData(form) } : null;
  };
  const decide = async (form) => {
    const id = shown();
    const answer = await ask(form.action, new FormData(form));
    if (!answer || !put(answer) || !answer.ok) return;
    if (form.dataset.decides === "reopen") {
      undo = null;
      return;
    }
    keep(id);
    onward(id);
  };
  const takeBack = async () => {
    const form = one("#reopen");
    if (form) {
      decide(form);
      return;
    }
    if (!undo) return;
    const { url, body } = undo;
    undo = null;
    const answer = await ask(url, body);
    if (answer) put(answer);
  };
  const judge = async (form, submitter) => {
    const id = shown();
    const answer = await ask(form.action, new FormData(form, submitter));
    if (!answer) return;
    if (answer.ok) await show(id);
    else one("#notices").textContent = "Not stored: a finding is ignored with a reason.";
  };
  addEventListener("submit", (event) => {
    const form = event.target;
    const isFinding = new URL(form.action, location).pathname.endsWith("/decide");
    if (!form.closest("#desk") || !(form.dataset.decides || isFinding)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.decides) decide(form);
    else judge(form, event.submitter);
  }, true);

  addEventListener("passage:done", (event) => {
    event.preventDefault();
    show(shown(), event.detail ? "diff" : "");
  });

  // ---- The finding that is looked at ----------------------------------------------------------
  let current = null;
  const look = (finding) => {
    if (!finding) return;
    current = finding.dataset.finding;
    all(".is-current", desk).forEach((each) => each.classList.remove("is-current"));
    const marks = all(`[data-findings~="${current}"]`, desk);
    [finding, ...marks].forEach((each) => each.classList.add("is-current"));
    finding.focus({ preventScroll: true });
    finding.scrollIntoView({ block: "nearest", behavior: "instant" });
    marks[0]?.scrollIntoView({ block: "center", behavior: "instant" });
  };
  const nextFinding = () => {
    const listed = all("[data-finding]", desk);
    const at = listed.findIndex((each) => each.dataset.finding === current);
    look(listed[(at + 1) % listed.length]);
  };

  // ---- Keys and clicks ------------------------------------------------------------------------
  const unfold = (id) => {
    const fold = one(`#${id}`);
    if (!fold) return;
    fold.open = true;
    one("[data-note]", fold).focus();
  };
  const compare = () => {
    const link = one("#diff");
    if (link) show(shown(), link.dataset.view);
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: nextFinding,
    a: () => one("#approve")?.requestSubmit(),
    x: () => unfold("reject-fold"),
    r: () => unfold("regenerate-fold"),
    u: takeBack,
    e: () => one("#edit")?.click(),
    d: compare,
    s: () => one("#sign")?.click(),
    "?": () => one("#review-keys").showModal(),
  };
  addEventListener("keydown", (event) => {
    const held = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "Escape") all(".desk-more[open]").forEach((each) => { each.open = false; });
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.target.closest("form[data-decides]")?.requestSubmit();
    }
    const act = keys[event.key];
    if (!act || held || isTyping(event.target) || one("dialog[open]") || !keysOn()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat || "jkn".includes(event.key)) act();
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".desk-item a");
    const found = event.target.closest("#desk mark[data-findings]");
    const goes = event.target.closest("#desk [data-goes]");
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link) {
      event.preventDefault();
      show(link.closest(".desk-item").dataset.item);
    } else if (goes) {
      event.preventDefault();
      look(goes.closest("[data-finding]"));
    } else if (found && !event.target.closest("a")) {
      look(one(`[data-finding="${found.dataset.findings.split(" ")[0]}"]`, desk));
    } else if (event.target.closest("#diff")) {
      event.preventDefault();
      compare();
    }
  });

  // ---- Many at once ---------------------------------------------------------------------------
  const every = one("[data-all]");
  const tell = () => {
    const number = all(".desk-item > input:checked").length;
    one("[data-chosen]").textContent = number ? `${number} chosen` : "Choose all";
  };
  if (every) {
    every.hidden = false;
    tell();
    every.addEventListener("change", () => {
      all(".desk-item > input").forEach((each) => { each.checked = every.checked; });
      tell();
    });
    one("#items").addEventListener("change", tell);
  }

  const first = one(".desk-item[data-waiting]") || one(".desk-item");
  if (shown()) mark(shown());
  else show(first.dataset.item);
})();
