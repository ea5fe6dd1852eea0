"""docs/migrations.md: its commands are run in its own sample project, its outputs are compared.

WRITE_DOCS=1 pytest tests/dbops/operator/test_guide.py writes the real outputs into the page.
What stands between `<!-- aside: NAME -->` and `<!-- back -->` happens in a copy of the project,
prepared by ASIDES[NAME], so that the page's story goes on from where it was.
"""

from __future__ import annotations

import contextlib
import copy
import os
import re
import shlex
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bacowr.dbops.commands import COMMANDS
from tests.plugins.repository import Git

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.project import Project

PAGE = Path(__file__).resolve().parents[3] / "docs" / "migrations.md"
LINT_PAGE = PAGE.with_name("lint.md")
HOME = "/srv/shop"
PART = re.compile(
    r"<!-- aside: (?P<aside>[\w ]+) -->|(?P<back><!-- back -->)"
    r"|```(?P<kind>console|python)\n(?P<body>.*?)```\n",
    re.DOTALL,
)
# What differs from run to run; the page shows what one run really printed.
VOLATILE = (
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "MOMENT"),
    (r"\d{8}T\d{6}Z", "STAMP"),
    (r"(STAMP-\w+)-\d+(\.db)", r"\1\2"),  # A second copy within one second.
    (r"ms=\d+", "ms=N"),
    (r"[\d.]+ (?:ms|s|min)\b", "TIME"),
    (r"[\d.]+ (?:bytes|kB|MB|GB|TB)\b", "SIZE"),
    (r"SQLite [\d.]+", "SQLite N"),
    (r"'[0-9a-f]{64}'", "'CHECKSUM'"),
    (r"[ \t]+", " "),
)
PRODUCT = re.compile(r"class Product.*?\n\n\n", re.DOTALL)
IGNORED = "*.db\n*.dbops-lock\n__pycache__/\nbackups/\n"


def normalized(text: str) -> str:
    for pattern, word in VOLATILE:
        text = re.sub(pattern, word, text)
    return "\n".join(line.strip() for line in text.strip().splitlines())


class Reader:
    """Follows the page: writes its files, runs its commands, notes what they print."""

    def __init__(self, project: Project, run: Callable[..., str]) -> None:
        self.project = project
        self.run_inside = run

    @property
    def folder(self) -> Path:
        return self.project.folder

    def flask(self, *words: str) -> str:
        with contextlib.chdir(self.folder):
            return self.run_inside(self.project, *words)

    def run(self, command: str) -> str:
        """Run one command of the page; return what it prints, as the page would show it."""
        words = shlex.split(command.replace(HOME, str(self.folder)))
        if words[0] == "sqlite3":
            with contextlib.closing(sqlite3.connect(words[1])) as connection:
                connection.executescript(words[2])
            return ""
        assert words[:2] == ["flask", "db"], command
        printed = self.flask(*words[2:])
        return printed.replace(str(self.folder), HOME).expandtabs(4).rstrip()

    def block(self, kind: str, body: str) -> str:
        """Follow one block of the page; return it as it should be."""
        if kind == "python":
            self.write(body)
            return body
        commands = [line for line in body.splitlines() if line.startswith("$ ")]
        printed = [f"{line}\n{self.run(line[2:])}".rstrip() for line in commands]
        return "\n".join(printed) + "\n"

    def write(self, body: str) -> None:
        """Write the file that a block's first line names, or replace a class in it."""
        first, _, rest = body.partition("\n")
        name = first.removeprefix("# in ").removeprefix("# ")
        path = self.folder / name
        rest = rest.replace(HOME, str(self.folder))
        if first.startswith("# in "):
            rest = PRODUCT.sub(lambda _: f"{rest.rstrip()}\n\n\n", path.read_text())
        path.parent.mkdir(exist_ok=True)
        path.write_text(rest)

    def columns(self, *columns: str) -> None:
        """Let these be the columns of Product behind its id."""
        lines = ("id = db.Column(db.Integer, primary_key=True)", *columns)
        body = "".join(f"    {line}\n" for line in lines)
        head = '# in app.py\nclass Product(db.Model):\n    __tablename__ = "products"\n'
        self.write(head + body)

    def copy(self, name: str) -> Reader:
        """Return a reader of a copy of the project as it is at the moment."""
        there = self.folder.parent / name.replace(" ", "-")
        shutil.copytree(self.folder, there)
        for path in (there / "app.py", *there.glob("backups/*.json")):
            path.write_text(path.read_text().replace(str(self.folder), str(there)))
        project = copy.copy(self.project)
        project.folder = there
        return Reader(project, self.run_inside)


