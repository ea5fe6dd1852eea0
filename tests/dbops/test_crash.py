"""A real `flask db upgrade` is killed before and after every statement; the next one goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:

    from tests.plugins.project import Project

KILLER = """
import os, signal
import sqlalchemy as sa
import app as project

@project.dbops.on_engine
def kill(engine):
    count = 0
    when = os.environ.get("KILL_AT")

    def step(*call):
        nonlocal count
        count += 1
        if when is not None and count == int(when):
            os.kill(os.getpid(), signal.SIGKILL)
        with open("count", "w") as file:
            file.write(str(count))

    sa.event.listen(engine, "before_cursor_execute", step)
    sa.event.listen(engine, "after_cursor_execute", step)
    sa.event.listen(engine, "commit", step)
"""


def arm(project: Project) -> None:
    """Let the project's app count the statements of a run, and die at the wanted one."""
    program = project.folder / "app.py"
    program.write_text(
        program.read_text()
        + KILLER.replace("import app as project\n", "").replace("project.dbops", "dbops")
    )
