"""The words for an application that can't even be loaded, so that no command gets to run."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

# What hinders an application from being made; of everything else the traceback is of use.
CODES = frozenset({"url-scheme", "url-missing", "driver-missing"})


def install() -> None:
    """Explain such an error in a `flask db …` process, in place of its traceback.

    The `flask` command loads the application before any command, so no command can catch it.
    """
    if not is_flask_db(sys.argv):
        return
    usual = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        # Only now: an application that loads well shouldn't load this as well.
        finding = import_module("bacowr.dbops.diagnose").explain(error)
        if finding.code in CODES:
            sys.stderr.write(f"Error: {finding.to_text()}\n")
        else:
            usual(kind, error, trace)

    sys.excepthook = hook


def is_flask_db(argv: list[str]) -> bool:
    """Tell whether the process was started as `flask … db …` or `python -m flask … db …`."""
    program = Path(argv[0]) if argv else Path()
    name = program.parent.name if program.stem == "__main__" else program.stem
    return name == "flask" and "db" in argv[1:]
