"""What a way back does to the rows: what it takes along, what it changes and cuts short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from bacowr.dbops.console import count_text
from bacowr.dbops.report import Level
from bacowr.dbops.verify.passage import Stage
from bacowr.dbops.verify.verdicts import Rule, Verdict
from bacowr.dbops.verify.walking import reshaped, touched

if TYPE_CHECKING:
    from bacowr.dbops.verify.contents import Contents, TableContents
    from bacowr.dbops.verify.passage import Passage

MOST_SHOWN = 40
BACK_UP = "Take a copy first (`flask db backup`): what is lost doesn't come back."
KEEP = "Leave rows alone that the upgrade didn't bring, or say in the file why not."


@dataclass(frozen=True)
class Column:
    """A column of a table, by their names."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


def judge_round(passage: Passage) -> Iterator[Verdict]:
    """Compare the rows there were before with what they are after up and down."""
    before, up, down = (passage.get(one) for one in (Stage.BEFORE, Stage.UP, Stage.DOWN))
    if before is None or up is None or down is None:
        return
    moved = _moved(before.contents, up.contents)
    for name, old in before.contents.items():
        new = down.contents.get(name)
        if new is None:
            continue
        between = up.contents.get(name)
        if new.rows != old.rows:
            yield _other_rows(name, old, between, new)
            continue
        for column in old.columns:
            if column in new.columns and not old.tells(column, new):
                place = Column(name, column)
                yield _other_values(place, (old, between, new), is_moved=place in moved)


def _other_rows(
    name: str, old: TableContents, between: TableContents | None, new: TableContents
) -> Verdict:
    lost = old.rows - new.rows
    if between is None:
        message = f"{name} comes back with {new.rows:,} of its {count_text(old.rows, 'row')}."
        return Verdict(
            Rule.LOSES_DATA, f"The upgrade drops {name}; {message}", BACK_UP, Level.WARNING
        )
    if between.rows == new.rows and lost > 0:
        message = f"The upgrade deletes {count_text(lost, 'row')} of {name} for good."
        return Verdict(Rule.LOSES_DATA, message, BACK_UP, Level.WARNING)
    verb = f"deletes {count_text(lost, 'row')}" if lost > 0 else f"adds {count_text(-lost, 'row')}"
    message = f"Up and down {verb} of {name} that were there before."
    return Verdict(Rule.CHANGES_ROWS, message, KEEP)


def _other_values(
    place: Column,
    moments: tuple[TableContents, TableContents | None, TableContents],
    *,
    is_moved: bool,
) -> Verdict:
    """Tell who changed the values: the upgrade, for good, or the way back."""
    old, between, new = moments
    was, now = old.columns[place.name], new.columns[place.name]
    shown = _example(place.name, old, new)
    if not is_moved and (between is None or place.name not in between.columns):
        message = (
            f"The upgrade drops {place} with {count_text(was.filled, 'value')}; the downgrade "
            f"brings it back with {now.filled:,} that are not the same{shown}."
        )
        return Verdict(Rule.LOSES_DATA, message, BACK_UP, Level.WARNING)
    if not is_moved and between is not None and not old.tells(place.name, between):
        message = f"The upgrade changes values of {place}, and the downgrade doesn't change them "
        return Verdict(Rule.LOSES_DATA, f"{message}back{shown}.", BACK_UP, Level.WARNING)
    message = f"The downgrade changes values of {place} that were there before{shown}."
    return Verdict(Rule.CHANGES_ROWS, message, KEEP)


def judge_way_back(passage: Passage) -> Iterator[Verdict]:
    """Compare rows as the new schema holds them with what a downgrade leaves of them."""
    filled, emptied = passage.get(Stage.FILLED), passage.get(Stage.EMPTIED)
    if filled is None or emptied is None:
        return
    level = Level.WARNING if passage.is_copy else Level.INFO
    moved = _moved(filled.contents, emptied.contents)
    own = reshaped(emptied, filled) | _touched_by(passage)
    for name, old in filled.contents.items():
        new = emptied.contents.get(name)
        if new is None:
            if old.rows and not any(Column(name, column) in moved for column in old.columns):
                yield _lost(f"table {name} with {count_text(old.rows, 'row')}", level)
        elif new.rows < old.rows:
            gone = f"{old.rows - new.rows:,} of {count_text(old.rows, 'row')} of {name}"
            yield _lost(gone, Level.WARNING)
        else:
            yield from _columns(name, old, new, moved, level, is_own=name in own)


