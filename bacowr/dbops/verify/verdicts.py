"""What is found of a passage, before it has a place in a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bacowr.dbops.report import Level


class Rule(StrEnum):
    """What there is to find."""

    UPGRADE_FAILS = "V-01"
    DOWNGRADE_FAILS = "V-02"
    DOES_NOTHING = "V-03"
    LEAVES_TRACE = "V-04"
    NOT_BROUGHT_BACK = "V-05"
    NOT_REPEATABLE = "V-06"
    CHANGES_ROWS = "V-07"
    TRUNCATES = "V-08"
    LOSES_DATA = "V-09"
    ONE_WAY = "V-10"
    NOT_FILLED = "V-11"


@dataclass(frozen=True)
class Verdict:
    """One thing found."""

    rule: Rule
    message: str
    remedy: str = ""
    level: Level = Level.ERROR
