"""A resolver that answers what a test wants."""

import socket
from collections.abc import Callable


def answers(*rounds: str) -> Callable[..., list[tuple[object, ...]]]:
    """Stand in for the resolver: one answer a call, the last one for ever."""
    left = list(rounds)

    def look_up(_host: str, port: int | None, *_: object, **__: object) -> list[tuple[object, ...]]:
        ip = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (ip, port or 0))]

    return look_up
