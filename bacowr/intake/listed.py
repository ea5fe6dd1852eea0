"""Rows as JSON: `{"jobs": [{…}, …]}`, or the list alone."""

import json

from bacowr.base.errors import Invalid
from bacowr.intake.table import MOST_ROWS, TOO_MANY_ROWS, Fault, Row, Table, assembled

WANTED = 'Give {"jobs": [{…}, …]}: a list of objects with a field for each column.'


def read(text: str) -> Table:
    """Read a list of objects; the names of their fields are the headings. Invalid for all else."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused(f"This is not JSON: {error}.") from error
    items = data.get("jobs") if isinstance(data, dict) else data
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise _refused(WANTED)
    if len(items) > MOST_ROWS:
        raise _refused(f"{TOO_MANY_ROWS} This one has {len(items):,}.")
    headings = tuple(dict.fromkeys(str(name) for each in items for name in each))
    faults: list[Fault] = []
    rows = [Row(0, headings)]
    for number, item in enumerate(items, 1):
        cells = tuple(_cell(number, name, item.get(name), faults) for name in headings)
        rows.append(Row(number, cells))
    return assembled(rows, faults)


def _cell(number: int, name: str, value: object, faults: list[Fault]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    shown = json.dumps(value, ensure_ascii=False)[:80]
    faults.append(
        Fault(number, name, shown, "This must be text or a number.", "Give a single value.")
    )
    return ""


def _refused(text: str) -> Invalid:
    return Invalid(text, fields={"file": [text]})
