"""Real `flask db` processes without the second that each would need to import everything.

One program imports what they need and then forks a child per command. A child is a process like
any other: it has its own pid, and can be killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.project import Project


class Zygote:
    """The program that forks; one for a module of tests is enough."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **{key: value for key, value in os.environ.items() if "PYTHON" not in key},
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
        )

    def ask(self, **question: object) -> Any:  # noqa: ANN401 - A number, today.
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(question) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    def start(self, project: Project, *arguments: str, **environment: str) -> int:
        """Start `flask db …` for the project and return its pid."""
        surroundings = {**project.surroundings(), **environment}
        answer = self.ask(
            folder=str(project.folder), arguments=["db", *arguments], environment=surroundings
        )
        return int(answer)

    def wait(self, pid: int) -> int:
        """Return the exit code of a child, below 0 for the signal that ended it."""
        return int(self.ask(wait=pid))

    def output(self, project: Project, pid: int) -> str:
        """Return what a child printed."""
        return (project.folder / f"{pid}.txt").read_text()

    def run(self, project: Project, *arguments: str, **environment: str) -> tuple[int, str]:
        pid = self.start(project, *arguments, **environment)
        return self.wait(pid), self.output(project, pid)


@contextmanager
def running() -> Iterator[Zygote]:
    zygote = Zygote()
    try:
        yield zygote
    finally:
        zygote.process.communicate()


def become(question: dict[str, Any]) -> None:
    """Turn the child into the command."""
    os.chdir(question["folder"])
    handle = os.open(f"{os.getpid()}.txt", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1)
    sys.stderr = os.fdopen(2, "w", buffering=1)
    os.environ.update(question["environment"], FLASK_APP="app")
    sys.path.insert(0, question["folder"])
    sys.argv = ["flask", *question["arguments"]]
    from flask.cli import main

    main()


def serve(questions: TextIO) -> None:
    """Answer each question by one line, until there are no more."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for line in questions:
        question = json.loads(line)
        if "wait" in question:
            _, status = os.waitpid(question["wait"], 0)
            answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
            continue
        pid = os.fork()
        if pid == 0:
            code: object = 1
            try:
                become(question)
            except SystemExit as end:
                code = end.code
            except BaseException:  # noqa: BLE001 - A child ends here, whatever happened.
                traceback.print_exc()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else int(code is not None))
        answers.write(f"{pid}\n")


if __name__ == "__main__":
    import flask_migrate  # noqa: F401 - Imported once, for all children.
    import flask_sqlalchemy  # noqa: F401 - As above.
    import psycopg  # noqa: F401 - As above.
    import sqlalchemy.dialects.postgresql.psycopg
    import sqlalchemy.dialects.sqlite  # noqa: F401 - As above.

    import bacowr.dbops.applying
    import bacowr.dbops.commands.upgrade
    import bacowr.dbops.env
    import bacowr.dbops.extension
    import bacowr.dbops.operations  # noqa: F401 - As above.

    serve(sys.stdin)
