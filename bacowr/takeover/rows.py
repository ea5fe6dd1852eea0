"""One row of an older database: its values read with care, and what had to be done to them."""

import json
import math
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bacowr.base.types import ID_LENGTH
from bacowr.takeover.rules import Rule

NAMESPACE = uuid.UUID("6f4d7f0e-3c1b-5c5e-9a53-7f2f0c0f6a11")
# NUL, which PostgreSQL refuses, and halves of surrogate pairs, which UTF-8 does.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
SECRETS = frozenset({"api_key", "hashed_password", "reset_token"})
INT, BIGINT = 2**31 - 1, 2**63 - 1


class Unusable(Exception):  # noqa: N818  # Said of a row.
    """A row that breaks a rule; it is kept in quarantine for this reason."""


@dataclass(frozen=True)
class Known:
    """What the conversion of a row may ask: when this is, and which ids are there."""

    at: datetime
    ids: Mapping[str, Collection[str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    """Whose a batch is."""


def derived(*parts: str) -> str:
    """Return the id of a thing made of an older row: the same each time."""
    return str(uuid.uuid5(NAMESPACE, "\x00".join(parts)))


class Row:
    """One row, and the rules that were applied to it so far."""

    def __init__(self, table: str, values: Mapping[str, Any]) -> None:
        self.table = table
        self.values = values
        self.repairs: set[Rule] = set()
        self.kept: dict[str, Any] = {}

    @property
    def id(self) -> str:
        """Its key; raises Unusable when it can't be one here."""
        value = self.values.get("id")
        if not isinstance(value, str) or not value or UNSTORABLE.search(value):
            raise Unusable("it has no id that can be used")
        if len(value) > ID_LENGTH:
            raise Unusable(f"its id has more than {ID_LENGTH} characters")
        return value

    @property
    def has_id(self) -> bool:
        """Whether its key can be one here."""
        try:
            return bool(self.id)
        except Unusable:
            return False

    def repair(self, rule: Rule) -> None:
        """Note that a rule was applied."""
        self.repairs.add(rule)

    def text(self, name: str, longest: int | None = None) -> str | None:
        """Return a text, or None; raises Unusable when it is too long to be kept."""
        value = self.values.get(name)
        if value is None:
            return None
        found = self._clean(value if isinstance(value, str) else _as_text(value))
        if longest is not None and len(found) > longest:
            raise Unusable(f"{name} has more than {longest} characters")
        return found

    def needed(self, name: str, longest: int | None = None) -> str:
        """Return a text; raises Unusable when there is none."""
        found = self.text(name, longest)
        if found is None or not found.strip():
            raise Unusable(f"{name} is missing")
        return found

    def short(self, name: str, longest: int) -> str | None:
        """Return a text that is only a label: cut when it is too long, with the whole kept."""
        found = self.text(name)
        if found is None or len(found) <= longest:
            return found
        self.kept[name] = found
        self.repair(Rule.UNREADABLE)
        return found[:longest]

    def word(self, name: str) -> str:
        """Return a text in lower case without blanks, to be looked up; empty for none."""
        return (self.text(name) or "").strip().lower()

    def moment(self, name: str) -> datetime | None:
        """Return a moment in UTC; SQLite's have no zone, and are UTC."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        found = _as_moment(value)
        if found is None:
            self._lose(name, value)
            return None
        if found.tzinfo is None:
            self.repair(Rule.NAIVE)
            return found.replace(tzinfo=UTC)
        return found.astimezone(UTC)

    def made_at(self, known: Known, *others: str) -> datetime:
        """Return when the thing was made: if it isn't said, the first of other moments known."""
        if found := self.moment("created_at"):
            return found
        self.repair(Rule.NO_DATE)
        said = [moment for name in others if (moment := self.moment(name))]
        return min(said, default=known.at)

    def number(self, name: str) -> float | None:
        """Return a finite number, or None."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            found = float(value)
        except (TypeError, ValueError):
            found = math.nan
        if math.isfinite(found):
            return found
        self._lose(name, value)
        return None

    def whole(self, name: str, largest: int = INT) -> int | None:
        """Return a whole number that the database can hold, or None."""
        found = self.number(name)
        if found is None:
            return None
        if abs(found) > largest:
            self._lose(name, self.values[name])
            return None
        return int(found)

    def flag(self, name: str) -> bool | None:
        """Return yes, no, or None."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        word = str(value).strip().lower()
        if word in {"1", "1.0", "true", "t", "yes"}:
            return True
        if word in {"0", "0.0", "false", "f", "no"}:
            return False
        self._lose(name, value)
        return None

    def json(self, name: str) -> Any:  # noqa: ANN401  # JSON is whatever it is.
        """Return a JSON value, or None; SQLite's is a text."""
        value = self.values.get(name)
        if isinstance(value, bytes):
            value = _as_text(value)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                self._lose(name, value)
                return None
        return self._clean_json(value)

    def mapping(self, name: str) -> dict[str, Any]:
        """Return a JSON object; empty when there is none, or something else is there."""
        found = self.json(name)
        if isinstance(found, dict):
            return found
        if found is not None:
            self._lose(name, found)
        return {}

    def listing(self, name: str) -> list[Any]:
        """Return a JSON list; empty when there is none, or something else is there."""
        found = self.json(name)
        if isinstance(found, list):
            return found
        if found is not None:
            self._lose(name, found)
        return []

    def keep(self, name: str, value: Any) -> None:  # noqa: ANN401  # JSON is whatever it is.
        """Keep a value that has no column here."""
        if value not in (None, "", {}, []):
            self.kept[name] = value

    def as_json(self) -> dict[str, Any]:
        """Return the whole row for the quarantine, without its secrets."""
        kept = {name: value for name, value in self.values.items() if name not in SECRETS}
        return {name: self._clean_json(_plain(value)) for name, value in kept.items()}

    def _lose(self, name: str, value: Any) -> None:  # noqa: ANN401  # Whatever was there.
        self.repair(Rule.UNREADABLE)
        self.kept[name] = self._clean_json(_plain(value))

    def _clean(self, text: str) -> str:
        if not UNSTORABLE.search(text):
            return text
        self.repair(Rule.CHARACTERS)
        return UNSTORABLE.sub("\ufffd", text)

    def _clean_json(self, value: Any) -> Any:  # noqa: ANN401  # JSON is whatever it is.
        if isinstance(value, str):
            return self._clean(value)
        if isinstance(value, float) and not math.isfinite(value):
            self.repair(Rule.UNREADABLE)
            return None
        if isinstance(value, list):
            return [self._clean_json(each) for each in value]
        if isinstance(value, dict):
            return {self._clean(str(key)): self._clean_json(each) for key, each in value.items()}
        return value


def _as_text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _plain(value: Any) -> Any:  # noqa: ANN401  # Whatever a driver gives.
    if isinstance(value, str | int | float | bool | list | dict | None):
        return value
    return value.isoformat() if isinstance(value, datetime) else _as_text(value)


def _as_moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        return datetime.fromisoformat(_as_text(value).strip())
    except (ValueError, OverflowError, OSError):
        return None
