"""Reading single fields of a deal record, whoever wrote them: a form, a program, or a sheet."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bacowr.base.types import ID_LENGTH
from bacowr.engine import markets, urls

ADDRESS_LENGTH = 2048
DOMAIN_LENGTH = 255
MOST_TAGS, TAG_LENGTH = 20, 40
METRICS_LENGTH = 10_000
BIGGEST = 2**53 - 1  # Beyond it JSON's readers round.

_words = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
_label = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_control = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_id = re.compile(rf"[0-9A-Za-z_-]{{1,{ID_LENGTH}}}")
_currency = re.compile(r"[A-Za-z]{3}")
_spaces = re.compile(r"[\s\u00a0\u202f]+")
_grouped = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")


class Faulty(Exception):  # noqa: N818  # Carries a message to the one who reads all the fields.
    """A field can't be taken."""


Reader = Callable[[object], Any]


def text(most: int, *, is_needed: bool = False) -> Reader:
    """Read a text of at most so many characters; None when it is empty."""

    def read(value: object) -> str | None:
        found = _text(value)
        if not found:
            if is_needed:
                raise Faulty("This field is required.")
            return None
        if len(found) > most:
            raise Faulty(f"This must be at most {most:,} characters long; it is {len(found):,}.")
        return found

    return read


def line(most: int, *, is_needed: bool = False) -> Reader:
    """Read a text in one line."""
    read = text(most, is_needed=is_needed)

    def read_line(value: object) -> str | None:
        found: str | None = read(" ".join(value.split()) if isinstance(value, str) else value)
        return found

    return read_line


def choice(kind: type[StrEnum], name: str, default: StrEnum | None) -> Reader:
    """Read one of a closed set, also by the words that sheets have for its members."""
    words: Mapping[str, str] = _words.get(name, {})

    def read(value: object) -> StrEnum | None:
        found = _text(value).lower()
        if not found:
            return default
        plain = re.sub(r"[\s_-]+", "", found)
        for each in kind:
            if plain == each.replace("_", ""):
                return each
        if plain in words:
            return kind(words[plain])
        raise Faulty(f"Choose one of {', '.join(kind)}.")

    return read


def language(value: object) -> str | None:
    """Read a language by its code, its name, or the market that speaks it (domain 1.4)."""
    found = _text(value).lower()
    if not found:
        return None
    code = str(_words["language"].get(found, found.partition("-")[0]))
    if code not in markets.LANGUAGES:
        raise Faulty("Give a two-letter language code, like sv or en.")
    return code


def address(value: object) -> str | None:
    """Read the address of a web page; repairs `https:/x` and spells the host in plain ASCII."""
    found = _text(value)
    if not found:
        return None
    if len(found) > ADDRESS_LENGTH:
        raise Faulty(f"This must be at most {ADDRESS_LENGTH:,} characters long.")
    try:
        url = urls.normalize(found if ":" in found.partition("/")[0] else f"https://{found}")
        parts = urlsplit(url)
    except ValueError as error:
        raise Faulty("This is not a valid web address.") from error
    if parts.scheme not in {"http", "https"} or parts.username or not _is_host(parts.hostname):
        raise Faulty("This is not a web address, like https://example.com/page.")
    if len(url) > ADDRESS_LENGTH:
        raise Faulty(f"This must be at most {ADDRESS_LENGTH:,} characters long.")
    return url


def needed_address(value: object) -> str:
    """Read an address that must be there."""
    found = address(value)
    if found is None:
        raise Faulty("This field is required.")
    return found


def site(value: object) -> str | None:
    """Read a site: its domain, or any address on it; gives the host without `www.`."""
    found = address(value)
    if found is None:
        return None
    host = urls.host_of(found)
    if len(host) > DOMAIN_LENGTH:
        raise Faulty("This is not a valid domain name, like example.com.")
    return host


