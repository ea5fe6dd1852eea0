"""What a rule is, and the list of all PostgreSQL rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bacowr.dbops.lint.schema import Schema
    from bacowr.dbops.lint.sql.statements import Action
    from bacowr.dbops.lint.steps import Session, Step


class Cost(StrEnum):
    """What a statement does with the rows while it holds its lock."""

    NONE = "none"
    SCAN = "scan"
    BUILD = "index build"
    REWRITE = "rewrite"


@dataclass(frozen=True)
class Scene:
    """What a rule may ask: the statement, the schema before it, and the session's settings."""

    steps: tuple[Step, ...]
    index: int
    schema: Schema
    session: Session
    rewriting: frozenset[int] = frozenset()
    """Which of the statements before it scan or rewrite their table."""

    @property
    def step(self) -> Step:
        """Return the statement that is judged."""
        return self.steps[self.index]

    @property
    def before(self) -> tuple[Step, ...]:
        """Return what the revision did before it."""
        return self.steps[: self.index]

    @property
    def after(self) -> tuple[Step, ...]:
        """Return what the revision does behind it."""
        return self.steps[self.index + 1 :]

    def is_before(self, *numbers: int) -> bool:
        """Tell whether the server is known to be older than this version."""
        return self.schema.version is not None and self.schema.version < numbers


@dataclass(frozen=True)
class Problem:
    """What a rule found: the subject of its sentence, and how much it weighs."""

    subject: str
    table: str = ""
    note: str = ""
    level: Level = Level.ERROR


@dataclass(frozen=True)
class Rule:
    """One row of the rules: what happens, what it costs, and the form that is safe."""

    id: str
    happens: str
    remedy: str
    cost: Cost
    judge: Callable[[Scene], Iterator[Problem]]


RULES: dict[str, Rule] = {}


def rule(
    code: str, happens: str, remedy: str, cost: Cost = Cost.NONE
) -> Callable[[Callable[[Scene], Iterator[Problem]]], Callable[[Scene], Iterator[Problem]]]:
    """Register a function that judges one statement."""

    def register(
        judge: Callable[[Scene], Iterator[Problem]],
    ) -> Callable[[Scene], Iterator[Problem]]:
        RULES[code] = Rule(code.rstrip("b"), happens, remedy, cost, judge)
        return judge

    return register


def on_action(
    code: str, happens: str, remedy: str, cost: Cost = Cost.NONE
) -> Callable[[Callable[[Scene, Action], Iterator[Problem]]], None]:
    """Register a function that judges each part of an ALTER TABLE on a table others can see."""

    def register(judge: Callable[[Scene, Action], Iterator[Problem]]) -> None:
        def judge_all(scene: Scene) -> Iterator[Problem]:
            if not scene.schema.is_fresh(scene.step.statement.table):
                for action in scene.step.statement.actions:
                    yield from judge(scene, action)

        RULES[code] = Rule(code, happens, remedy, cost, judge_all)

    return register
