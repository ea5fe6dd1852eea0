"""The names of workers, and whether one that ran on this machine is still there.

A lease lets another worker go on after a minute of silence. Where it can be known that a worker is
gone, because it ran on this very machine, nobody needs to wait for that.
"""

import hashlib
import os
import secrets
import socket
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PROCESSES = Path("/proc")
DEAD_STATES = ("Z", "X")


def new_name() -> str:
    """Return a name for this process that no other has, nor will have."""
    return f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"


def is_gone(name: str) -> bool:
    """Tell whether a worker is certainly gone; False for any that ran on another machine."""
    machine, _, rest = name.rpartition("-")[0].rpartition("-")
    if machine != _machine() or not rest.isdecimal():
        return False
    try:
        status = (PROCESSES / rest / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return status.rpartition(")")[2].split()[0] in DEAD_STATES


def _machine() -> str:
    """Name the space in which process ids mean something: this boot, this container.

    Where that can't be told (not on Linux), the name is a new one each time, so that nobody is
    ever declared gone.
    """
    host = socket.gethostname()[:64]
    try:
        space = f"{BOOT_ID.read_text()} {(PROCESSES / 'self/ns/pid').readlink()}"
    except OSError:
        return f"{host}.{secrets.token_hex(4)}"
    return f"{host}.{hashlib.sha256(space.encode()).hexdigest()[:8]}"
