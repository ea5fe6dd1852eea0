"""The drill itself: stage by stage, the same on every database and at every size."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.drill.processes import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drill.bookkeeping import Books
    from tests.drill.load import Answer, Load
    from tests.drill.platform import Platform
    from tests.drill.versions import Version

OPEN_AGAIN: Final = 12
"""So many good answers in a row mean that every process knows of the end of a window."""
MESSAGE: Final = "Back before you know it."


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    answers: int
    threads: int
    pause_seconds: float
    seeded: int
    web_processes: int = 1


@dataclass(frozen=True)
class Line:
    """What is told of one stage."""

    stage: str
    requests: int
    failed: int
    announced: int
    p99_ms: float
    longest_ms: float
    rows: int
    steps: int


@dataclass
class Drill:
    """Version N, the one after it, and the people who go on ordering all the while."""

    now: Version
    next: Version
    platform: Platform
    load: Load
    books: Books
    scale: Scale
    owner_id: str
    seeded: list[tuple[str, str]]
    told: list[Line] = field(default_factory=list)
    window: tuple[float, float] = (math.inf, -math.inf)

    def run(self) -> list[Line]:
        """Go through all stages; a line for each."""
        stages = (
            self.serve,
            self.release_beside,
            self.go_forward,
            self.roll_back,
            self.go_forward_again,
            self.contract,
            self.close_and_open,
        )
        for stage in stages:
            name = stage.__name__.replace("_", " ")
            self.load.enter(name)
            stage()
            self.tell(name)
        self.load.end()
        until(self.books.is_idle, "Orders are left behind.")
        assert not self.books.count("jobs WHERE status = 'aborted'")
        delivered = self.books.count("jobs WHERE status = 'delivered'")
        assert 0 < delivered <= self.books.count("documents")
        self.books.check_steps()
        return self.told

    def serve(self) -> None:
        """N serves, on the database that its own release phase made."""
        assert self.books.heads == {self.now.revisions[-1]}
        self.platform.change_over(self.now)
        self.load.begin(self.scale.threads)
        self.listen()

    def release_beside(self) -> None:
        """N goes on serving while the release phase of N+1 changes the database under it."""
        self.platform.release(self.next, DBOPS_BACKFILL_BUDGET="0")
        assert self.books.heads == {self.next.revisions[-2]}
        assert {"language", "article_language"} <= self.books.columns
        assert "ix_jobs_article_language" in self.books.indexes
        assert self.books.backfill == "pending"
        self.refuse("flask db upgrade", "Old code may still serve")
        self.refuse("flask db upgrade --phase contract", "needs the backfill of")
        assert self.books.heads == {self.next.revisions[-2]}
        self.listen()

    def go_forward(self) -> None:
        """N+1 takes over; its worker does what the release phase had no time for."""
        self.platform.change_over(self.next)
        until(lambda: self.books.backfill == "succeeded", lambda: str(self.books.backfill))
        assert self.books.unfilled == 0
        self.listen()

    def roll_back(self) -> None:
        """N comes back to a database that is ahead of it, and can live with that."""
        ahead = "The database is ahead of this code by 3 (compatible)"
        assert ahead in self.platform.release(self.now)
        code, text = self.platform.run(self.now, "flask db status")
        assert (code, ahead in text) == (0, True), text
        self.platform.change_over(self.now)
        self.listen()
        until(lambda: self.books.unfilled > 0, "N wrote nothing that N+1 has to fill in.")

    def go_forward_again(self) -> None:
        """N+1 comes back, and its release phase still puts off what N could not bear."""
        assert "Put off" in self.platform.release(self.next)
        self.platform.change_over(self.next)
        self.listen()

    def contract(self) -> None:
        """With N gone for good, what it needed goes too; first what it wrote is brought over."""
        code, text = self.platform.run(self.next, "flask db upgrade --phase contract")
        assert code == 0, text
        assert self.books.heads == {self.next.revisions[-1]}
        assert "language" not in self.books.columns
        code, text = self.platform.run(self.next, "flask db check")
        assert code == 0, text
        code, text = self.platform.run(self.now, self.now.lines["release"])
        assert (code != 0, "may break" in text) == (True, True), text
        self.listen()
        with self.load.router.resting():
            self.books.check_languages(self.load, self.seeded)

    def close_and_open(self) -> None:
        """A window is announced: until it ends, and only then, people are turned away."""
        begun = time.monotonic()
        close = f"flask db maintenance on --message '{MESSAGE}'"
        assert self.platform.run(self.next, close)[0] == 0
        until(lambda: any(one.status == 503 for one in self.answers()), "Nobody was turned away.")
        assert self.platform.run(self.next, "flask db maintenance off")[0] == 0
        after = len(self.answers())
        until(lambda: self.is_open_since(after), "It did not open again.")
        self.window = (begun, time.monotonic())
        self.listen()

    def is_open_since(self, number: int) -> bool:
        last = self.answers()[number:][-OPEN_AGAIN:]
        return len(last) == OPEN_AGAIN and not any(one.failed for one in last)

    def refuse(self, line: str, why: str) -> None:
        """See that a command of N+1 changes nothing, and says why."""
        code, text = self.platform.run(self.next, line, DBOPS_BACKFILL_BUDGET="0")
        assert (code != 0, why in text) == (True, True), text

    def listen(self) -> None:
        """Let so many more requests be answered."""
        until(self.load.more(self.scale.answers), "The answers do not come.")

    def answers(self) -> list[Answer]:
        return self.load.answers[self.load.stage]

    def tell(self, name: str) -> None:
        """Count what came of a stage; nothing may have failed that was not announced."""
        with self.load.router.resting():
            rows = self.books.check_orders(self.load, self.owner_id)
        steps = self.books.check_steps()
        answers = self.answers()
        announced = [one for one in answers if self.is_announced(one)]
        failed = [one for one in answers if one.failed and one not in announced]
        waits = sorted(one.seconds * 1000 for one in answers)
        p99 = waits[math.ceil(len(waits) * 0.99) - 1]
        counts = (len(answers), len(failed), len(announced))
        self.told.append(Line(name, *counts, p99, waits[-1], rows, steps))
        assert not failed, failed[:5]

    def is_announced(self, answer: Answer) -> bool:
        """Tell whether the window turned somebody away, and said when to come back."""
        begun, ended = self.window
        inside = begun <= answer.begun <= ended
        said = answer.retry_after.isdecimal() and MESSAGE in answer.text
        return answer.status == 503 and inside and said


def table(told: list[Line]) -> Iterator[str]:
    """Yield the stages as lines to print."""
    yield (
        f"{'stage':<18}{'requests':>9}{'failed':>8}{'announced':>10}{'p99 ms':>9}"
        f"{'longest':>9}{'rows':>9}{'steps':>7}"
    )
    for one in told:
        yield (
            f"{one.stage:<18}{one.requests:>9}{one.failed:>8}{one.announced:>10}{one.p99_ms:>9.1f}"
            f"{one.longest_ms:>9.1f}{one.rows:>9}{one.steps:>7}"
        )
