// A passage of an article: selected by mouse or key, commented on, or written anew.
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const keysOn = () => {
    try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
  };
  const isTyping = (element) => element.closest("input:not([type=checkbox]), textarea, select");
  const blockOf = (node) => {
    const element = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
    const block = element?.closest("[data-at]");
    return block?.closest("#prose") ? block : null;
  };

  // ---- What is selected -----------------------------------------------------------------------
  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const block = blockOf(range.startContainer);
    if (!block) return null;
    const within = range.cloneRange();
    if (!block.contains(range.endContainer)) within.setEndAfter(block.lastChild);
    const quote = within.toString().trim();
    return quote ? { at: block.dataset.at, quote } : null;
  };
  const marked = () => {
    const block = blockOf(one("#prose mark.is-current"));
    return block && { at: block.dataset.at, quote: "", shown: block.textContent };
  };
  document.addEventListener("selectionchange", () => {
    const acts = one("[data-passage-acts]");
    if (acts && !one("dialog[open]")) acts.hidden = !selected();
  });
  const step = (by) => {
    const listed = all("#prose p[data-at], #prose li[data-at]");
    const block = blockOf(getSelection().anchorNode);
    const at = listed.indexOf(block);
    const next = listed[at < 0 ? 0 : Math.min(listed.length - 1, Math.max(0, at + by))];
    if (!next) return;
    getSelection().selectAllChildren(next);
    next.scrollIntoView({ block: "center", behavior: "instant" });
  };

  // ---- What is done with it -------------------------------------------------------------------
  const open = (kind) => {
    const dialog = one(`#passage-${kind}`);
    const passage = selected() || marked();
    if (!dialog || !passage) return false;
    one("[data-passage-at]", dialog).value = passage.at;
    one("[data-passage-quote]", dialog).value = passage.quote;
    const block = one(`#prose [data-at="${passage.at}"]`);
    const words = kind === "rewrite" ? block.textContent : passage.quote || passage.shown;
    one("[data-passage-shown]", dialog).textContent = words.trim();
    one("[data-passage-error]", dialog).textContent = "";
    dialog.showModal();
    one("textarea", dialog).focus();
    return true;
  };
  const busy = (form, isBusy) => {
    all("button", form).forEach((each) => { each.disabled = isBusy; });
    all("[data-idle]", form).forEach((each) => { each.hidden = isBusy; });
    all("[data-busy]", form).forEach((each) => { each.hidden = !isBusy; });
  };
  const told = (text) => {
    const made = new DOMParser().parseFromString(text, "text/html");
    return (one("[data-message]", made) || made.body).textContent.trim();
  };
  const send = async (form, submitter) => {
    const body = new FormData(form, submitter);
    busy(form, true);
    let answer = null;
    try {
      const headers = { "HX-Request": "true" };
      answer = await fetch(form.action, { method: "POST", body, headers });
    } catch {
      answer = null;
    }
    if (answer?.ok) {
      form.closest("dialog")?.close();
      const then = form.dataset.passageThen || "";
      const event = new CustomEvent("passage:done", { detail: then, cancelable: true });
      if (!dispatchEvent(event)) return;
      if (then) location.assign(`${form.action.replace(/\/[^/]*$/, "")}?view=${then}`);
      else location.reload();
      return;
    }
    busy(form, false);
    const error = one("[data-passage-error]", form) || one("#notices");
    error.textContent = answer ? told(await answer.text()) : "The server can’t be reached. Try again.";
  };
  addEventListener("submit", (event) => {
    if (!event.target.matches("[data-passage-form]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send(event.target, event.submitter);
  }, true);
  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-passage-opens]");
    if (opens) open(opens.dataset.passageOpens);
    if (event.target.closest("[data-passage-shuts]")) event.target.closest("dialog").close();
  });
  document.addEventListener("mousedown", (event) => {
    // A click on a button must not take the selection away before it is used.
    if (event.target.closest("[data-passage-acts]")) event.preventDefault();
  });
  const keys = {
    c: () => open("comment"),
    r: () => Boolean(selected()) && open("rewrite"),
    p: () => { step(1); return true; },
    P: () => { step(-1); return true; },
  };
  addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const held = event.ctrlKey || event.metaKey || event.altKey;
    if (!act || held || isTyping(event.target) || one("dialog[open]") || !keysOn()) return;
    if (!one("#prose") || !act()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
})();
