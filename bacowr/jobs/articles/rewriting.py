"""One paragraph anew, as a person wishes it; its neighbors, the link and the label stay."""

from dataclasses import dataclass

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.errors import Conflict, Invalid
from bacowr.engine.checks.subject import Subject
from bacowr.engine.ports import Prompt, Written
from bacowr.engine.repairs.pieces import Piece, piece_at
from bacowr.engine.repairs.rewording import NOTE_CHARACTERS, paragraph_of, paragraph_prompt
from bacowr.jobs.articles import checking, editing, settling, versions
from bacowr.jobs.articles.editing import NO_MATERIAL
from bacowr.jobs.models import Job
from bacowr.jobs.texts import Document

NOT_ALONE = "This passage can't be written anew by itself: choose a paragraph of running text."
LATER = "Somebody has saved a later version. Take a look at it first."
UNUSABLE = (
    "What the writer gave can't be used: it isn't one paragraph with the same links. The text"
    " stays as it was, and the call is on record."
)


@dataclass(frozen=True)
class Rewriting:
    """A paragraph that is to be written anew, its version, and what the writer is asked."""

    base_id: str
    number: int
    piece: Piece
    markdown: str
    prompt: Prompt
    note: str


def prepare(job: Job, *, base_id: str, at: int, note: str) -> Rewriting:
    """Find the paragraph at a place of the latest version; nothing is asked or stored yet.

    Raise Conflict when somebody has saved a later version or the job isn't open, Invalid for a
    place where nothing can be written anew, or a note that is too long.
    """
    settling.require_open(job)
    note = " ".join(note.split())
    if len(note) > NOTE_CHARACTERS:
        message = f"A note has at most {NOTE_CHARACTERS} characters."
        raise Invalid(message, fields={"note": [message]})
    latest = versions.latest(job)
    if latest is None or latest.id != base_id:
        raise Conflict(LATER)
    subject = _subject(job, latest)
    piece = piece_at(subject, at, at + 1)
    if piece is None:
        raise Invalid(NOT_ALONE, fields={"note": [NOT_ALONE]})
    prompt = paragraph_prompt(subject, piece, note)
    return Rewriting(base_id, latest.version, piece, latest.text, prompt, note)


def store(job: Job, made: Rewriting, written: Written, *, by: User) -> Document:
    """Store the text with the new paragraph as the next version, checked like any edit.

    Raise Conflict when the answer is no paragraph with the same links, or when somebody has saved
    a later version meanwhile: nothing is overwritten then.
    """
    piece = made.piece
    answer = paragraph_of(piece, written.text, written.ending)
    if answer is None:
        raise Conflict(UNUSABLE)
    text = made.markdown[: piece.start] + answer + made.markdown[piece.end :]
    note = f"Paragraph {piece.number} written anew" + (f": {made.note}" if made.note else ".")
    return editing.save(job, text, base_id=made.base_id, by=by, note=note[: editing.LONGEST_NOTE])


def _subject(job: Job, latest: Document) -> Subject:
    found, article = checking.material(job), versions.article_of(latest)
    if found is None or article is None:
        raise Conflict(NO_MATERIAL)
    return found.subject(article, clock.now(), checking.decisions_of(job))
