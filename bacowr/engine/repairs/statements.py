"""Inserting the statements that a policy pack prescribes (domain 3.11, 3.12)."""

from collections.abc import Iterator

from bacowr.engine.checks.subject import Subject
from bacowr.engine.policies.elements import MissingStatement, with_statements
from bacowr.engine.policies.model import Packs
from bacowr.engine.repairs.model import Change, Edit, Operation, change
from bacowr.engine.rules.compliance import missing_statements


def changes(subject: Subject, packs: Packs | None = None) -> Iterator[Change]:
    """Insert what is missing, the statements of one place together."""
    markdown = subject.article.markdown
    by_place: dict[int, list[MissingStatement]] = {}
    for each in missing_statements(subject, packs):
        if each.text not in markdown:
            by_place.setdefault(each.at, []).append(each)
    for missing in by_place.values():
        edit = _difference(markdown, with_statements(markdown, missing))
        reason = f"The rules prescribe it: {', '.join(each.code for each in missing)}."
        yield change(markdown, [edit], Operation.INSERT_STATEMENT, reason)


def _difference(before: str, after: str) -> Edit:
    """Find the one piece in which two texts differ."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    most, same = min(len(before), len(after)) - start, 0
    while same < most and before[-1 - same] == after[-1 - same]:
        same += 1
    return Edit(start, len(before) - same, after[start : len(after) - same])
