"""What a page says about itself in JSON-LD (schema.org)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

MAX_DEPTH = 6


@dataclass(frozen=True)
class Structured:
    """What a page's JSON-LD names: its types, the organization behind it, a price."""

    types: tuple[str, ...] = ()
    organization: str | None = None
    has_price: bool = False


def structured(tree: HtmlElement) -> Structured:
    """Read a page's JSON-LD; a block that is no JSON is left out."""
    nodes = [node for block in _blocks(tree) for node in _nodes(block)]
    types = dict.fromkeys(each for node in nodes for each in _types(node))
    named = (
        str(node["name"]).strip()
        for node in nodes
        if {"Organization", "LocalBusiness", "OnlineStore", "WebSite"} & set(_types(node))
        and isinstance(node.get("name"), str)
    )
    return Structured(
        types=tuple(types)[:20],
        organization=next((each for each in named if each), None),
        has_price=any("price" in node or "lowPrice" in node for node in nodes),
    )


def _blocks(tree: HtmlElement) -> Iterator[Any]:
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            yield json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON.
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _nodes(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _nodes(each, depth + 1)


def _types(node: dict[str, Any]) -> list[str]:
    named = node.get("@type")
    listed = named if isinstance(named, list) else [named]
    return [each for each in listed if isinstance(each, str)]
