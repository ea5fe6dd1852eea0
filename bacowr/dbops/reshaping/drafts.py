"""Changes to a history's files: tried on a copy of the folder first, then made in the folder."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from alembic.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from alembic.script import ScriptDirectory


@dataclass(frozen=True)
class FileChanges:
    """Files to write, by their paths, and files to remove."""

    writes: Mapping[Path, str] = field(default_factory=dict)
    removes: frozenset[Path] = frozenset()

    def make(self, place: Callable[[Path], Path] = lambda path: path) -> None:
        """Write first and remove then, so that nothing is lost where it breaks off."""
        for path, text in self.writes.items():
            target = place(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        for path in self.removes - self.writes.keys():
            place(path).unlink(missing_ok=True)


@contextmanager
def drafted(directory: ScriptDirectory, changes: FileChanges) -> Iterator[Config]:
    """Give the config of a copy of the history with the changes made; it is gone afterwards."""
    with TemporaryDirectory(prefix="dbops-draft-") as name:
        places = _copy(directory, Path(name))

        def place(path: Path) -> Path:
            for old, new in places.items():
                if path.is_relative_to(old):
                    return new / path.relative_to(old)
            return path

        changes.make(place)
        locations = directory._version_locations  # noqa: SLF001 - `versions` knows only one.
        yield _config(
            script_location=str(place(Path(directory.dir).absolute())),
            path_separator="os",
            version_locations=os.pathsep.join(str(place(Path(one))) for one in locations),
            recursive_version_locations=str(directory.recursive_version_locations).lower(),
        )


def _config(**options: str) -> Config:
    config = Config()
    for name, value in options.items():
        config.set_main_option(name, value.replace("%", "%%"))
    return config


def _copy(directory: ScriptDirectory, target: Path) -> dict[Path, Path]:
    """Copy the folder, and the folders of versions that lie elsewhere; tell where each is."""
    places: dict[Path, Path] = {}
    home = Path(directory.dir).absolute()
    folders = [home, *map(Path, directory._version_locations)]  # noqa: SLF001 - As above.
    for number, folder in enumerate(folders):
        if folder.is_dir() and not any(folder.is_relative_to(one) for one in places):
            places[folder] = target / str(number)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(folder, places[folder], ignore=ignored)
    return places
