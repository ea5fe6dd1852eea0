"""Whether markup keeps an element from being seen."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

_DECLARATION = re.compile(r"\s*([\w-]+)\s*:\s*([^;]*)")
_ZERO = re.compile(r"^0+(?:\.0+)?(?:px|em|rem|%|pt|vh|vw)?$")
_FAR_AWAY = re.compile(r"^-\s*\d{3,}(?:\.\d+)?(?:px|em|rem|pt)?$|^-\d{2,}(?:em|rem)$|^-\d{3,}%$")
_SIZES = ("font-size", "width", "height", "max-width", "max-height")
_OFFSETS = ("left", "right", "top", "bottom", "text-indent", "margin-left", "margin-top")
_PLAIN = {
    "display": ("none",),
    "visibility": ("hidden", "collapse"),
    "opacity": ("0", "0.0", "0%", ".0"),
    "content-visibility": ("hidden",),
    "clip": ("rect(0,0,0,0)", "rect(0px,0px,0px,0px)", "rect(1px,1px,1px,1px)"),
    "clip-path": ("inset(50%)", "inset(100%)"),
    "transform": ("scale(0)",),
    "color": ("transparent", "rgba(0,0,0,0)"),
}
_HOLDERS = frozenset({"template", "noscript"})
_NAMED = {"white": "#ffffff", "black": "#000000", "#fff": "#ffffff", "#000": "#000000"}
_RGB = re.compile(r"^rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(?:,1(?:\.0)?)?\)$")


def hidden_by(element: HtmlElement) -> str | None:
    """Say what hides an element, itself or something around it; None when nothing seems to.

    Only markup is read: attributes and inline styles, no style sheets.
    """
    for each in (element, *element.iterancestors()):
        found = _by_markup(each) or _by_style(styles_of(each))
        if found:
            return found
    return _by_color(element)


def styles_of(element: HtmlElement) -> dict[str, str]:
    """Give an element's inline style, in lower case and without spaces."""
    return {
        match[1].lower(): re.sub(r"\s+|!important", "", match[2].lower())
        for match in _DECLARATION.finditer(element.get("style") or "")
    }


def _by_markup(element: HtmlElement) -> str | None:
    if element.tag in _HOLDERS:
        return f"<{element.tag}>"
    if element.get("hidden") is not None:
        return "hidden attribute"
    if (element.get("aria-hidden") or "").strip().lower() == "true":
        return "aria-hidden"
    return None


def _by_style(styles: dict[str, str]) -> str | None:
    return next((f"{name}: {value}" for name, value in _hiding(styles)), None)


def _hiding(styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in styles.items():
        is_zero = name in _SIZES and _ZERO.match(value)
        is_far = name in _OFFSETS and _FAR_AWAY.match(value)
        if is_zero or is_far or value in _PLAIN.get(name, ()):
            yield name, value


def _by_color(element: HtmlElement) -> str | None:
    """Compare the nearest inline color with the nearest inline background around it."""
    around = [styles_of(each) for each in (element, *element.iterancestors())]
    color = next((each["color"] for each in around if "color" in each), None)
    backgrounds = (each.get("background-color") or each.get("background") for each in around)
    background = next((each for each in backgrounds if each), None)
    if color and background and _plain_color(color) == _plain_color(background):
        return f"color: {color} on {background}"
    return None


def _plain_color(color: str) -> str:
    if match := _RGB.match(color):
        return "#{:02x}{:02x}{:02x}".format(*(int(each) for each in match.groups()))
    short = re.fullmatch(r"#([\da-f])([\da-f])([\da-f])", color)
    if short:
        return "#" + "".join(each * 2 for each in short.groups())
    return _NAMED.get(color, color)
