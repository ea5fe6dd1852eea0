"""One row of a job sheet as an order: tidied, read, and every fault named with a way to mend it."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bacowr.base import addresses
from bacowr.base.errors import Invalid
from bacowr.base.http import Outgoing
from bacowr.engine import markets, urls
from bacowr.engine.order import (
    AnchorType,
    LlmProvider,
    Order,
    Vertical,
    WritingProfile,
    WritingStrategy,
    parse_order,
)
from bacowr.engine.terms import DealType, Rel
from bacowr.intake import columns
from bacowr.intake.columns import ORDERS
from bacowr.intake.table import Fault, Row, Table

LANGUAGES = {"se": "sv", "swe": "sv", "eng": "en", "uk": "en", "gb": "en", "dk": "da", "no": "nb"}
"""What sheets say for a language (domain 1.4: SE is sv, ENG is en)."""
COUNTRIES = {"uk": "gb", "en": "gb", "sv": "se", "da": "dk"}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "anchor_type": tuple(AnchorType),
    "deal_type": tuple(DealType),
    "agreed_rel": tuple(Rel),
    "vertical": tuple(Vertical),
    "llm_provider": tuple(LlmProvider),
    "writing_strategy": tuple(WritingStrategy),
    "writing_profile": tuple(WritingProfile),
    "language": tuple(sorted(markets.LANGUAGES)),
    "country": tuple(sorted(markets.COUNTRIES)),
}
FIXES = {
    "publisher_domain": "Write the domain alone, like example.com.",
    "target_url": "Write the whole address, like https://example.com/page.",
    "anchor_text": "Write the clickable text, of 1 to 500 characters.",
    "language": "Write two letters, like sv or en, or leave it empty.",
    "country": "Write two letters, like se or gb, or leave it empty.",
    "rel_reason": "Write why the link is followed, or agree on sponsored or nofollow.",
    "advertiser": "Write at most 120 characters.",
}
FLAG_FIX = "Write true or false, or leave it empty."
SHOWN = 200


class AsWritten(Outgoing):
    """Judges addresses by how they are written, and asks nobody: thousands of rows come at once.

    Where they lead is judged again, and for good, when the pages are read.
    """

    def check_address(self, url: str) -> None:
        """Raise AddressRefused for what is wrong with an address as it is written."""
        addresses.check_written(url, self.allow_hosts)


@dataclass(frozen=True)
class Line:
    """One row of a job sheet, read: its order, or its faults; and what was mended in it."""

    number: int
    values: Mapping[str, str]
    order: Order | None = None
    faults: tuple[Fault, ...] = ()
    repairs: tuple[str, ...] = ()


def read_line(
    row: Row, table: Table, mapping: Mapping[int, str], given: tuple[Mapping[str, str], Outgoing]
) -> Line:
    """Read a row; what it leaves open is as the sheet's settings say."""
    settings, outgoing = given
    said = columns.values_of(row, mapping)
    values, repairs = _tidied(said)
    read = [each for each in table.faults if each.row == row.number]
    try:
        order = parse_order({**settings, **values}, outgoing=outgoing)
    except Invalid as invalid:
        faults = _faults(row.number, table, mapping, (said, invalid))
        return Line(row.number, values, None, (*read, *faults), tuple(repairs))
    if read:
        return Line(row.number, values, None, tuple(read), tuple(repairs))
    repairs += _spelled_anew(values, order)
    return Line(row.number, values, order, (), tuple(repairs))


def _tidied(said: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    values, repairs = dict(said), []
    for name, tidy in TIDY.items():
        told = values.get(name, "")
        tidied = tidy(told)
        if tidied != told:
            repairs.append(f"{told[:SHOWN]} was read as {tidied[:SHOWN]}")
            values[name] = tidied
    return values, repairs


def _domain(text: str) -> str:
    """Give the host of an address that stands where a domain belongs."""
    if "/" not in text:
        return text
    try:
        host = urls.host_of(urls.normalize(text if "://" in text or ":/" in text else f"//{text}"))
    except ValueError:
        return text
    return host or text


def _address(text: str) -> str:
    """Mend `https:/x`, and give an address without a scheme one."""
    if ":/" in text and "://" not in text:
        try:
            return urls.normalize(text)
        except ValueError:
            return text
    is_bare = ":" not in text and " " not in text and "." in text.partition("/")[0]
    return f"https://{text}" if is_bare else text


TIDY: Mapping[str, Callable[[str], str]] = {
    "publisher_domain": _domain,
    "target_url": _address,
    "language": lambda text: LANGUAGES.get(text.lower(), text),
    "country": lambda text: COUNTRIES.get(text.lower(), text),
}


def _spelled_anew(values: Mapping[str, str], order: Order) -> list[str]:
    """Tell of hosts in other letters than a to z, which are stored in plain ASCII."""
    hosts = (
        (values.get("publisher_domain", ""), order.publisher_domain),
        (values.get("target_url", ""), order.target_url),
    )
    return [
        f"{said[:SHOWN]} is stored as {stored[:SHOWN]}"
        for said, stored in hosts
        if not said.isascii()
    ]


def _faults(
    number: int,
    table: Table,
    mapping: Mapping[int, str],
    told: tuple[Mapping[str, str], Invalid],
) -> list[Fault]:
    said, invalid = told
    labels = {field.name: field.label for field in ORDERS}
    return [
        Fault(
            number,
            columns.heading_of(table, mapping, name) or labels.get(name, name),
            said.get(name, "")[:SHOWN],
            " ".join(texts),
            _fix(name, said.get(name, "")),
        )
        for name, texts in invalid.fields.items()
    ]


def _fix(name: str, value: str) -> str:
    choices = CHOICES.get(name, ())
    close = difflib.get_close_matches(value.lower(), choices, n=1) if value else []
    if close:
        return f"Did you mean {close[0]}?"
    return FIXES.get(name) or (f"Write {' or '.join(choices)}." if choices else FLAG_FIX)


def with_fault(line: Line, fault: Fault) -> Line:
    """Give the line with one more fault, and no order."""
    return replace(line, order=None, faults=(*line.faults, fault))
