"""Write the generated pages.

.env.example comes from Settings, docs/cli.md from the commands' help, docs/schema.md and its
picture from the migrations.
"""

import dataclasses
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bacowr.app import create_app  # noqa: E402  # The path comes first.
from bacowr.dbops.commands.options import alembic_config  # noqa: E402  # As above.
from bacowr.dbops.project import read_project  # noqa: E402  # As above.
from bacowr.dbops.schema.comments import with_comments  # noqa: E402  # As above.
from bacowr.dbops.schema.markdown import markdown  # noqa: E402  # As above.
from bacowr.dbops.schema.model import Schema  # noqa: E402  # As above.
from bacowr.dbops.schema.references import metadatas  # noqa: E402  # As above.
from bacowr.dbops.schema.sources import schema_at  # noqa: E402  # As above.
from bacowr.dbops.schema.svg import svg  # noqa: E402  # As above.
from config import Settings, from_env  # noqa: E402  # The path comes first.

ENV_HEAD = """\
# Every setting, as it is when unset. Copy to .env for `make run`, which reads it as a shell does;
# elsewhere, set the variables where BACOWR runs.
# Written by `make docs` from config.py.
"""
CLI_HEAD = """\
# Commands

Written by `make docs` from the commands' own help. All of them begin with `flask`, run from the
project's folder with the virtual environment's `bin` on the path (or as `.venv/bin/flask`).
"""
SCHEMA_INTRO = """\
What the migrations make, as `flask db schema --revision heads --format md` tells it; written by
`make docs`. Types are SQLite's; on PostgreSQL `DATETIME` is `timestamp with time zone`, and `JSON`
is `jsonb`. The same as a picture: [schema.svg](schema.svg).

![The tables and what they refer to](schema.svg)
"""
OURS = (
    "accounts",
    "audit",
    "backlinks",
    "batches",
    "db",
    "jobs",
    "notifications",
    "providers",
    "queue",
    "serve",
    "spending",
    "watch",
    "worker",
)


def env_example() -> str:
    """Return the text of .env.example."""
    blocks = [ENV_HEAD]
    for field in dataclasses.fields(Settings):
        comment = textwrap.fill(
            field.metadata["help"], 98, initial_indent="# ", subsequent_indent="# "
        )
        blocks.append(f"{comment}\n#{field.name.upper()}={_shown(field.default)}\n")
    return "\n".join(blocks)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    if isinstance(value, Path):
        return value.name
    return str(value)


def cli_page(app: Flask) -> str:
    """Return the text of docs/cli.md."""
    parts = [CLI_HEAD]
    for name, command in sorted(app.cli.commands.items()):
        if name in OURS:
            parts.extend(_sections(f"flask {name}", command))
    return "\n".join(parts)


def _sections(path: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _sections(f"{path} {name}", command.commands[name])
        return
    context = click.Context(command, info_name=path, terminal_width=96, max_content_width=96)
    yield f"## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


def read_history(app: Flask) -> Schema:
    """Return the schema that the migrations make, whatever database the application has."""
    with app.app_context():
        project = read_project(app)
        schema = schema_at(project, alembic_config(None), ["heads"], "sqlite")
        return with_comments(schema, metadatas(project))


def pages(app: Flask) -> dict[Path, str]:
    """Return every generated page by its path."""
    schema = read_history(app)
    docs = ROOT / "docs"
    return {
        ROOT / ".env.example": env_example(),
        docs / "cli.md": cli_page(app),
        docs / "schema.md": markdown(schema, title="The database", intro=SCHEMA_INTRO),
        docs / "schema.svg": svg(schema, title="The tables of BACOWR"),
    }


if __name__ == "__main__":
    for path, text in pages(create_app(from_env())).items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"Wrote {path.relative_to(ROOT)}\n")
