"""`flask backlinks`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from bacowr.accounts.permissions import Role
from tests.plugins.application import NewUser

SHEET = "publisher,target,anchor,status\na.se,https://b.se,c,Live\nbad,https://b.se,c,Live\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "history.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def test_import_export_and_stats(app: Flask, new_user: NewUser, file: Path, tmp_path: Path) -> None:
    owner = ("--owner", new_user().email)
    run = app.test_cli_runner().invoke
    dry = run(args=["backlinks", "import", str(file), "--dry-run", "--json", *owner])
    told = json.loads(dry.stdout)
    assert (dry.exit_code, told["stored"], told["rows"]["add"]) == (1, False, 1)
    assert told["faults"][0]["row"] == 3
    done = run(args=["backlinks", "import", str(file), *owner])
    assert "1 to add" in done.stdout
    assert "row 3, publisher" in done.stderr
    again = run(args=["backlinks", "import", str(file), "--on-duplicate", "overwrite", *owner])
    assert "1 known and the same" in again.stdout
    for name in ("out.csv", "out.xlsx"):
        assert run(args=["backlinks", "export", str(tmp_path / name), *owner]).exit_code == 0
        assert (tmp_path / name).stat().st_size > 100
    assert run(args=["backlinks", "export", str(tmp_path / "out.doc"), *owner]).exit_code == 1
    stats = json.loads(run(args=["backlinks", "stats", "--json", *owner]).stdout)
    assert (stats["total"], stats["by_placement"]) == (1, {"published": 1})
    assert "total: 1" in run(args=["backlinks", "stats", *owner]).stdout


def test_a_viewer_brings_nothing_in(app: Flask, new_user: NewUser, file: Path) -> None:
    viewer = new_user("viewer@example.org", role=Role.VIEWER)
    args = ["backlinks", "import", str(file), "--owner", viewer.email]
    result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 1
    assert "backlinks.import" in result.output
