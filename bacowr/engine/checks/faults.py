"""A finding together with the points it costs, and the check that follows from several."""

from collections.abc import Iterable
from dataclasses import dataclass

from bacowr.engine.checks.model import Check, CheckName, Deduction, Fact, Finding, Place, weighed


@dataclass(frozen=True)
class Fault:
    """A finding and what it costs; one whose status is `pass` only costs points (domain 3.10)."""

    finding: Finding
    points: float = 0.0


def judged(name: CheckName, faults: Iterable[Fault], facts: Iterable[Fact] = ()) -> Check:
    """Make a weighed check; the findings that cost nothing are decided by their status alone."""
    found = tuple(faults)
    return weighed(
        name,
        [each.finding for each in found],
        [Deduction(each.points, each.finding.message) for each in found if each.points],
        facts,
    )


def place(span: tuple[int, int]) -> Place:
    """Turn a span in the Markdown into a place."""
    return Place(*span)


def counted(number: int, one: str, several: str | None = None) -> str:
    """Say a number with its word: "1 link", "2 links"."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
