"""What came of a job, as the pipeline's last step tells it."""

import hashlib
from dataclasses import dataclass

from bacowr.engine.shapes import Json, from_json, to_json
from bacowr.engine.steps import done
from bacowr.engine.steps.step import Outputs, Stage
from bacowr.jobs.texts import Document


@dataclass(frozen=True)
class Outcome:
    """Delivered, or blocked when there is a reason for that; and the documents in either case."""

    documents: tuple[Document, ...]
    block_reason: str | None = None
    block_message: str | None = None
    is_demo: bool = False


def outcome_of(outputs: Outputs) -> Outcome:
    """Read how the order ended, and the documents it leaves."""
    result = from_json(done.Result, outputs[Stage.DONE])
    documents = (_document(made, outputs[Stage.BRIEF][made.kind]) for made in result.documents)
    return Outcome(tuple(documents), result.block_reason, result.message, result.demo)


def _document(made: done.Document, parts: Json) -> Document:
    about = to_json(made)
    text: str = about.pop("markdown")
    return Document(
        kind=made.kind,
        data=about | parts,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
