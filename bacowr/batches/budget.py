"""The anchor budget: how many of a target's links may have an exact anchor (domain 8).

5 % of at least 20 known links is custom in the trade, not a figure of any search engine's.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from bacowr.backlinks.statistics import BUDGET_LABEL, LEAST_SAMPLE, MOST_EXACT_SHARE
from bacowr.engine.order import AnchorType
from bacowr.engine.research import anchors

_WORD = re.compile(r"[^\W_]+")
_COMMON_ENDINGS = {"html", "htm", "php", "aspx"}


@dataclass(frozen=True)
class Link:
    """One known link: where it leads, by which words, and a person's own word on their kind."""

    target: str
    anchor: str
    said: AnchorType | None = None


@dataclass(frozen=True)
class Overdrawn:
    """A target with too many exact anchors, this one among them; and what to write instead."""

    exact: int
    links: int
    alternatives: tuple[str, ...]

    def __str__(self) -> str:
        """Tell the number, the rule and the alternatives."""
        share = 100 * self.exact / self.links
        told = (
            f"{self.exact} of {self.links} known links to this target ({share:.0f} %) would have"
            f" an exact anchor; {100 * MOST_EXACT_SHARE:.0f} % is the budget ({BUDGET_LABEL})."
        )
        offered = " or ".join(f"“{each}”" for each in self.alternatives)
        return f"{told} Instead: {offered}." if offered else told


def is_exact(link: Link) -> bool:
    """Tell whether an anchor says what its target is called, as far as the address shows it."""
    kind = anchors.classified(link.anchor, link.target, None, link.said).type
    if link.said or kind in {AnchorType.NAKED, AnchorType.BRAND}:
        return kind is AnchorType.EXACT
    said, called = _words(link.anchor), _name_of(link.target)
    return bool(said) and _is_inside(said, called)


def overdrawn(
    links: Sequence[Link], wanted: Iterable[Link], language: str
) -> dict[Link, Overdrawn]:
    """Say which of the wanted links would overdraw the budgets; `links` are all that are known.

    The wanted ones count among the known.
    """
    wanted = [each for each in wanted if is_exact(each)]
    targets = {each.target for each in wanted}
    known = Counter(each.target for each in links if each.target in targets)
    exact = Counter(each.target for each in links if each.target in targets and is_exact(each))
    found: dict[Link, Overdrawn] = {}
    for each in wanted:
        total, share = known[each.target], exact[each.target]
        if total >= LEAST_SAMPLE and share / total > MOST_EXACT_SHARE:
            found[each] = Overdrawn(share, total, _alternatives(each, language))
    return found


def _alternatives(link: Link, language: str) -> tuple[str, ...]:
    anchor = anchors.classified(link.anchor, link.target, None, AnchorType.EXACT)
    offered = anchors.alternatives(anchor, link.target, None, language)
    return tuple(each.text for each in offered)[:2]


def _name_of(url: str) -> list[str]:
    """Give the words of an address's last part, which is mostly the page's title."""
    parts = [each for each in unquote(urlsplit(url).path).split("/") if each]
    if not parts:
        return []
    return [each for each in _words(parts[-1]) if each not in _COMMON_ENDINGS]


def _words(text: str) -> list[str]:
    """List the words in a to z, as addresses spell them: å becomes a."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(each for each in plain if not unicodedata.combining(each)))


def _is_inside(words: Sequence[str], within: Sequence[str]) -> bool:
    size = len(words)
    return any(within[at : at + size] == words for at in range(len(within) - size + 1))