def _touched_by(passage: Passage) -> frozenset[str]:
    before, up = passage.get(Stage.BEFORE), passage.get(Stage.UP)
    return touched(before, up) if before is not None and up is not None else frozenset()


def _lost(what: str, level: Level) -> Verdict:
    return Verdict(Rule.LOSES_DATA, f"The downgrade loses {what}.", BACK_UP, level)


def _columns(  # noqa: PLR0913 - Two moments, and what is known of them.
    table: str,
    old: TableContents,
    new: TableContents,
    moved: frozenset[Column],
    level: Level,
    *,
    is_own: bool,
) -> Iterator[Verdict]:
    for name, was in old.columns.items():
        place = Column(table, name)
        if name not in new.columns:
            if was.filled and place not in moved:
                yield _lost(f"{place} with {count_text(was.filled, 'value')}", level)
        elif was.type != new.columns[name].type:
            yield from _converted(place, old, new)
        elif not old.tells(name, new) and old.key == new.key:
            shown = _example(name, old, new)
            if is_own:
                message = f"The downgrade changes values of {place}{shown}."
                yield Verdict(Rule.LOSES_DATA, message, BACK_UP, Level.WARNING)
            else:
                message = f"The downgrade changes values of {place}, which the upgrade left alone"
                yield Verdict(Rule.CHANGES_ROWS, f"{message}{shown}.", KEEP)


def _converted(place: Column, old: TableContents, new: TableContents) -> Iterator[Verdict]:
    """Count the values that another type holds no longer, or only in part."""
    changed = [
        (row[place.name], new.kept[key][place.name])
        for key, row in old.kept.items()
        if key in new.kept and not _is_same(row[place.name], new.kept[key][place.name])
    ]
    if not changed:
        return
    before, after = changed[0]
    types = f"{old.columns[place.name].type} to {new.columns[place.name].type}"
    message = (
        f"The downgrade cuts {count_text(len(changed), 'value')} of {place} short ({types}): "
        f"{_short(before)} becomes {_short(after)}."
    )
    remedy = "Refuse in the downgrade while there are such values, or allow it with the reason."
    yield Verdict(Rule.TRUNCATES, message, remedy)


def _moved(old: Contents, new: Contents) -> frozenset[Column]:
    """Return the columns that are gone under their name, but whose values are under another."""
    sums = {
        (one.plain, one.filled)
        for name, table in new.items()
        for column, one in table.columns.items()
        if one.filled and (name not in old or column not in old[name].columns)
    }
    return frozenset(
        Column(name, column)
        for name, table in old.items()
        for column, one in table.columns.items()
        if (name not in new or column not in new[name].columns) and (one.plain, one.filled) in sums
    )


def _example(column: str, old: TableContents, new: TableContents) -> str:
    for key, row in old.kept.items():
        other = new.kept.get(key)
        if other is not None and column in row and row[column] != other.get(column):
            return f": {_short(row[column])} became {_short(other.get(column, ''))}"
    return ""


def _short(value: str) -> str:
    return value if len(value) <= MOST_SHOWN else f"{value[: MOST_SHOWN - 1]}…"


def _is_same(one: str, other: str) -> bool:
    """Tell whether two texts are the same value, however its type writes it."""
    if _plain(one) == _plain(other):
        return True
    try:
        return Decimal(_plain(one)) == Decimal(_plain(other))
    except InvalidOperation:
        return False


def _plain(value: str) -> str:
    """Return a value without what only some types write: quotes, zones, padding, true for 1."""
    text = value[1:-1] if value.startswith("'") and value.endswith("'") else value
    text = text.removesuffix("+00").rstrip()
    return {"true": "1", "t": "1", "false": "0", "f": "0"}.get(text, text)
