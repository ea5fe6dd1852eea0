"""What came of a job, as the pipeline's last step tells it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bacowr.jobs.models import Document
from bacowr.jobs.states import DocumentKind


@dataclass(frozen=True)
class Outcome:
    """Delivered, or blocked when there is a reason for that; and the documents in either case."""

    documents: tuple[Document, ...]
    block_reason: str | None = None
    block_message: str | None = None


def outcome_of(outputs: Mapping[str, dict[str, Any]]) -> Outcome:
    """Read what the finished steps gave."""
    done = outputs.get("done", {})
    block = done.get("blocked") or {}
    return Outcome(
        tuple(_document(each) for each in done.get("documents", ())),
        block.get("reason"),
        block.get("message"),
    )


def _document(made: Mapping[str, Any]) -> Document:
    text: str = made["text"]
    return Document(
        kind=DocumentKind(made["kind"]),
        data=made["data"],
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
