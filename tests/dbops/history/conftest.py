"""What the tests of the history share."""

from __future__ import annotations

from tests.plugins.repository import git

__all__ = ["git"]
