"""The rules applied to the steps of one revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bacowr.dbops.lint.rules import RULES
from bacowr.dbops.lint.rules.registry import Problem, Rule, Scene
from bacowr.dbops.lint.rules.transactions import rewrites
from bacowr.dbops.lint.steps import Protections, Session
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bacowr.dbops.lint.schema import Schema
    from bacowr.dbops.lint.steps import Step

ONCE = {"P-01", "P-02"}
"""Rules that say the same of each statement of a revision: the first one tells it."""
BY_CLASS = {"C-14", "C-15", "T-01", "T-02", "T-13", "K-11"}
"""What a revision that declares itself contract has said it will do."""


@dataclass(frozen=True)
class Verdict:
    """What a rule found at a line."""

    rule: Rule
    problem: Problem
    line: int

    @property
    def message(self) -> str:
        """Return the sentence that says what happens."""
        note = f" {self.problem.note}" if self.problem.note else ""
        return f"{self.problem.subject} {self.rule.happens}.{note}"


def judge(
    steps: Sequence[Step], schema: Schema, protections: Protections, *, contract: bool = False
) -> Iterator[Verdict]:
    """Judge each statement with what is known before it; the schema follows along."""
    session = Session(protections)
    told: set[str] = set()
    rewriting: set[int] = set()
    for index, step in enumerate(steps):
        scene = Scene(tuple(steps), index, schema, session, frozenset(rewriting))
        for rule in RULES.values():
            for problem in rule.judge(scene):
                if rule.id not in told:
                    yield Verdict(rule, _weighed(rule, problem, schema, contract), step.line)
                told |= {rule.id} & ONCE
        rewriting |= {index} if rewrites(scene) else set()
        session.apply(step)
        schema.apply(step.statement)
    schema.settle()


def _weighed(rule: Rule, problem: Problem, schema: Schema, contract: bool) -> Problem:  # noqa: FBT001 - Handed on.
    """Let an error on an empty table, or one that was announced, weigh as a warning."""
    if problem.level is not Level.ERROR:
        return problem
    if contract and rule.id in BY_CLASS:
        return Problem(problem.subject, problem.table, "Declared as contract.", Level.WARNING)
    known = schema.table(problem.table)
    if problem.table and known.rows == 0 and not known.is_fresh and rule.cost != "none":
        return Problem(problem.subject, problem.table, "Here it has no rows.", Level.WARNING)
    return problem
