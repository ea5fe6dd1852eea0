"""Whatever older rows hold, each is accounted for, and what is written keeps today's rules."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bacowr.base import clock
from bacowr.base.db import Model
from bacowr.takeover.account import Account, Fate
from bacowr.takeover.conversion.records import Record
from bacowr.takeover.converting import Converter
from bacowr.takeover.groups import groups_of
from bacowr.takeover.models import QuarantinedRow
from bacowr.takeover.running import steps_for
from bacowr.takeover.source import Source
from bacowr.takeover.target import Imagined
from tests.takeover import older

IDS = [older.ident(str(n)) for n in range(4)]
WORDS = [
    *("pending", "PROCESSING", "Delivered", "blocked", "approved", "regenerated", "nonsense"),
    *("PASS", "fail", "needs_signoff", "sv", "se", "XYZ", "auto", "weekly", "active", "", "0"),
]
MOMENTS = ["2025-11-10 08:30:00", "2025-11-10T08:30:00+01:00", "yesterday", "", "9999-99-99"]
JSON = ['{"status": "PASS"}', "[1, 2]", "{", "null", '"text"', '{"a": NaN}', '{"b": "\\ud800"}']
NUMBERS = [0, 1, -7, 10**12, 1e30, 0.5, "12", "x", float("inf")]
ODD = [None, b"\xff\xfe", "a\x00b", "långt" * 800, "https://räv.se/å?utm_source=x"]
USUAL: dict[str, list[Any]] = {
    "status": ["PENDING", "delivered", "BLOCKED", "processing"],
    "review_status": ["pending", "approved", "regenerated"],
    "schedule_type": ["weekly"],
    "scheduled_at": [MOMENTS[0]],
}
NAMES = list(older.tables_of("Gx4+G2"))


def value(chance: random.Random, column: str, kind: str) -> Any:  # noqa: ANN401
    """Return what a column of an older database may hold, right or wrong."""
    if chance.random() < 0.03:
        return chance.choice(ODD)
    if column in {"id", "user_id", "job_id", "batch_id", "campaign_id", "template_id"}:
        return chance.choice([*IDS, *IDS, "x" * 40])
    if column in USUAL and chance.random() < 0.7:
        return chance.choice(USUAL[column])
    for start, plain in (("DATETIME", MOMENTS), ("JSON", JSON), ("VARCHAR", WORDS)):
        if kind.startswith(start):
            return chance.choice(plain)
    return chance.choice(WORDS if kind.startswith("TEXT") else NUMBERS)


def rows(chance: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Return rows for every table of the largest generation."""
    drawn: dict[str, list[dict[str, Any]]] = {}
    for table, schema in older.tables_of("Gx4+G2").items():
        columns = schema["columns"]
        drawn[table] = [
            {name: value(chance, name, kind) for name, kind in columns.items()}
            for _ in range(chance.randrange(5))
        ]
    return drawn


@pytest.fixture(scope="module")
def loose(tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """The tables of an older database without a single rule, so that they hold anything."""
    path = tmp_path_factory.mktemp("loose") / "old.db"
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        for table, schema in older.tables_of("Gx4+G2").items():
            columns = ", ".join(
                f"{name} {kind.split()[0]}" for name, kind in schema["columns"].items()
            )
            connection.exec_driver_sql(f"CREATE TABLE {table} ({columns})")
    return engine


@pytest.fixture(scope="module")
def today() -> sa.Engine:
    """Today's tables in memory, to try the written rows on."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    Model.metadata.create_all(engine)
    return engine


def fill(engine: sa.Engine, given_rows: dict[str, list[dict[str, Any]]]) -> None:
    with engine.begin() as connection:
        for table, several in given_rows.items():
            connection.exec_driver_sql(f"DELETE FROM {table}")
            for row in several:
                marks = ", ".join(f":{name}" for name in row)
                connection.execute(sa.text(f"INSERT INTO {table} VALUES ({marks})"), row)


class Checked(Imagined):
    """Imagines the rows, and has today's database check each."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__()
        self.connection = connection
        self.quarantined = 0

    def write(self, records: Any) -> None:  # noqa: ANN401
        super().write(records)
        for record in records:
            self._insert(record)

    def _insert(self, record: Record) -> None:
        model, values = record
        if model is QuarantinedRow:
            self.quarantined += 1
        if "takeover_id" not in values:
            self.connection.execute(sa.insert(model), values)


def account_for(source: Source, target: Checked) -> list[Account]:
    accounts = []
    for step in steps_for(NAMES):
        account = Account(step.table, source.count(step.table))
        converter = Converter(step, groups_of(step.table, source), target, "")
        cursor: str | None = None
        while placed := source.batch(step.table, cursor, 2):
            done = converter.convert(placed, clock.now())
            target.write(done.records)
            account.add(done.account)
            cursor = placed[-1][0]
        accounts.append(account)
    return accounts


def check(
    drawn: dict[str, list[dict[str, Any]]], loose: sa.Engine, today: sa.Engine
) -> Counter[str]:
    fates: Counter[str] = Counter()
    for several in drawn.values():  # The key is kept unique by the older database itself.
        for number, row in enumerate(several):
            row["id"] = IDS[number] if row["id"] in IDS else row["id"] and f"{number}" * 40
    for number, row in enumerate(drawn["users"]):  # Two people are one account: that is refused.
        for name in ("email", "api_key"):
            row[name] = row[name] and f"{str(row[name])[:30]}{number}"
    fill(loose, drawn)
    source = Source(loose)
    with today.connect() as connection, connection.begin() as transaction:
        target = Checked(connection)
        for account in account_for(source, target):
            assert account.fault() == ""
            assert account.read == len(drawn[account.table])
            fates += account.fates
        transaction.rollback()
    return fates


def run(examples: int, loose: sa.Engine, today: sa.Engine) -> Counter[str]:
    seen: Counter[str] = Counter()

    @settings(max_examples=examples, deadline=None)
    @given(st.integers(0, 2**32))
    def each(seed: int) -> None:
        seen.update(check(rows(random.Random(seed)), loose, today))

    each()
    return seen


def test_every_row_is_accounted_for(loose: sa.Engine, today: sa.Engine) -> None:
    seen = run(25, loose, today)
    assert seen[Fate.WRITTEN], "Nothing was good enough: then the test tries nothing."
    assert seen[Fate.QUARANTINED]


@pytest.mark.long
def test_every_row_is_accounted_for_in_many_databases(
    loose: sa.Engine, today: sa.Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = run(1000, loose, today)
    with capsys.disabled():
        print(f"\n1000 databases, {dict(seen)}")  # noqa: T201


@pytest.mark.long
@pytest.mark.postgres
def test_what_is_written_keeps_the_rules_of_postgresql(
    loose: sa.Engine, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    Model.metadata.create_all(engine)
    seen = run(300, loose, engine)
    with capsys.disabled():
        print(f"\n300 databases, {dict(seen)}")  # noqa: T201


def test_an_account_that_lacks_a_row_says_so() -> None:
    account = Account("jobs", rows=2, read=2)
    account.fates[Fate.WRITTEN] += 1
    assert account.fault() == "jobs: 2 rows there, 2 read, 1 accounted for"
