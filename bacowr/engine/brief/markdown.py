"""Markdown from pieces of text that may hold anything: what a page says stays text."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_LIST_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s|$)")


def plain(text: str) -> str:
    """Escape a text so that Markdown shows it as it is, on one line."""
    line = re.sub(r"\s+", " ", text).strip()
    escaped = _SPECIAL.sub(r"\\\1", line)
    return _LIST_START.sub(lambda match: f"{match[1]}\\{match[2]}", escaped)


def link(url: str) -> str:
    """Show an address as itself, clickable when it is an http address."""
    safe = re.sub(r"[<>\s]", lambda match: f"%{ord(match[0]):02X}", url)
    return f"<{safe}>" if safe.startswith(("http://", "https://")) else plain(url)


def bullets(lines: list[str]) -> str:
    """Make a list; the lines are Markdown already."""
    return "\n".join(f"- {line}" for line in lines)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Make a table; the cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
