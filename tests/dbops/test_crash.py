"""A real `flask db upgrade` is killed before and after every statement; the next one goes on."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from tests.plugins.corpus import add_corpus

if TYPE_CHECKING:
    from tests.plugins.postgres import Postgres
    from tests.plugins.project import Project
    from tests.plugins.zygote import Zygote

KILLER = """
import signal
import sqlalchemy as sa

@dbops.on_engine
def kill_at_a_statement(engine):
    count = 0
    when = int(os.environ.get("KILL_AT", "0"))

    def step(*call, **_):
        nonlocal count
        count += 1
        if count == when:
            os.kill(os.getpid(), signal.SIGKILL)

    for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(engine, event, step)
"""


def arm(project: Project) -> None:
    """Let the project's application die at a statement, by the documented hook."""
    program = project.folder / "app.py"
    program.write_text(program.read_text() + KILLER)


class Snapshots:
    """The database as it was before each revision, to be had again as often as wanted."""

    def __init__(self, project: Project, server: Postgres | None) -> None:
        self.project = project
        self.server = server
        self.before: dict[str, str] = {}
        self.after: dict[str, dict[str, object]] = {}

    def copy(self, url: str) -> str:
        """Return the URL of a copy of a database that nobody is connected to."""
        if self.server is not None:
            return self.server.copy_database(url)
        target = self.project.folder / f"{uuid.uuid4().hex}.db"
        source = Path(url.removeprefix("sqlite:///"))
        if source.exists():
            shutil.copy(source, target)
        return f"sqlite:///{target}"

    def drop(self, url: str) -> None:
        if self.server is not None:
            self.server.drop_database(url)
            return
        for path in self.project.folder.glob(Path(url).name + "*"):
            path.unlink()

    def take(self, zygote: Zygote, every: int) -> None:
        """Walk the whole history once without a break, some revisions at a time."""
        versions = sorted((self.project.folder / "migrations" / "versions").glob("*.py"))
        names = [path.name.split("_", maxsplit=1)[0] for path in versions]
        for revision in sorted({*names[every - 1 :: every], names[-1]}):
            self.before[revision] = self.copy(self.project.url)
            code, text = zygote.run(self.project, "upgrade", revision)
            assert code == 0, text
            self.after[revision] = fingerprint(self.project.url)


def fingerprint(url: str) -> dict[str, object]:
    """Return everything that makes a database what it is, but for what dbops notes down."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    inspector = sa.inspect(engine)
    found: dict[str, object] = {}
    with engine.connect() as connection:
        for table in sorted(inspector.get_table_names()):
            rows = connection.execute(sa.text(f'SELECT * FROM "{table}"')).all()
            if table == "dbops_steps":
                assert rows == []
            if not table.startswith("dbops_"):
                columns = inspector.get_columns(table)
                found[table] = (
                    sorted(map(repr, rows)),
                    [(column["name"], repr(column["type"])) for column in columns],
                    sorted(repr(index) for index in inspector.get_indexes(table)),
                )
        query = {
            "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'dbops%'",
            "postgresql": "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid",
        }[engine.dialect.name]
        found["*"] = sorted(map(repr, connection.execute(sa.text(query)).all()))
    return found


def break_off(snapshots: Snapshots, zygote: Zygote, revision: str, point: int) -> bool:
    """Kill the upgrade to a revision at a point, finish it, and compare; False past its end."""
    project = snapshots.project
    project.url = snapshots.copy(snapshots.before[revision])
    code, text = zygote.run(project, "upgrade", revision, KILL_AT=str(point))
    assert code in {0, -9}, text
    if code == -9:
        again, text = zygote.run(project, "upgrade", revision)
        assert again == 0, f"{revision} at {point}: {text}"
    assert fingerprint(project.url) == snapshots.after[revision], f"{revision} at {point}"
    done = "SELECT count(*) FROM dbops_log WHERE outcome = 'done' AND revision ="
    assert project.scalars(f"{done} '{revision}'") == [1]
    snapshots.drop(project.url)
    return code == -9


def harass(snapshots: Snapshots, zygote: Zygote, *, every: int, stride: int) -> str:
    """Break off at every stride-th statement of the whole history; say how often that was.

    `every` is the number of revisions that a killed run was to apply.
    """
    project = snapshots.project
    arm(project)
    revisions = add_corpus(project)
    snapshots.take(zygote, every)
    kills, offset = 0, 0
    for revision in snapshots.before:
        point = 1 + offset
        while break_off(snapshots, zygote, revision, point):
            kills += 1
            point += stride
        offset = (offset + 7) % stride
    for url in snapshots.before.values():
        snapshots.drop(url)
    name = project.url.split(":", maxsplit=1)[0]
    return f"{name}: {revisions} revisions, killed {kills} times, 0 wedged"


@pytest.fixture
def snapshots(request: pytest.FixtureRequest, project: Project) -> Snapshots:
    if project.url.startswith("sqlite"):
        return Snapshots(project, None)
    return Snapshots(project, request.getfixturevalue("postgres"))


def test_a_killed_upgrade_goes_on_at_some_statements(
    snapshots: Snapshots, zygote: Zygote, capsys: pytest.CaptureFixture[str]
) -> None:
    told = harass(snapshots, zygote, every=16, stride=110)
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201 - The count is wanted.


LIMIT = """
import resource

if "LIMIT" in os.environ:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(os.environ["LIMIT"]),) * 2)
"""


@pytest.mark.parametrize("spare_pages", [0, 2, 8])
def test_a_full_disk_leaves_the_old_revision(
    sqlite_project: Project, zygote: Zygote, spare_pages: int
) -> None:
    project = sqlite_project
    program = project.folder / "app.py"
    program.write_text(program.read_text() + LIMIT)
    project.config["DBOPS_BACKUP"] = False
    project.add(
        "a001",
        """
        op.create_table("users", sa.Column("id", sa.Integer, primary_key=True),
                        sa.Column("name", sa.String(90)))
        op.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
                   " INSERT INTO users SELECT i, 'somebody called ' || i FROM n")
        """,
    )
    assert zygote.run(project, "upgrade")[0] == 0
    project.add(
        "a002",
        """
        op.execute("UPDATE users SET name = id")
        with op.batch_alter_table("users") as batch_op:
            batch_op.alter_column("name", type_=sa.Integer(), existing_type=sa.String(90))
        """,
    )
    before = fingerprint(project.url)
    size = Path(project.url.removeprefix("sqlite:///")).stat().st_size
    code, text = zygote.run(project, "upgrade", LIMIT=str(size + spare_pages * 4096))
    assert code == 1, text
    assert "Traceback" not in text
    assert fingerprint(project.url) == before
    code, text = zygote.run(project, "upgrade")
    assert code == 0, text
    assert project.heads() == ["a002"]


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_killed_upgrade_goes_on_at_every_statement(
    snapshots: Snapshots, zygote: Zygote, capsys: pytest.CaptureFixture[str]
) -> None:
    told = harass(snapshots, zygote, every=1, stride=1)
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201 - As above.
