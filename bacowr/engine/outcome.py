"""How an order can end: delivered, blocked with its brief kept, or aborted by a fault."""

from dataclasses import dataclass
from enum import StrEnum


class BlockReason(StrEnum):
    """Why an order must not go on to an article (domain 3.1, 3.2)."""

    TARGET_HTTP = "TARGET_HTTP"
    NO_SOURCES = "BLOCKED_NO_SOURCES"
    INTENT_OFF = "INTENT_OFF"
    QC = "QC_BLOCKED"
    NEEDS_SIGNOFF = "NEEDS_SIGNOFF"


class AbortCode(StrEnum):
    """Why a step could not be carried out; trying again may help."""

    STEP_MISSING = "STEP_MISSING"
    WRITER_FAILED = "WRITER_FAILED"
    WRITER_REFUSED = "WRITER_REFUSED"
    WRITER_EMPTY = "WRITER_EMPTY"
    CAP_REACHED = "CAP_REACHED"
    PRICE_UNKNOWN = "PRICE_UNKNOWN"
    TOKENS_SPENT = "TOKENS_SPENT"


@dataclass(frozen=True)
class Block:
    """A gate that is shut: the code, and one sentence for people."""

    reason: BlockReason
    message: str


class Aborted(Exception):  # noqa: N818 - named for what happened, as in base.errors.
    """A step could not be carried out; `code` is kept as the job's error code."""

    def __init__(self, code: AbortCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
