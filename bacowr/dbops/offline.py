"""What `--sql` writes: a script that does to a database what the run itself would do."""

from __future__ import annotations

import io
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import context
from alembic.config import Config
from alembic.runtime.migration import RevisionStep
from sqlalchemy.schema import CreateTable

from bacowr.dbops import record
from bacowr.dbops.configure import configure_arguments
from bacowr.dbops.engines import raw_of
from bacowr.dbops.errors import Refused, refuse
from bacowr.dbops.events import Direction
from bacowr.dbops.history import read_facts
from bacowr.dbops.operations import operations_for
from bacowr.dbops.postgres.literals import guess_types
from bacowr.dbops.record import NAME, Entry, log_table
from bacowr.dbops.sqlite import script as sqlite_script
from bacowr.dbops.sqlite.shadow import Tape, begin, shadow_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.runtime.migration import MigrationContext, MigrationStep

    from bacowr.dbops.project import Project

HOST = "script"


def write_script(project: Project) -> None:
    """Write the whole script to Alembic's output, or nothing at all.

    Called from env.py in place of a run. Raises Refused, naming the revision, for one that
    can't be expressed without the database's rows.
    """
    if project.engine.dialect.name == "sqlite":
        text = SqliteScript(project).write()
    else:
        text = PostgresScript(project).write()
    config = context.config
    # Alembic's default is the stream there was when it was imported.
    usual = sys.stdout if config.stdout is Config().stdout else config.stdout
    output = config.output_buffer or usual
    output.write(text)
    output.flush()


def name_of(step: MigrationStep) -> str:
    """Return the revision a step walks over, or the ones a stamp goes to."""
    if isinstance(step, RevisionStep):
        return step.revision.revision
    return ", ".join(step.to_revisions_no_deps) or "base"


def title_of(step: MigrationStep) -> str:
    """Return the step's line in the script."""
    return " ".join(str(step).split())


