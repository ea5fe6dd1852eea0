from datetime import UTC, datetime, timedelta, timezone
from typing import ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from bacowr.accounts.permissions import Role
from bacowr.base.db import db
from bacowr.base.types import UTCDateTime, new_id, render_item, text_enum, type_json

SQLITE: sa.Dialect = sqlite.dialect()
POSTGRESQL: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # As shipped.
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 3),  # noqa: DTZ001  # Hypothesis wants naive bounds.
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001  # Hypothesis wants naive bounds.
    timezones=st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


@given(MOMENTS)
def test_a_moment_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    column = UTCDateTime()
    for dialect in (SQLITE, POSTGRESQL):
        read = column.process_result_value(column.process_bind_param(moment, dialect), dialect)
        assert read == moment
        assert read.tzinfo is UTC


def test_the_database_gives_moments_back_with_their_zone(app: Flask) -> None:
    del app
    moment = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    select = sa.select(sa.literal(moment, UTCDateTime()))
    read = db.session.scalar(select)
    assert read == moment
    assert read is not None
    assert read.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001  # This is what must be refused.
    with pytest.raises(ValueError, match="no time zone"):
        UTCDateTime().process_bind_param(naive, SQLITE)


def test_nothing_stays_nothing() -> None:
    assert UTCDateTime().process_bind_param(None, SQLITE) is None
    assert UTCDateTime().process_result_value(None, SQLITE) is None


def test_a_closed_set_is_stored_by_value() -> None:
    assert text_enum(Role, "role").enums == ["viewer", "editor", "admin"]


def test_a_revision_never_needs_our_types() -> None:
    class Context:
        imports: ClassVar[set[str]] = set()

    assert render_item("type", UTCDateTime(), Context) == "sa.DateTime(timezone=True)"
    assert "postgresql.JSONB()" in str(render_item("type", type_json, Context))
    assert Context.imports == {"from sqlalchemy.dialects import postgresql"}
    assert render_item("type", sa.Text(), Context) is False
    assert render_item("server_default", None, Context) is False


def test_ids_are_fresh_and_fit_their_column() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert {len(text) for text in ids} == {36}
