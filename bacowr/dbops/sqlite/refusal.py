"""The one way in which a change of a SQLite table says no."""

from alembic.util import CommandError


class RefusedChange(CommandError):  # noqa: N818 - It is an answer, not a failure.
    """A change that would lose something; nothing was written. Says what, and the remedy."""
