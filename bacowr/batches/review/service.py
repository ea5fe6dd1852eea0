"""Deciding on the jobs of a batch: one at a time or many, and never over somebody else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import BacowrError, Conflict, Invalid
from bacowr.batches.models import Batch, Decision, ReviewItem
from bacowr.batches.review import approval, opening, queries, states
from bacowr.batches.review.states import Verb
from bacowr.jobs import service as jobs

LONGEST_NOTE = 500
MOST_AT_ONCE = 1000
PAST = {
    Decision.APPROVED: "approved it",
    Decision.REJECTED: "rejected it",
    Decision.NEEDS_REGENERATION: "sent it back to be written anew",
    Decision.REGENERATING: "sent it back to be written anew",
    Decision.PENDING: "opened it again",
}


@dataclass(frozen=True)
class Choice:
    """What a reviewer wants done with an item as it was when they saw it, and why.

    Without a version it is meant for the item as it is: one that is decided stays as it is anyway.
    """

    verb: Verb
    version: int | None
    note: str | None = None


@dataclass(frozen=True)
class Told:
    """What came of one of many decisions: `error` is None when it was taken."""

    item_id: str
    error: BacowrError | None = None


@transaction
def decide(batch: Batch, item_id: str, choice: Choice, *, by: User) -> ReviewItem:
    """Approve, reject, send back or reopen one item, and close or open the batch accordingly.

    Raise Conflict when somebody was faster, saying what they did; when the state doesn't allow it;
    or, for an approval, when anything red is open. Raise Invalid for a rejection without a reason
    or a note that is too long.
    """
    note = _note(choice)
    opening.hold(batch)
    if batch.status not in states.REVIEWABLE:
        raise Conflict(f"The batch is {batch.status}, so nothing of it can be decided on.")
    item = queries.get(batch, item_id)
    _require_as_seen(item, choice)
    move = states.MOVES[choice.verb]
    if item.decision not in move.sources:
        text = f"It is {_words(item.decision)}, so it can't be {_words(move.target)}."
        raise Conflict(text, fields=standing(item))
    if choice.verb is Verb.APPROVE:
        _require_nothing_open(item)
    item.version += 1
    before, item.decision = item.decision, move.target
    _stamp(item, note, by)
    if choice.verb is Verb.REGENERATE:
        item.regeneration_count += 1
        jobs.send_back(item.job, by=by, wish=note)
    audit.record(
        f"review.{choice.verb}", item, actor=by, before=before, after=item.decision, note=note
    )
    opening.settle(batch)
    return item


def decide_many(batch: Batch, choices: Iterable[tuple[str, Choice]], *, by: User) -> Sequence[Told]:
    """Decide on many items, each by itself: what can't be done for one holds up no other.

    Raise Invalid for more than a thousand.
    """
    listed = list(choices)
    if len(listed) > MOST_AT_ONCE:
        raise Invalid(f"Decide on at most {MOST_AT_ONCE} at once.")
    return [_told(batch, item_id, choice, by) for item_id, choice in listed]


def _told(batch: Batch, item_id: str, choice: Choice, by: User) -> Told:
    try:
        decide(batch, item_id, choice, by=by)
    except BacowrError as error:
        return Told(item_id, error)
    return Told(item_id)


def _note(choice: Choice) -> str | None:
    note = " ".join((choice.note or "").split()) or None
    if note is None and choice.verb is Verb.REJECT:
        raise Invalid("Say why it is rejected.", fields={"note": ["A rejection needs a reason."]})
    if note is not None and len(note) > LONGEST_NOTE:
        message = f"At most {LONGEST_NOTE} characters."
        raise Invalid(message, fields={"note": [message]})
    return note


def _require_as_seen(item: ReviewItem, choice: Choice) -> None:
    """Raise Conflict when an item isn't at the version that was seen; whoever asks holds the batch.

    All who change an item hold its batch first, so none of them comes between.
    """
    db.session.refresh(item)
    if choice.version not in {None, item.version}:
        text = f"{_who(item)} while you looked. Nothing of yours was stored."
        raise Conflict(text, fields=standing(item))


def _require_nothing_open(item: ReviewItem) -> None:
    """Raise Conflict, naming what is red, unless nothing stands against approving an item."""
    faults = approval.missing(item.job)
    if not faults:
        return
    named = approval.open_findings(item.job)
    fields = {"missing": faults} | ({"findings": named} if named else {})
    raise Conflict(f"It can't be approved yet. {' '.join(faults)}", fields=fields)


def standing(item: ReviewItem) -> dict[str, list[str]]:
    """Say what an item is at, for whoever believed otherwise."""
    person = db.session.get(User, item.reviewer_id) if item.reviewer_id else None
    told = {
        "review_status": item.decision.value,
        "version": str(item.version),
        "reviewed_by": person.email if person else None,
        "reviewer_notes": item.notes,
    }
    return {name: [text] for name, text in told.items() if text}


def _who(item: ReviewItem) -> str:
    person = db.session.get(User, item.reviewer_id) if item.reviewer_id else None
    if person is None:
        return f"It became {_words(item.decision)}"
    return f"{person.name or person.email} {PAST[item.decision]}"


def _words(decision: Decision) -> str:
    return decision.replace("_", " ")


def _stamp(item: ReviewItem, note: str | None, by: User) -> None:
    item.notes, item.reviewer_id, item.reviewed_at = note, by.id, clock.now()
    item.qc_status, item.qc_score = item.job.qc_status, item.job.qc_score
    item.issue_count = approval.findings_of(item.job)
