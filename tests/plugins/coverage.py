"""Coverage of lines and branches that costs next to nothing: `pytest -p tests.plugins.coverage`.

A probe removes itself once it was met, so a run is as fast as without. It has to be named with
-p: what is imported before this module is not measured. Every worker of pytest-xdist measures by
itself, and the first process adds them up and fails below the least that is allowed.
"""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import slipcover

LEAST_PERCENT = 95
PACKAGE = "bacowr"
BESIDE = ["config.py", "wsgi.py"]
NOT_COUNTED = ["if TYPE_CHECKING:", "@overload", r"\.\.\.$"]

_measuring = slipcover.Slipcover(
    immediate=True, branch=True, source=[PACKAGE], exclude_also=NOT_COUNTED
)
_files = slipcover.FileMatcher(sources=[PACKAGE, *BESIDE])
slipcover.ImportManager(_measuring, _files).__enter__()


class Sum:
    """What was met in all processes together."""

    def __init__(self) -> None:
        self.met: dict[str, Any] | None = None

    def add(self, more: dict[str, Any]) -> None:
        self.met = slipcover.merge_coverage(self.met, more) if self.met else more

    @property
    def percent(self) -> float:
        return float(self.met["summary"]["percent_covered"]) if self.met else 0.0

    @property
    def low(self) -> dict[str, Any]:
        """Return the files that are covered less than they should."""
        files = self.met["files"] if self.met else {}
        low = {
            name: each
            for name, each in files.items()
            if each["summary"]["percent_covered"] < LEAST_PERCENT
        }
        return {**(self.met or {}), "files": low}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take what a worker of pytest-xdist met."""
        output = getattr(node, "workeroutput", {})  # A worker that crashed has none.
        if "coverage" in output:
            self.add(json.loads(output["coverage"]))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not session.config.getoption("numprocesses", None):
            self.add(_measuring.get_coverage())
        if session.exitstatus == pytest.ExitCode.OK and self.percent < LEAST_PERCENT:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        table = io.StringIO()
        slipcover.print_coverage(self.low, outfile=table, missing_width=60)
        terminalreporter.section(f"coverage: the files below {LEAST_PERCENT} %")
        terminalreporter.write(table.getvalue())
        terminalreporter.write_line(f"Covered: {self.percent:.2f} %; at least {LEAST_PERCENT} %.")


class Share:
    """What is met in one worker of pytest-xdist."""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        met = json.dumps(_measuring.get_coverage())
        session.config.workeroutput["coverage"] = met  # type: ignore[attr-defined] # xdist has no types.


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Share() if hasattr(config, "workerinput") else Sum())
