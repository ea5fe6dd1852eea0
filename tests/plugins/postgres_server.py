"""A throw-away PostgreSQL that lives exactly as long as whoever holds its standard input.

Run as a program: it makes a cluster in a short temporary folder, starts it on a unix socket only,
prints one line of JSON, and takes everything away when its input ends. That also happens when
the holder is killed, so no server is ever left behind.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "150",
    "log_min_messages": "fatal",
}


def as_other_user() -> list[str]:
    """Return the words to put before a command, since PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def within_reach(binaries: Path, folder: Path) -> Path:
    """Return where the other user can run the binaries, copying the installation if it must be."""
    probe = [*as_other_user(), str(binaries / "postgres"), "--version"]
    if subprocess.run(probe, check=False, capture_output=True).returncode == 0:
        return binaries
    copied = shutil.copytree(binaries.parent, folder / "install", symlinks=True)
    folder.chmod(0o711)
    return copied / binaries.name


def initialize(binaries: Path, data: Path) -> None:
    """Make the cluster; everyone who reaches the socket is its superuser."""
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres"]
    command += ["-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*as_other_user(), *command], check=True, capture_output=True, cwd="/")


def serve(binaries: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers."""
    data = folder / "data"
    initialize(binaries, data)
    words = [*as_other_user(), str(binaries / "postgres"), "-D", str(data), "-k", str(folder)]
    for name, value in SETTINGS.items():
        words += ["-c", f"{name}={value}"]
    log = (folder / "log").open("wb")
    server = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/")
    for _ in range(600):
        pid_file = data / "postmaster.pid"
        if pid_file.exists() and "ready" in pid_file.read_text():
            return server
        if server.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")


def main(binaries: Path) -> None:
    """Serve until standard input ends."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    server = None
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        binaries = within_reach(binaries, folder)
        server = serve(binaries, folder)
        sys.stdout.write(json.dumps({"socket": str(folder), "binaries": str(binaries)}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
