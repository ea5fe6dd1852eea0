"""Real `flask db` processes without the second that each would need to import everything.

One program imports what they need and then forks a child per command. A child is a process like
any other: it has its own pid, and can be killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from contextlib import contextmanager, suppress
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.project import Project


ROOT = Path(__file__).parents[2]


class Zygote:
    """The program that forks; one for a module of tests is enough.

    `root` is where its modules come from; what `preload` names is imported too, and called if it
    is a function.
    """

    def __init__(self, root: Path = ROOT, preload: tuple[str, ...] = ()) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), *preload],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **{key: value for key, value in os.environ.items() if "PYTHON" not in key},
                "PYTHONPATH": str(root),
            },
        )

    def ask(self, **question: object) -> Any:  # noqa: ANN401 - A number, today.
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(question) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    def fork(self, folder: Path, words: list[str], environment: dict[str, str]) -> int:
        """Start a program that the virtual environment has, in a folder; return its pid."""
        return int(self.ask(folder=str(folder), program=words, environment=environment))

    def start(self, project: Project, *arguments: str, **environment: str) -> int:
        """Start `flask db …` for the project and return its pid."""
        surroundings = {**project.surroundings(), **environment}
        surroundings["FLASK_APP"] = "app"
        return self.fork(project.folder, ["flask", "db", *arguments], surroundings)

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
    os.environ.update(question["environment"])
    sys.path.insert(0, question["folder"])
    sys.argv = question["program"]
    (program,) = entry_points(group="console_scripts", name=sys.argv[0])
    program.load()()


def live(question: dict[str, Any]) -> NoReturn:
    """Be the command to its end, and nothing else afterwards."""
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


def serve(questions: TextIO) -> None:
    """Answer each question by one line, until there are no more."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    children = set()
    for line in questions:
        question = json.loads(line)
        if "wait" in question:
            _, status = os.waitpid(question["wait"], 0)
            children.discard(question["wait"])
            answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
            continue
        pid = os.fork()
        if pid == 0:
            live(question)
        children.add(pid)
        answers.write(f"{pid}\n")
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


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

    for name in sys.argv[1:]:
        found = resolve_name(name)
        if callable(found):
            found()
    serve(sys.stdin)
