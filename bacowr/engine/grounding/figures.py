"""Numbers and names in running text, in a form in which they can be compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bacowr.engine.grounding.wording import wording
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.words import WORD

_SPACES = " \u00a0\u202f\u2009"
# Groups of three after a space, point or comma are thousands; anything else is a decimal part.
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<whole>\d{{1,3}}(?:[{_SPACES}.,']\d{{3}})+(?!\d)|\d+)"
    rf"(?:[.,](?P<part>\d+))?(?:[{_SPACES}-]?(?P<unit>[^\W\d_]+))?"
)
_GROUPING = re.compile(rf"[{_SPACES}.,']")
_JOINED = {"", "&", "-", "\u2013"}


@dataclass(frozen=True)
class Found:
    """Something found in a text, in its comparable form: `text[start:end]`."""

    value: str
    start: int
    end: int


def numbers(text: str) -> list[Found]:
    """List the numbers: `1 000`, `1,000` and `1000` are one, and so are `12,5` and `12.5`.

    A following scale counts (`2.5 million` is 2500000), and so do small numbers in words.
    """
    found = [*_digits(text), *_numerals(text)]
    return sorted(found, key=lambda each: each.start)


def names(text: str, known: frozenset[str] = frozenset()) -> list[Found]:
    """List the names: runs of capitalized words.

    The first word of a text is written with a capital anyhow: alone it counts only when it holds
    another capital or is known as a name.
    """
    runs: list[list[re.Match[str]]] = []
    previous: re.Match[str] | None = None
    for match in WORD.finditer(text):
        if match[0][0].isupper() and not _only_opens(match, previous, known):
            between = text[previous.end() : match.start()].strip() if previous else None
            if runs and previous is runs[-1][-1] and between in _JOINED:
                runs[-1].append(match)
            else:
                runs.append([match])
        previous = match
    return [_named(each) for each in runs if not _is_opening(each, text, known)]


def _named(run: list[re.Match[str]]) -> Found:
    value = " ".join(each[0] for each in run).lower()
    return Found(value, run[0].start(), run[-1].end())


def _only_opens(
    match: re.Match[str], previous: re.Match[str] | None, known: frozenset[str]
) -> bool:
    """Tell whether a word has its capital only because a sentence begins with it."""
    word = match[0].lower()
    return previous is None and word not in known and word in lexicon().stop


def _is_opening(run: list[re.Match[str]], text: str, known: frozenset[str]) -> bool:
    first = run[0][0]
    if len(run) > 1:
        return False
    if WORD.search(text[: run[0].start()]):
        return len(first) == 1
    return first.lower() not in known and not any(each.isupper() for each in first[1:])


def _digits(text: str) -> Iterator[Found]:
    scales = wording().scales
    for match in _NUMBER.finditer(text):
        value = Decimal(f"{_GROUPING.sub('', match['whole'])}.{match['part'] or 0}")
        end = match.end("part") if match["part"] else match.end("whole")
        unit = (match["unit"] or "").lower()
        if unit in scales:
            value, end = value * scales[unit], match.end("unit")
        yield Found(_plain(value), match.start(), end)


def _numerals(text: str) -> Iterator[Found]:
    numerals, scales = wording().numerals, wording().scales
    found = list(WORD.finditer(text))
    for place, match in enumerate(found):
        if match[0].lower() in numerals:
            following = "".join(each[0].lower() for each in found[place + 1 : place + 2])
            scale = scales.get(following, 1)
            yield Found(str(numerals[match[0].lower()] * scale), match.start(), match.end())


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
