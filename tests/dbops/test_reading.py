"""What is read off files, statements and settings without a database."""

from __future__ import annotations

import string
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.dbops import events, record
from bacowr.dbops.classes import RevisionClass, declared_class, infer_class
from bacowr.dbops.errors import Refused
from bacowr.dbops.history import checksum
from bacowr.dbops.record import Entry, walk_unknown
from bacowr.dbops.report import Finding, Level, Report
from bacowr.dbops.settings import DbOpsSettings
from bacowr.dbops.statements import Kind, kind_of

EXPAND = (
    "pass",
    (
        "op.create_table('t', sa.Column('id', sa.Integer))\n"
        "    op.create_index('i', 't', ['id'], unique=True)"
    ),
    "op.create_index(op.f('i'), 't', ['id'])",
    "op.add_column('t', sa.Column('a', sa.Text))",
    "op.add_column('t', sa.Column('a', sa.Text, nullable=False, server_default='x'))",
    (
        "with op.batch_alter_table('t') as batch_op:\n"
        "        batch_op.add_column(sa.Column('a', sa.Text))"
    ),
    "with op.get_context().autocommit_block():\n        op.create_index('i', 't', ['a'])",
    "op.add_column('t', sa.Column('a', sa.Integer, sa.ForeignKey('u.id')))",
)
DATA = (
    "op.execute('UPDATE t SET a = 1')",
    "op.execute(sa.text(' insert into t values (1);'))",
    "op.bulk_insert(sa.table('t'), [{'a': 1}])",
)
CONTRACT = (
    "op.drop_column('t', 'a')",
    "op.drop_table('t')",
    "op.alter_column('t', 'a', nullable=True)",
    "op.rename_table('t', 'u')",
    "op.add_column('t', sa.Column('a', sa.Text, nullable=False))",
    "op.add_column('t', sa.Column('a', sa.Text, unique=True))",
    "op.add_column('t', sa.Column('a', sa.Text, **more))",
    "op.add_column('t', sa.Column('a', sa.Text, sa.CheckConstraint('a > 1')))",
    "op.add_column('t', column)",
    "op.create_index('i', 't', ['id'], unique=True)",
    "op.create_index('i', 't', ['id'], unique=wanted)",
    "op.create_index('i', 't', ['id'], **more)",
    (
        "with op.batch_alter_table('t') as batch_op:\n"
        "        batch_op.create_index('i', ['a'], unique=True)"
    ),
    "op.create_check_constraint('c', 't', 'a > 1')",
    "op.execute('DROP TABLE t')",
    "op.execute(statement)",
    "op.execute('UPDATE t SET a = 1; DROP TABLE t')",
    "op.get_bind().execute(sa.text('DROP TABLE t'))",
    "helper()",
    "op.execute('UPDATE t SET a = 1')\n    op.add_column('t', sa.Column('a', sa.Text))",
    "op.execute(f'UPDATE {name} SET a = 1')",
)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        *((body, RevisionClass.EXPAND) for body in EXPAND),
        *((body, RevisionClass.DATA) for body in DATA),
        *((body, RevisionClass.CONTRACT) for body in CONTRACT),
    ],
)
def test_a_class_is_read_off_the_operations(body: str, wanted: RevisionClass) -> None:
    assert infer_class(f"def upgrade():\n    {body}\n") is wanted


@pytest.mark.parametrize("source", ["", "upgrade = 1", "def upgrade(:", "x = 1\n"])
def test_what_is_not_understood_counts_as_contract(source: str) -> None:
    assert infer_class(source) is RevisionClass.CONTRACT


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT 1", Kind.READ),
        (" -- c\n/* x */ (select 1)", Kind.READ),
        ("WITH a AS (SELECT 1) SELECT * FROM a", Kind.READ),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", Kind.CHANGE),
        ("COMMIT", Kind.CONTROL),
        ("end transaction", Kind.CONTROL),
        ("START  TRANSACTION", Kind.CONTROL),
        ("ROLLBACK TO SAVEPOINT a", Kind.SESSION),
        ("ROLLBACK", Kind.CONTROL),
        ("SAVEPOINT a", Kind.SESSION),
        ("SET LOCAL lock_timeout = 1", Kind.SESSION),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", Kind.LONELY),
        ("CREATE INDEX i ON t (a)", Kind.CHANGE),
        ("DROP INDEX CONCURRENTLY i", Kind.LONELY),
        ("REINDEX TABLE t", Kind.LONELY),
        ("VACUUM", Kind.LONELY),
        ("ALTER TABLE p DETACH PARTITION c CONCURRENTLY", Kind.LONELY),
        ("ALTER TABLE t ADD COLUMN a int", Kind.CHANGE),
        ("ENDLESS", Kind.CHANGE),
        ("", Kind.CHANGE),
    ],
)
def test_statements_have_their_kind(statement: str, kind: Kind) -> None:
    assert kind_of(statement) is kind


