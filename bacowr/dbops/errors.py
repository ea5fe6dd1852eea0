"""The refusals of dbops: each carries a finding, and Alembic's own doors print it as one line."""

from __future__ import annotations

from alembic.util import CommandError

from bacowr.dbops.report import Finding


class Refused(CommandError):  # noqa: N818 - It says what happened, as its heirs do.
    """An operation that was not done, or was rolled back, for a reason a person can mend.

    It is a CommandError, so the plain `alembic` and `flask db` commands show it without a
    traceback.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.to_text())
        self.finding = finding


class LockBusy(Refused):
    """Somebody else is migrating this database, and the time to wait for them has passed."""


class DeadlinePassed(Refused):
    """The run took longer than it may; what was applied stays, and a new run goes on."""


class Terminated(SystemExit):
    """The platform asked the process to stop; the open revision is rolled back."""


def refuse(code: str, message: str, *, where: str = "", remedy: str = "") -> Refused:
    """Return a Refused that carries a finding of these parts."""
    return Refused(Finding(code, message, where, remedy))


def escaped(revision: str) -> Refused:
    """Return the refusal of a revision that ended the transaction it runs in."""
    return refuse(
        "escaped",
        f"Revision {revision} ended its own transaction, so what it had done until then may "
        "be committed without the version saying so.",
        where=revision,
        remedy="Take COMMIT, ROLLBACK, executescript() and commit() out of the revision; use "
        "op.get_context().autocommit_block() for what can't run in a transaction.",
    )
