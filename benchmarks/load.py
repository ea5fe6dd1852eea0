"""A small load generator: connections that stay open, each asking again as soon as it is answered.

Run as a program in a process of its own: it reads a plan as JSON from standard input and writes
what it measured to standard output. It speaks just enough HTTP/1.1 for answers with a length, so
that it costs little beside the server that shares the machine.
"""

from __future__ import annotations

import json
import resource
import socket
import sys
import threading
import time
from dataclasses import dataclass, field

END = b"\r\n\r\n"


@dataclass
class Connection:
    """One connection, and how long each of its requests took."""

    port: int
    request: bytes
    body: str
    seconds: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)

    def run(self, number: int, until: float) -> None:
        """Ask until the time is over; a server that closes the connection gets a new one."""
        asked = 0
        while time.perf_counter() < until:
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as server:
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while time.perf_counter() < until:
                    asked += 1
                    if not self.ask(server, f"{number}-{asked}"):
                        break

    def ask(self, server: socket.socket, unique: str) -> bool:
        """Send one request and read its answer whole; tell whether the connection stays open."""
        body = self.body.replace("UNIQUE", unique).encode()
        length = b"content-length: %d\r\n" % len(body) if body else b""
        began = time.perf_counter()
        server.sendall(self.request + length + b"\r\n" + body)
        head, rest = self.head(server)
        wanted = int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        while rest < wanted:
            rest += len(server.recv(262144))
        self.seconds.append(time.perf_counter() - began)
        status = head[9:12].decode()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        return b"connection: close" not in head

    def head(self, server: socket.socket) -> tuple[bytes, int]:
        """Read the answer's head; return it in lower case, and how much of the body came along."""
        buffer = b""
        while END not in buffer:
            part = server.recv(262144)
            if not part:
                raise ConnectionError(f"The server hung up: {buffer!r}")
            buffer += part
        head, _, rest = buffer.partition(END)
        return head.lower() + END, len(rest)


def main() -> None:
    plan = json.load(sys.stdin)
    lines = [f"{plan['method']} {plan['path']} HTTP/1.1", "host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in plan["headers"].items()]
    request = ("\r\n".join(lines) + "\r\n").encode()
    connections = [
        Connection(plan["port"], request, plan["body"]) for _ in range(plan["connections"])
    ]
    began = time.perf_counter()
    threads = [
        threading.Thread(target=each.run, args=(number, began + plan["seconds"]))
        for number, each in enumerate(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    usage = resource.getrusage(resource.RUSAGE_SELF)
    statuses: dict[str, int] = {}
    for each in connections:
        for status, number in each.statuses.items():
            statuses[status] = statuses.get(status, 0) + number
    answer = {
        "seconds": sorted(second for each in connections for second in each.seconds),
        "took": took,
        "statuses": statuses,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
