"""What the policy packs ask of a text, as instructions for the writer (domain 3.12)."""

from dataclasses import dataclass
from datetime import date

from bacowr.engine import urls
from bacowr.engine.order import Order
from bacowr.engine.policies.application import application
from bacowr.engine.policies.loading import shipped
from bacowr.engine.policies.model import Pack, Position, Required
from bacowr.engine.record import Profiles

MAX_PHRASES = 40


@dataclass(frozen=True)
class Notes:
    """Instructions, and the addresses that they ask for, numbered P1 onwards."""

    lines: tuple[str, ...]
    addresses: dict[str, str]

    @property
    def hosts(self) -> frozenset[str]:
        """List the sites that may be named as an address in plain text."""
        return frozenset(urls.host_of(each) for each in self.addresses.values())

    @property
    def text(self) -> str:
        """Give the notes as a part of the instructions; empty when nothing applies."""
        if not self.lines:
            return ""
        return "\n# What the law asks of this article\n\n" + "\n".join(self.lines)


def notes(order: Order, profiles: Profiles, on: date) -> Notes:
    """Say what the packs that apply on a day demand and forbid in the article's language."""
    found = application(order, profiles, on, shipped())
    lines: list[str] = []
    addresses: dict[str, str] = {}
    for pack in found.packs:
        for each in pack.required:
            key = f"P{len(addresses) + 1}" if each.link else None
            if key and each.link:
                addresses[key] = each.link
            lines.append(_required(each, profiles.language, key))
        lines += _banned(pack, profiles.language)
        lines += _share(pack)
    return Notes(tuple(dict.fromkeys(lines)), addresses)


def _required(each: Required, language: str, key: str | None) -> str:
    said = each.statement.get(language)
    words = f'Write this sentence, word for word: "{said}"' if said else f"Say: {each.name}."
    place = " before the slot" if each.position is Position.BEFORE_LINK else ""
    linked = f" Make its name clickable: `[name]({key})`, in a paragraph of its own." if key else ""
    condition = " (only if the article speaks of it)" if each.when else ""
    return f"- {words}{place}{condition}{linked}"


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