@contextmanager
def naming(step: MigrationStep) -> Iterator[None]:
    """Turn whatever a revision raises into a refusal that names it."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        said = str(error).strip().split("\n", maxsplit=1)[0]
        raise cannot_write(name_of(step), f"{type(error).__name__}: {said}") from error


def cannot_write(revision: str, why: str) -> Refused:
    """Return the refusal of a revision that depends on rows."""
    return refuse(
        "not-offline",
        f"Revision {revision} can't be written as SQL: {why}. Nothing was written.",
        where=revision,
        remedy="Let the revision do it in one statement (INSERT … SELECT, UPDATE … FROM), or "
        "run it online, without --sql.",
    )


def start_heads() -> tuple[str, ...]:
    """Return the heads the script starts from, by full id."""
    start = context.get_starting_revision_argument()
    if start in {None, "base"}:
        return ()
    found = context.script.get_revisions(start)
    return tuple(one.revision for one in found if one is not None)


def log_row(step: MigrationStep, project: Project, now: str, dialect: sa.Dialect) -> str:
    """Write the record's row for a step; the moment is taken where the script runs."""
    if not isinstance(step, RevisionStep):
        return ""
    direction = Direction.UPGRADE if step.is_upgrade else Direction.DOWNGRADE
    entry = Entry.of(
        read_facts(step.revision),
        direction=direction,
        app_version=project.settings.app_version,
        host=HOST,
        pid=0,
    )
    values: dict[str, Any] = {
        **record._to_row(entry),  # noqa: SLF001 - The record's own spelling of a row.
        "at": sa.literal_column(now),
    }
    insert = log_table(project.schema).insert().values(values)
    return str(insert.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def bookkeeping_tables(migration: MigrationContext, project: Project) -> tuple[str, ...]:
    """Write the statements that make the version table and the record where they are missing."""
    tables = (migration._version, log_table(project.schema))  # noqa: SLF001 - Alembic's own table.
    return tuple(
        str(CreateTable(table, if_not_exists=True).compile(dialect=migration.dialect)).strip()
        for table in tables
    )


class SqliteScript:
    """Replays the history in memory and writes down the part that was asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.tape = Tape(bookkeeping=frozenset({project.version_table, NAME}))
        self.chapters: list[str] = []
        self.start = start_heads()
        self.raw: Any = None
        self.wanted: Any = None

    def write(self) -> str:
        """Return the script."""
        engine = shadow_engine(self.project.engine, self.tape)
        for hook in self.project.engine_hooks:
            hook(engine)
        sa.event.listen(engine, "begin", begin)
        arguments = configure_arguments(self.project) | {"as_sql": False}
        with engine.connect() as connection, closing(connection.connection):
            context.configure(connection=connection, **arguments)
            self.wanted = context.get_context().opts["fn"]
            options = context.get_context().environment_context.context_opts  # type: ignore[union-attr] # Always set by the facade.
            options.pop("starting_rev", None)  # The shadow begins at the base, whatever was asked.
            context.configure(connection=connection, **arguments, fn=self._steps)
            options["as_sql"] = True  # A revision that asks is told what the command was.
            self.raw = raw_of(connection)
            migration = context.get_context()
            with operations_for(migration).context(migration):
                migration.run_migrations()
        return sqlite_script.HEADER + "".join(self.chapters)

    def _steps(self, _heads: object, migration: MigrationContext) -> Iterator[Any]:
        if self.start:
            replayed: Any = context.script._upgrade_revs  # noqa: SLF001 - As Alembic's own commands.
            for step in replayed(self.start, ()):
                yield self._named(step)
        heads = self.start
        preamble = bookkeeping_tables(migration, self.project)
        for step in self.wanted(heads, migration):
            before = sqlite_script.take_picture(self.raw)
            self.tape.written, self.tape.rows_read, self.tape.running = [], [], True
            yield self._named(step)
            self.tape.running = False
            self._check_reads(step)
            dialect = migration.dialect
            logged = log_row(step, self.project, "strftime('%Y-%m-%dT%H:%M:%fZ','now')", dialect)
            chapter = sqlite_script.Chapter(
                title=title_of(step),
                revision=name_of(step),
                heads=heads,
                written=tuple(self.tape.written),
                before=before,
                preamble=preamble,
                epilogue=(logged,) if logged else (),
            )
            self.chapters.append(sqlite_script.render(chapter, self.project.version_table))
            heads = self._heads(migration)
            preamble = ()

    def _heads(self, migration: MigrationContext) -> tuple[str, ...]:
        heads = migration.get_current_heads()
        # Reading began a transaction; the next revision begins its own.
        if migration.connection is not None:
            migration.connection.rollback()
        return heads

    def _check_reads(self, step: MigrationStep) -> None:
        if self.tape.rows_read:
            tables = ", ".join(dict.fromkeys(self.tape.rows_read))
            raise cannot_write(name_of(step), f"it reads rows of {tables}")

    def _named(self, step: MigrationStep) -> MigrationStep:
        run = step.migration_fn

        def named(**words: Any) -> None:  # noqa: ANN401 - Whatever run_migrations is given.
            with naming(step):
                run(**words)

        named.__name__ = run.__name__
        step.migration_fn = named
        return step


class PostgresScript:
    """Alembic's own offline mode, with guards, one transaction per revision, and the record."""

    NOW = "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

    def __init__(self, project: Project) -> None:
        self.project = project
        self.buffer = io.StringIO()
        self.start = start_heads()
        self.wanted: Any = None

    def write(self) -> str:
        """Return the script."""
        arguments = configure_arguments(self.project)
        given = {"url": self.project.engine.url, "literal_binds": True, **arguments}
        context.configure(**given, output_buffer=self.buffer)
        self.wanted = context.get_context().opts["fn"]
        context.configure(**given, output_buffer=self.buffer, fn=self._steps)
        guess_types(context.get_context().dialect)
        with context.begin_transaction():
            context.run_migrations()
        created = f"CREATE TABLE {self.project.version_table} ("
        if self.project.schema:
            created = f"CREATE TABLE {self.project.schema}.{self.project.version_table} ("
        text = self.buffer.getvalue().replace(
            created, created.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")
        )
        return f"\\set ON_ERROR_STOP on\n\n{text}"

    def _steps(self, _heads: object, migration: MigrationContext) -> Iterator[Any]:
        for number, step in enumerate(self.wanted(self.start, migration)):
            yield self._guarded(step, migration, is_first=number == 0)

    def _guarded(
        self, step: MigrationStep, migration: MigrationContext, *, is_first: bool
    ) -> MigrationStep:
        run = step.migration_fn
        dialect = migration.dialect

        def guarded(**words: Any) -> None:  # noqa: ANN401 - Whatever run_migrations is given.
            if is_first:
                self._guard(migration)
            with naming(step):
                run(**words)
            logged = log_row(step, self.project, self.NOW, dialect)
            if logged:
                migration.impl.static_output(f"{logged};\n")

        guarded.__name__ = run.__name__
        step.migration_fn = guarded
        return step

    def _guard(self, migration: MigrationContext) -> None:
        table = migration.impl.dialect.identifier_preparer.format_table(migration._version)  # noqa: SLF001 - Alembic's own table.
        expected = ", ".join(sorted(self.start))
        message = f"The database is not at {expected or 'the base'}, where this script begins"
        for statement in bookkeeping_tables(migration, self.project):
            migration.impl.static_output(f"{statement};\n")
        migration.impl.static_output(
            f"LOCK TABLE {table} IN EXCLUSIVE MODE;\n\n"
            f"DO $dbops$ BEGIN\n"
            f"  IF (SELECT coalesce(string_agg(version_num, ', ' ORDER BY version_num), '') "
            f"FROM {table}) <> '{expected}' THEN\n"
            f"    RAISE EXCEPTION '{message}';\n"
            f"  END IF;\nEND $dbops$;\n"
        )
