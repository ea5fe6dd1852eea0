"""squawk, a linter with PostgreSQL's grammar: what it finds that the rules here don't decide.

Over the 66 measured statements squawk 2.70 finds 24 of 31 dangerous ones and flags 14 of 35
harmless ones, so wherever a rule here judges the same thing, that rule has the word.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.tokens import TokenKind
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bacowr.dbops.lint.steps import Step

MISSING = "squawk isn't installed (pip install squawk-cli), so PostgreSQL's syntax isn't checked."
TIMEOUT_SECONDS = 60
TASTE = ("prefer-",)
DECIDED = {
    "adding-field-with-default", "adding-foreign-key-constraint", "adding-not-nullable-field",
    "adding-required-field", "adding-serial-primary-key-field", "ban-char-field",
    "ban-alter-domain-with-add-constraint", "ban-concurrent-index-creation-in-transaction",
    "ban-drop-column", "ban-drop-constraint", "ban-drop-default", "ban-drop-not-null",
    "ban-drop-table", "ban-truncate-cascade", "ban-uncommitted-transaction",
    "changing-column-type", "constraint-missing-not-valid", "disallowed-unique-constraint",
    "identifier-too-long", "renaming-column", "renaming-object", "renaming-table",
    "require-concurrent-index-creation", "require-concurrent-index-deletion",
    "require-concurrent-partition-detach", "require-concurrent-reindex",
    "require-enum-value-ordering", "require-lock-timeout", "require-statement-timeout",
    "require-timeout-settings", "require-table-schema", "transaction-nesting",
}  # fmt: skip


@dataclass(frozen=True)
class Remark:
    """What squawk says of a statement."""

    step: Step
    rule: str
    message: str
    remedy: str

    @property
    def level(self) -> Level:
        """Return error for what can't run at all, else a warning."""
        return Level.ERROR if self.rule == "syntax-error" else Level.WARNING


def find_squawk() -> str | None:
    """Return the program, beside this Python or on the path; None if there is none."""
    beside = Path(sys.executable).with_name("squawk")
    return str(beside) if beside.exists() else shutil.which("squawk")


def ask_squawk(program: str, steps: Sequence[Step]) -> Iterator[Remark]:
    """Yield what squawk finds in the statements and the rules here leave to it."""
    readable = [step for step in steps if step.statement.tokens]
    if not readable:
        return
    written = [one_line(step) for step in readable]
    for found in _run(program, "\n".join(written)):
        name = found["rule_name"]
        if name not in DECIDED and not name.startswith(TASTE):
            step = readable[min(int(found["line"]), len(readable) - 1)]
            yield Remark(step, name, found["message"], found["help"] or "")


def one_line(step: Step) -> str:
    """Return a statement on one line, with NULL for its parameters."""
    words = [
        "NULL" if token.kind is TokenKind.PARAMETER else token.text
        for token in step.statement.tokens
    ]
    return " ".join(words).replace("\n", " ") + ";"


def _run(program: str, sql: str) -> list[dict[str, str]]:
    """Return squawk's findings; in a folder of its own, so that no settings are picked up."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "revision.sql"
        path.write_text(sql, encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - The program found beside this Python.
            [program, "--assume-in-transaction", "--reporter", "json", str(path)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
    found: list[dict[str, str]] = json.loads(done.stdout or "[]")
    return found
