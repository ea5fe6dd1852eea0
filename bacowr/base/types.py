"""Column types with a name, the same on SQLite and PostgreSQL."""

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 36

type_json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def new_id() -> str:
    """Return a fresh random UUID as text."""
    return str(uuid.uuid4())


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC; refuses naive ones, and gives aware ones back on every database.

    SQLite drops the zone of a `DateTime(timezone=True)`, so it is put back when reading.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn the moment into UTC; raise ValueError when it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the moment its zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def text_enum(values: type[StrEnum], name: str) -> sa.Enum:
    """Store a closed set by value as text, held to its values by the CHECK constraint `name`."""
    return sa.Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=_values_of,
        validate_strings=True,
    )


def render_item(kind: str, item: object, context: Any) -> str | Literal[False]:  # noqa: ANN401  # Alembic's.
    """Write a column type into a revision in SQLAlchemy's own words; False leaves it to Alembic.

    A revision outlives the application's types, so it must not import them.
    """
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, sa.JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def _values_of(members: Any) -> list[str]:  # noqa: ANN401  # SQLAlchemy passes the enum class untyped.
    return [member.value for member in members]