def owner_of_targets(value: object) -> str | None:
    """Read a customer: a name as it is, an address as its host (domain 1.4)."""
    found = _text(value)
    if "/" in found or found.lower().startswith("www."):
        return site(found)
    return line(DOMAIN_LENGTH)(found)  # type: ignore[no-any-return]  # A text reader gives text.


def whole(most: int = BIGGEST) -> Reader:
    """Read a whole number from 0."""

    def read(value: object) -> int | None:
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            raise Faulty("This must be a whole number.")
        found = _spaces.sub("", str(value))
        if isinstance(value, float) and value.is_integer():
            found = str(int(value))
        if not found.isascii() or not found.isdecimal() or len(found) > len(str(BIGGEST)):
            raise Faulty("This must be a whole number.")
        if int(found) > most:
            raise Faulty(f"This must be at most {most:,}.")
        return int(found)

    return read


def price(value: object) -> int | None:
    """Read a sum in its currency's main unit, such as `1 500,50`; gives hundredths."""
    found = _spaces.sub("", str(value if value is not None else ""))
    found = re.sub(r"(?i)^[a-z]{3}|[a-z]{3}$|kr\.?$|:-$", "", found)
    if not found:
        return None
    if _grouped.fullmatch(found):
        found = re.sub("[.,]", "", found)
    elif found.rfind(",") > found.rfind("."):
        found = found.replace(".", "").replace(",", ".")
    else:
        found = found.replace(",", "")
    try:
        cents = Decimal(found) * 100
    except InvalidOperation as error:
        raise Faulty("Give a sum such as 1500 or 1500.50.") from error
    if not cents.is_finite() or cents < 0 or cents > BIGGEST:
        raise Faulty("Give a sum such as 1500 or 1500.50.")
    return int(cents.to_integral_value())


def currency(value: object) -> str | None:
    """Read the three letters of a currency."""
    found = _text(value)
    if found and not _currency.fullmatch(found):
        raise Faulty("Give the three letters of the currency, like SEK or EUR.")
    return found.upper() or None


def day(value: object) -> date | None:
    """Read a day as ISO 8601 writes it; a moment counts as its day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    found = moment(value)
    return found.date() if found else None


def moment(value: object) -> datetime | None:
    """Read a day or a moment as ISO 8601 writes it; without a zone it is in UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    found = _text(value)
    if not found:
        return None
    try:
        read = datetime.fromisoformat(found)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Faulty("Give a date such as 2026-11-22.") from error


def tags(value: object) -> list[str]:
    """Read tags from a list, or from one text with commas or semicolons; each stands once."""
    found = re.split("[,;]", value) if isinstance(value, str) else value or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise Faulty("Give tags as a list of texts.")
    plain = [" ".join(_text(each).split()) for each in found]
    each_once = list(dict.fromkeys(filter(None, plain)))
    if len(each_once) > MOST_TAGS or any(len(each) > TAG_LENGTH for each in each_once):
        raise Faulty(f"At most {MOST_TAGS} tags of at most {TAG_LENGTH} characters.")
    return each_once


def metrics(value: object) -> dict[str, Any]:
    """Read whatever else the owner measures: a JSON object of limited size."""
    found = value if value is not None else {}
    if not isinstance(found, dict):
        raise Faulty("Give an object.")
    if len(json.dumps(found)) > METRICS_LENGTH or "\\u0000" in json.dumps(found):
        raise Faulty(f"At most {METRICS_LENGTH:,} characters of JSON, and no zero bytes.")
    return found


def thing_id(value: object) -> str | None:
    """Read an id of ours."""
    found = _text(value)
    if found and not _id.fullmatch(found):
        raise Faulty("This is not an id.")
    return found or None


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Faulty("This must be text.")
    if _control.search(value):
        raise Faulty("This holds control characters.")
    return value.strip()


def _is_host(host: str | None) -> bool:
    labels = (host or "").split(".")
    return len(labels) > 1 and all(map(_label.fullmatch, labels)) and not labels[-1].isdigit()
