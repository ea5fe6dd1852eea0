"""What the extension leaves in an application for the commands to find."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bacowr.dbops.maintenance.doorkeeper import Doorkeeper

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa


@dataclass
class Adopted:
    """The contents of `app.extensions["dbops"]`."""

    engine_hooks: list[Callable[[sa.Engine], object]] = field(default_factory=list)
    doorkeeper: Doorkeeper = field(default_factory=Doorkeeper)
    busy: Callable[[], int] = lambda: 0
    """How many things are at work that a maintenance window should wait for."""
