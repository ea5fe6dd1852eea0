"""Structured logs: one JSON object a line in production, colored lines on a terminal."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def configure(level: str, *, as_json: bool, stream: TextIO = sys.stderr) -> None:
    """Send every log line, those of libraries too, to `stream` in one shape.

    Calling it again replaces the handler, so it can be called for each application.
    """
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(as_json=as_json, colors=stream.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [kept for kept in root.handlers if not _is_ours(kept)]
    root.addHandler(handler)
    root.setLevel(level)
    logging.getLogger("alembic.runtime").setLevel(logging.WARNING)  # dbops tells it better.
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # It tells whole addresses, keys included.


def _renderers(*, as_json: bool, colors: bool) -> tuple[Processor, ...]:
    """Return how a line is written; traces never show variables, which may hold secrets."""
    if as_json:
        frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return structlog.processors.ExceptionRenderer(frames), structlog.processors.JSONRenderer()
    plain = structlog.dev.plain_traceback
    return (structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain),)


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
