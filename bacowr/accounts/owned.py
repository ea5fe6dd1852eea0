"""What every thing that belongs to a person has in common."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bacowr.base import clock
from bacowr.base.types import ID_LENGTH, UTCDateTime, new_id


class Owned:
    """A thing that belongs to a person: its key, its owner, its moments and its version."""

    id: Mapped[str] = mapped_column(
        sa.String(ID_LENGTH),
        primary_key=True,
        default=new_id,
        comment="UUID as text.",
        sort_order=-5,
    )
    owner_id: Mapped[str] = mapped_column(
        sa.ForeignKey("users.id", ondelete="RESTRICT"), comment="Whose it is.", sort_order=-4
    )
    created_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=clock.now, comment="When it was made, in UTC.", sort_order=-3
    )
    updated_at: Mapped[datetime] = mapped_column(
        UTCDateTime,
        default=clock.now,
        onupdate=clock.now,
        comment="The last change, in UTC.",
        sort_order=-2,
    )
    version: Mapped[int] = mapped_column(
        default=1, comment="Counts the changes, so that none is overwritten.", sort_order=-1
    )
