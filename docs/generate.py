"""Write the generated pages: .env.example from Settings, docs/cli.md from the commands' help."""

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
OURS = ("accounts", "db", "jobs", "queue", "serve", "worker")


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


def pages(app: Flask) -> dict[Path, str]:
    """Return every generated page by its path."""
    return {ROOT / ".env.example": env_example(), ROOT / "docs" / "cli.md": cli_page(app)}


if __name__ == "__main__":
    for path, text in pages(create_app(from_env())).items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"Wrote {path.relative_to(ROOT)}\n")
