"""What the policy packs ask of a text, as instructions for the writer (domain 3.12)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bacowr.engine.order import Order
from bacowr.engine.policies.application import application
from bacowr.engine.policies.loading import in_use
from bacowr.engine.policies.model import Pack, Position, Required
from bacowr.engine.record import Profiles

MAX_PHRASES = 40

_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_HOST = re.compile(r"\b(?:[\w-]+\.)+[a-z]{2,24}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Notes:
    """Instructions, and the addresses that they ask for, numbered P1 onwards.

    `hosts` are sites that a prescribed wording names as an address in plain text; `bold` are the
    prescribed words that must stand out.
    """

    lines: tuple[str, ...]
    addresses: dict[str, str]
    hosts: frozenset[str]
    bold: tuple[str, ...]

    @property
    def text(self) -> str:
        """Give the notes as a part of the instructions; empty when nothing applies."""
        if not self.lines:
            return ""
        return "\n# What the law asks of this article\n\n" + "\n".join(self.lines)


def notes(order: Order, profiles: Profiles, on: date) -> Notes:
    """Say what the packs that apply on a day demand and forbid in the article's language."""
    found = application(order, profiles, on, in_use())
    required = [each for pack in found.packs for each in pack.required]
    said = [each.statement.get(profiles.language, "") for each in required]
    urls = [each.link for each in required if each.link]
    urls += [match[2] for text in said for match in _LINK.finditer(text)]
    keys = {url: f"P{place}" for place, url in enumerate(dict.fromkeys(urls), start=1)}
    lines = [_required(each, profiles.language, keys) for each in required]
    for pack in found.packs:
        lines += (*_banned(pack, profiles.language), *_share(pack))
    shown = "\n".join(_LINK.sub(r"\1", each) for each in said)
    return Notes(
        lines=tuple(dict.fromkeys(lines)),
        addresses={key: url for url, key in keys.items()},
        hosts=frozenset(each.lower() for each in _HOST.findall(shown)),
        bold=tuple(match[1] for text in said for match in _BOLD.finditer(text)),
    )


def _required(each: Required, language: str, keys: Mapping[str, str]) -> str:
    said = each.statement.get(language, "")
    said = _LINK.sub(lambda match: f"[{match[1]}]({keys[match[2]]})", _BOLD.sub(r"\1", said))
    words = f'Write this, word for word: "{said}"' if said else f"Say: {each.name}."
    place = " It stands before the slot." if each.position is Position.BEFORE_LINK else ""
    linked = " Put it in a paragraph without any other link." if "](P" in said else ""
    if each.link and not linked:
        linked = f" Cite `[its name]({keys[each.link]})`, in a paragraph without any other link."
    condition = " This holds only if the article speaks of it." if each.when else ""
    return f"- {words}{place}{linked}{condition}"


def _banned(pack: Pack, language: str) -> list[str]:
    lines = []
    for each in pack.banned:
        phrases = each.phrases.get(language, ())[:MAX_PHRASES]
        shown = ", ".join(f'"{_plain(phrase)}"' for phrase in phrases)
        lines.append(f"- Never: {each.name}" + (f" ({shown})." if shown else "."))
    return lines


def _plain(phrase: str) -> str:
    """Spell a phrase of a pack without the marks of its pattern."""
    return phrase.replace("*", "").replace("|", "/").replace(" .. ", " \u2026 ")


def _share(pack: Pack) -> list[str]:
    if pack.commercial_share is None:
        return []
    return [f"- At most {pack.commercial_share:.0%} of the paragraphs may speak commercially."]
