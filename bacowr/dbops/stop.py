"""A clean end when the platform asks for one."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bacowr.dbops.errors import Terminated

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_CODE = 128 + signal.SIGTERM


@contextmanager
def stop_on_sigterm() -> Iterator[None]:
    """Turn SIGTERM into an exception, so that the open revision is rolled back.

    An application's own handler is left in place, as are threads other than the main one, where
    Python allows no handlers.
    """
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        raise Terminated(EXIT_CODE)

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
