"""Who is known to be gone, and who might still be there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bacowr.jobs import workers


def named(pid: int | str) -> str:
    return workers.new_name().replace(f"-{os.getpid()}-", f"-{pid}-")


def test_names_are_never_the_same() -> None:
    assert len({workers.new_name() for _ in range(100)}) == 100


def test_who_runs_is_not_gone() -> None:
    assert not workers.is_gone(workers.new_name())


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells.")
def test_who_has_ended_is_gone_even_before_anybody_noticed() -> None:
    with subprocess.Popen([sys.executable, "-c", "print()"], stdout=subprocess.PIPE) as process:
        assert process.stdout
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # It is a zombie from here on.
        assert workers.is_gone(named(process.pid))
    assert workers.is_gone(named(process.pid))


def test_nobody_is_gone_who_ran_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    name = named(2**22 + 1)
    for elsewhere in (f"other-{name}", "w1", "", named("x")):
        assert not workers.is_gone(elsewhere)
    monkeypatch.setattr(workers, "BOOT_ID", Path("/nowhere"))
    assert not workers.is_gone(name)
    assert not workers.is_gone(named(2**22 + 1))