def upgraded(reader: Reader) -> None:
    reader.flask("upgrade")


def left_over(reader: Reader) -> None:
    reader.run(f'sqlite3 {HOME}/shop.db "CREATE TABLE _alembic_tmp_products (id INTEGER)"')


def without_version(reader: Reader) -> None:
    reader.run(f'sqlite3 {HOME}/shop.db "DROP TABLE alembic_version"')


def repository(reader: Reader) -> Git:
    """Put the project into git, as the release v1 on main."""
    if shutil.which("git") is None:
        pytest.skip("The guide needs git.")
    git = Git(reader.folder)
    (reader.folder / ".gitignore").write_text(IGNORED)
    git("init", "-q", "-b", "main")
    git.commit()
    git("tag", "v1")
    return git


def released(reader: Reader) -> None:
    """Rename a column behind a release."""
    upgraded(reader)
    repository(reader)
    reader.project.environment = {"FLASK_APP": "app:create_app"}
    reader.columns("title = db.Column(db.String(40), nullable=False)")
    reader.flask(
        *("migrate", "-m", "Call the name a title", "--rev-id", "0002"),
        *("--rename", "products.name:title"),
    )


def two_branches(reader: Reader) -> None:
    """Let main and a branch, which has merged it, have a revision of the same number each."""
    git = repository(reader)
    columns = (
        "name = db.Column(db.String(80), nullable=False)",
        "price_cents = db.Column(db.Integer)",
    )
    numbered = ("--rev-id", "0003")
    git("checkout", "-q", "-b", "mine")
    reader.columns(*columns, "sold_on = db.Column(db.Date)")
    reader.flask("migrate", "-m", "Note when products are sold", *numbered)
    git.commit()
    git("checkout", "-q", "main")
    reader.columns(*columns, "stock = db.Column(db.Integer)")
    reader.flask("migrate", "-m", "Count the stock", *numbered)
    git.commit()
    git("checkout", "-q", "mine")
    git("merge", "-q", "main", fails=True)
    reader.columns(*columns, "sold_on = db.Column(db.Date)", "stock = db.Column(db.Integer)")


ASIDES: dict[str, Callable[[Reader], object]] = {
    "upgraded": upgraded,
    "as it is": lambda _: None,
    "left over": left_over,
    "without version": without_version,
    "released": released,
    "two branches": two_branches,
}


@pytest.fixture
def reader(sqlite_project: Project, shown: Callable[..., str]) -> Reader:
    sqlite_project.url = f"sqlite:///{sqlite_project.folder}/shop.db"
    return Reader(sqlite_project, shown)


def followed(page: str, story: Reader) -> str:
    """Follow the whole page; return it as it should be."""
    reader = story
    parts: list[str] = []
    end = 0
    for number, match in enumerate(PART.finditer(page)):
        text = match[0]
        if match["aside"]:
            reader = story.copy(f"{match['aside']} {number}")
            ASIDES[match["aside"]](reader)
        elif match["back"]:
            reader = story
        else:
            text = f"```{match['kind']}\n{reader.block(match['kind'], match['body'])}```\n"
        parts += [page[end : match.start()], text]
        end = match.end()
    return "".join([*parts, page[end:]])


def test_the_guide_shows_what_its_commands_print(reader: Reader) -> None:
    page = PAGE.read_text("utf-8")
    real = followed(page, reader)
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(real, "utf-8")
    assert normalized(real) == normalized(page)


def test_the_linters_page_shows_what_it_prints(reader: Reader) -> None:
    reader.project.add("0001", "op.create_table('products', sa.Column('price', sa.Integer))")
    reader.flask("upgrade")
    git = repository(reader)
    git("update-ref", "refs/remotes/origin/main", "main")
    check = "op.create_check_constraint('ck_products_price', 'products', 'price > 0')"
    file = reader.project.add("0002", check, "op.drop_constraint('ck_products_price', 'products')")
    file.rename(file.with_name("0002_check_prices.py"))
    (block,) = re.findall(r"```console\n(.*?)```", LINT_PAGE.read_text("utf-8"), re.DOTALL)
    assert normalized(reader.block("console", block)) == normalized(block)


def test_the_guide_names_every_setting() -> None:
    settings = (PAGE.parents[1] / "bacowr" / "dbops" / "settings.py").read_text("utf-8")
    fields = re.findall(r"^    (\w+): [^=\n]+ = ", settings, re.MULTILINE)
    page = PAGE.read_text("utf-8")
    assert [name for name in fields if f"`DBOPS_{name.upper()}`" not in page] == []


def test_the_guide_names_every_command() -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"`([a-z-]+)", row)}
    assert [name for name in COMMANDS if name not in named] == []