@given(st.text(string.printable))
def test_any_text_has_a_kind(statement: str) -> None:
    assert kind_of(statement) in Kind


@given(st.text(alphabet="ab\n\r"))
def test_a_checksum_does_not_see_line_ends(text: str) -> None:
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    assert checksum(text.encode()) == checksum(unix.encode())
    assert checksum(unix.encode()) == checksum(unix.replace("\n", "\r\n").encode())


def test_settings_are_read_by_their_kind() -> None:
    config = {
        "DBOPS_BACKUP": "off",
        "DBOPS_BACKUP_DIR": "~/x",
        "DBOPS_BACKUP_KEEP": "3",
        "DBOPS_DEADLINE": "60",
        "DBOPS_APP_VERSION": None,
        "OTHER": 1,
    }
    settings = DbOpsSettings.from_config(config)
    assert settings.backup is False
    assert settings.backup_dir is not None
    assert "~" not in str(settings.backup_dir)
    assert (settings.backup_keep, settings.deadline) == (3, 60.0)
    assert DbOpsSettings.from_config({}) == DbOpsSettings()


@pytest.mark.parametrize("value", ["-1", "inf", "nan", "x"])
def test_an_amount_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(Refused, match="DBOPS_DEADLINE"):
        DbOpsSettings.from_config({"DBOPS_DEADLINE": value})


def test_only_an_error_fails_a_report() -> None:
    warning = Finding("a", "Something.", "there", "Do it.", Level.WARNING)
    assert Report("Fine.", (warning,)).exit_code == 0
    assert Report("Bad.", (warning, Finding("b", "Worse."))).exit_code == 1
    assert Report("Fine.", (warning,), {"n": 1}).to_json().startswith('{"ok": true')
    assert warning.to_text() == "Something. (there)\n  What to do: Do it."


def test_events_reach_those_who_listen_and_nobody_else() -> None:
    heard: list[events.Event] = []
    event = events.CopyProgress("t", 1, 2)
    events.emit(event)
    with events.listening(heard.append):
        assert events.is_heard()
        events.emit(event)
    assert not events.is_heard()
    assert heard == [event]


def entry(revision: str, *parents: str, **rest: object) -> Entry:
    return Entry(revision, parents=parents, compatible=True, **rest)  # type: ignore[arg-type] # By name.


def test_the_record_is_walked_over_branches_and_downgrades() -> None:
    log = (
        entry("a"),
        entry("b", "a"),
        entry("c", "a"),
        entry("m", "b", "c"),
        entry("x", "m"),
        entry("x", "m", direction="downgrade"),
        entry("y", "m", outcome="failed"),
    )
    ahead = walk_unknown(log, ["m"], {"a"}.__contains__)
    assert [one.revision for one in ahead.entries] == ["m", "b", "c"]
    assert ahead.base == {"a"}
    assert not ahead.breaking
    assert walk_unknown(log, ["x"], {"a"}.__contains__).unrecorded == ("x",)
    assert walk_unknown(log, ["y"], {"a"}.__contains__).breaking == ("y",)
    assert set(record.applied(log)) == {"a", "b", "c", "m"}


def test_a_declared_class_must_be_one() -> None:
    module = ModuleType("a001")
    module.__file__ = "a001.py"
    assert declared_class(module) is None
    vars(module)["dbops_class"] = "expand"
    assert declared_class(module) is RevisionClass.EXPAND
    vars(module)["dbops_class"] = "harmless"
    with pytest.raises(Refused, match="'harmless' is none of expand, contract and data"):
        declared_class(module)
