"""Disks that are thrown away: a SQLite file there is migrated for nothing, or lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bacowr.dbops.errors import Refused
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.report import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bacowr.dbops.project import Project

REMEDY = (
    "Run `flask db upgrade` in the start command, where the volume is mounted; or use "
    "PostgreSQL. DBOPS_ALLOW_THROWAWAY=1 migrates the file all the same."
)


def refuse_throwaway(project: Project) -> None:
    """Raise Refused for a SQLite file in a release container, unless the settings allow it."""
    path = sqlite_file(project.engine.url)
    if path is None or project.settings.allow_throwaway:
        return
    finding = judge_place(path, os.environ)
    if finding is not None and finding.level is Level.ERROR:
        raise Refused(finding)


def judge_place(path: Path, environ: Mapping[str, str]) -> Finding | None:
    """Say what becomes of a file here, by the marks that the platforms leave.

    DYNO=release.… (Heroku) and RELEASE_COMMAND (Fly) name the release phase, whose disk is never
    the application's. RAILWAY_ENVIRONMENT and FLY_APP_NAME only name the platform: there a file
    on a mounted volume is fine.
    """
    dyno = environ.get("DYNO", "")
    if dyno.startswith("release.") or environ.get("RELEASE_COMMAND"):
        return Finding(
            "throwaway-disk",
            "This is a release container: its disk is thrown away after this command, and the "
            "application would not see the migrated file. Nothing was changed.",
            str(path),
            REMEDY,
        )
    platform = _platform(environ)
    if not platform or _on_volume(path, environ):
        return None
    return Finding(
        "throwaway-disk",
        f"The SQLite file lies on a disk that {platform} throws away at each deploy.",
        str(path),
        "Put the file on a mounted volume, or use PostgreSQL.",
        Level.WARNING,
    )


def _platform(environ: Mapping[str, str]) -> str:
    marks = {"DYNO": "Heroku", "RAILWAY_ENVIRONMENT": "Railway", "FLY_APP_NAME": "Fly"}
    return next((name for mark, name in marks.items() if environ.get(mark)), "")


def _on_volume(path: Path, environ: Mapping[str, str]) -> bool:
    volume = environ.get("RAILWAY_VOLUME_MOUNT_PATH")
    if volume and path.is_relative_to(volume):
        return True
    folders = [folder for folder in path.parents if folder.exists()]
    return any(folder.is_mount() for folder in folders if folder != folder.parent)
