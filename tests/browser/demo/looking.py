"""What is asked of every page, measured in the page itself."""

from __future__ import annotations

import importlib.resources
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import ConsoleMessage, Request, Response
from playwright.sync_api import Page as Window

AXE = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = {"serious", "critical"}
ASK_AXE = """async ([tags, rules]) => {
  const runOnly = rules ? {type: "rule", values: rules} : {type: "tag", values: tags};
  const also = rules ? {} : {"target-size": {enabled: true}};
  const found = await axe.run({exclude: [["#diagram g ~ g ~ g"]]}, {
    runOnly, rules: also, resultTypes: ["violations"], preload: false, iframes: false,
  });
  const told = (node) => `${node.target} ${node.html} ${node.any.map((each) => each.message)}`;
  return found.violations.map(({id, impact, help, nodes}) => ({
    id, impact, help, nodes: nodes.slice(0, 4).map(told),
  }));
}"""
# A control is reachable when it takes the focus, and the focus is to be seen when an outline or a
# shadow is drawn around it, or around the row that stands for it.
WALK = """() => {
  const faults = [];
  const told = (each) => each.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
  const drawn = (each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1)
      || style.boxShadow !== "none";
  };
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]";
  const seen = {checkOpacity: false, checkVisibilityCSS: true};
  for (const each of document.querySelectorAll(kinds)) {
    if (each.disabled || each.type === "hidden" || !each.checkVisibility(seen)) continue;
    if (each.tabIndex > 0) faults.push(`jumps the queue: ${told(each)}`);
    if (each.tabIndex < 0) continue;
    each.focus();
    if (document.activeElement !== each) faults.push(`takes no focus: ${told(each)}`);
    else if (![each, each.parentElement, each.closest("tr, li, article, label, .card")]
      .some((one) => one && drawn(one))) faults.push(`shows no focus: ${told(each)}`);
  }
  document.activeElement.blur();
  scrollTo(0, 0);
  return faults;
}"""
SHAPE = """() => {
  const faults = [];
  const root = document.documentElement;
  if (!document.title.replace("· BACOWR", "").trim()) faults.push("no title");
  const heads = [...document.querySelectorAll("h1")]
    .filter((each) => each.checkVisibility() && (each.ariaLevel ?? "1") === "1");
  if (heads.length !== 1) faults.push(`${heads.length} h1: ${heads.map((h) => h.textContent)}`);
  const boxes = ".table-wrap, .card, .card-body, td, .badge, .btn";
  const scrolls = "[tabindex]";  // Says so, and takes the focus for it.
  for (const each of document.querySelectorAll(boxes)) {
    if (each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1 && !each.matches(scrolls)
      && getComputedStyle(each).overflowX !== "visible") {
      faults.push(`cut ${each.scrollWidth} px to ${each.clientWidth}: ${each.className}`);
    }
  }
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")]
      .filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1)
      .slice(-3).map((each) => each.outerHTML.replace(/\\s+/g, " ").slice(0, 110));
    faults.push(`${root.scrollWidth} px in ${root.clientWidth}: ${wide}`);
  }
  return faults;
}"""
# A page follows the system's theme by a script of its own: this waits until it is painted.
FOLLOW = """(theme) => new Promise((done) => {
  const painted = () => requestAnimationFrame(() => requestAnimationFrame(done));
  const look = () => (document.documentElement.dataset.bsTheme === theme
    ? painted() : requestAnimationFrame(look));
  look();
})"""
Theme = Literal["light", "dark"]
COLORS = ["color-contrast", "link-in-text-block"]


@dataclass
class Noted:
    """What a window did that no page should."""

    window: Window
    expected: int = 200
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.window.on("console", self._console)
        self.window.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.window.on("requestfailed", self._failed)
        self.window.on("response", self._answered)

    def _console(self, message: ConsoleMessage) -> None:
        is_own_status = f"status of {self.expected} " in message.text and self.expected >= 400
        if message.type in {"error", "warning"} and not is_own_status:
            self.faults.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # Left behind by going elsewhere.
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status != self.expected:
            self.faults.append(f"{response.status}: {response.url}")


def follow(window: Window, theme: Theme) -> None:
    """Have the system in a theme, and the page as well."""
    window.emulate_media(color_scheme=theme)
    window.evaluate(FOLLOW, theme)


def axe(window: Window, rules: list[str] | None = None) -> list[str]:
    """Ask the accessibility checker, and list what is serious."""
    if not window.evaluate("typeof axe === 'object'"):
        window.evaluate(AXE)
    found: list[dict[str, Any]] = window.evaluate(ASK_AXE, [TAGS, rules])
    return [
        f"axe {each['id']} ({each['impact']}): {each['help']} {json.dumps(each['nodes'])}"
        for each in found
        if each["impact"] in GRAVE
    ]


def shape(window: Window) -> list[str]:
    """List what is wrong with title, heading and width."""
    return list(window.evaluate(SHAPE))


def walk(window: Window) -> list[str]:
    """List the controls that a keyboard does not reach, or reaches unseen."""
    window.keyboard.press("Tab")  # From here on, the focus is a keyboard's.
    return list(window.evaluate(WALK))
