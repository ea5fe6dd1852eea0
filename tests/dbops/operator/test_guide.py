"""docs/migrations.md: its commands are run in its own sample project, its outputs are compared.

WRITE_DOCS=1 pytest tests/dbops/operator/test_guide.py writes the real outputs into the page.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.plugins.project import Project

PAGE = Path(__file__).resolve().parents[3] / "docs" / "migrations.md"
HOME = "/srv/shop"
BLOCK = re.compile(r"```(console|python)\n(.*?)```\n", re.DOTALL)
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
LEFTOVER = "CREATE TABLE _alembic_tmp_products (id INTEGER)"


def normalized(text: str) -> str:
    for pattern, word in VOLATILE:
        text = re.sub(pattern, word, text)
    return "\n".join(line.strip() for line in text.strip().splitlines())


class Reader:
    """Follows the page: writes its files, runs its commands, notes what they print."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def run(self, command: str) -> str:
        """Run one command of the page; return what it prints, as the page would show it."""
        words = shlex.split(command.replace(HOME, str(self.project.folder)))
        if words[:2] == ["flask", "db"]:
            printed = self.project.flask(*words[2:]).text
        else:
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            printed = done.stdout
        return printed.replace(str(self.project.folder), HOME).expandtabs(4).rstrip()

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
        path = self.project.folder / name
        rest = rest.replace(HOME, str(self.project.folder))
        if first.startswith("# in "):
            old = re.search(r"class Product.*?\n\n\n", path.read_text(), re.DOTALL)
            assert old
            rest = path.read_text().replace(old[0], f"{rest.rstrip()}\n\n\n")
        path.write_text(rest)


@pytest.fixture
def reader(sqlite_project: Project) -> Reader:
    project = sqlite_project
    project.url = f"sqlite:///{project.folder}/shop.db"
    return Reader(project)


def test_the_guide_shows_what_its_commands_print(reader: Reader) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("The guide's last command needs the sqlite3 client.")
    page = PAGE.read_text("utf-8")
    doctors = 0
    parts: list[str] = []
    end = 0
    for match in BLOCK.finditer(page):
        kind, body = match[1], match[2]
        if "$ flask db doctor" in body:
            doctors += 1
            if doctors == 2:
                reader.project.execute(LEFTOVER)
        parts += [page[end : match.start()], f"```{kind}\n{reader.block(kind, body)}```\n"]
        end = match.end()
        if doctors == 2 and "$ flask db doctor" in body:
            reader.project.execute("DROP TABLE _alembic_tmp_products")
    real = "".join([*parts, page[end:]])
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(real, "utf-8")
    assert normalized(real) == normalized(page)


def test_the_guide_names_every_setting() -> None:
    settings = (PAGE.parents[1] / "bacowr" / "dbops" / "settings.py").read_text("utf-8")
    fields = re.findall(r"^    (\w+): [^=\n]+ = ", settings, re.MULTILINE)
    page = PAGE.read_text("utf-8")
    assert [name for name in fields if f"`DBOPS_{name.upper()}`" not in page] == []
