"""Changing deal records: making them, following them to their page, and keeping their history."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.backlinks import deals, queries, reading
from bacowr.backlinks.models import Backlink, BacklinkEvent
from bacowr.backlinks.placements import MOVES, EventType, Placement, can_move
from bacowr.base import clock, locks
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid
from bacowr.base.types import new_id

SHOWN_LENGTH = 500
UNTOLD = frozenset({"match_key"})
CHANGED_MEANWHILE = "Somebody changed this deal meanwhile. Look at it again before you change it."


@transaction
def create(fields: Mapping[str, object], *, owner: User, as_new: bool = False) -> Backlink:
    """Add a deal record; raise Invalid carrying every fault (`deals.read_deal`).

    The same link told in the same words again is the record that exists; told otherwise it is a
    Conflict, unless `as_new` says that it is another deal about the same link.
    """
    values = deals.read_deal(fields)
    lock_library(owner)
    known = queries.by_match([values["match_key"]], owner=owner).get(values["match_key"], [])
    told = [name for name in deals.READERS if fields.get(name)]
    for each in [] if as_new else known:
        if queries.says_the_same(each, values, told):
            return each
    if known and not as_new:
        text = f"This link is in the library already, as {known[0].id}, and says otherwise."
        raise Conflict(text)
    backlink = add(values, owner=owner, by=EventType.CREATED)
    audit.record("backlink.create", backlink, actor=owner)
    return backlink


def lock_library(owner: User) -> None:
    """Let nobody else add to the person's library until this unit of work ends.

    So two who add the same link at the same moment get one record. A key can't see to it: the same
    link may be told twice, where a person says so.
    """
    locks.hold("backlinks", owner.team_id or owner.id)


def add(values: Mapping[str, Any], *, owner: User, by: EventType) -> Backlink:
    """Add a deal record of checked values, inside the unit of work of whoever asks."""
    backlink = Backlink(id=new_id(), owner_id=owner.id, version=1, **values)
    db.session.add(backlink)
    _note(backlink, by, actor=owner.email)
    return backlink


@transaction
def update(
    backlink: Backlink, fields: Mapping[str, object], *, by: User, version: int | None = None
) -> Backlink:
    """Change what a deal record says; a `placement` among the fields moves it as well.

    Raise Conflict when it is no longer at `version`, or can't go to the placement; Invalid
    carrying every fault.
    """
    lock(backlink, version)
    changes = deals.read_changes(backlink, fields)
    target = deals.read_placement(fields)
    if changes:
        change(backlink, changes, actor=by.email)
    if target and target is not backlink.placement:
        _move(backlink, target, actor=by.email)
    if changes or target:
        audit.record("backlink.update", backlink, actor=by, fields=", ".join(sorted(changes)))
    return backlink


def change(backlink: Backlink, changes: Mapping[str, Any], *, actor: str) -> None:
    """Write checked changes and note them, inside the unit of work of whoever asks."""
    told = {
        name: [_shown(getattr(backlink, name)), _shown(value)]
        for name, value in changes.items()
        if name not in UNTOLD
    }
    for name, value in changes.items():
        setattr(backlink, name, value)
    backlink.version += 1
    _note(backlink, EventType.CHANGED, actor=actor, source=backlink.placement, **told)


@transaction
def move(backlink: Backlink, target: Placement, *, by: User, version: int | None = None) -> None:
    """Bring a link to another placement; raise Conflict when it can't go there from where it is.

    Publishing needs the page's address (Invalid without), and sets the moment if none is known.
    """
    lock(backlink, version)
    _move(backlink, target, actor=by.email)
    audit.record("backlink.move", backlink, actor=by, to=target)


@transaction
def record_published(
    backlink: Backlink, url: str, *, by: User | None, at: datetime | None = None
) -> None:
    """Note on which page a link stands, and since when; without `at`, since now.

    `by` is None for what the system finds by itself. Raise Invalid when the address can't be
    taken, and Conflict when the link can't be published from where it is.
    """
    lock(backlink, None)
    actor = by.email if by else audit.SYSTEM
    changes = deals.read_changes(
        backlink, {"publisher_url": url, **({"published_at": at} if at else {})}
    )
    if changes:
        change(backlink, changes, actor=actor)
    if backlink.placement is not Placement.PUBLISHED:
        _move(backlink, Placement.PUBLISHED, actor=actor)
    audit.record("backlink.publish", backlink, actor=by)


@transaction
def tag(found: Sequence[Backlink], word: str, *, by: User) -> int:
    """Give deal records a tag; return how many did not have it. Raise Invalid for no good tag."""
    try:
        words = reading.tags(word)
    except reading.Faulty as faulty:
        raise Invalid(str(faulty), fields={"tag": [str(faulty)]}) from faulty
    if not words:
        raise Invalid("Name a tag.", fields={"tag": ["This field is required."]})
    lacking = [each for each in found if not {*words} <= {*each.tags}]
    for each in lacking:
        update(each, {"tags": [*each.tags, *words]}, by=by)
    return len(lacking)


@transaction
def delete(backlink: Backlink, *, by: User) -> None:
    """Delete a deal record with its history, for good; the audit log keeps what it was.

    A link that was taken down is not deleted but moved to `removed`.
    """
    audit.record(
        "backlink.delete",
        backlink,
        actor=by,
        publisher=backlink.publisher_domain,
        target=backlink.target_url,
        placement=backlink.placement,
    )
    db.session.execute(sa.delete(BacklinkEvent).where(BacklinkEvent.backlink_id == backlink.id))
    db.session.execute(sa.delete(Backlink).where(Backlink.id == backlink.id))
    db.session.expunge(backlink)


def lock(backlink: Backlink, version: int | None) -> None:
    """Read a deal record anew and keep others from writing it; Conflict when it moved on."""
    db.session.refresh(backlink, with_for_update=True)
    if version is not None and backlink.version != version:
        raise Conflict(CHANGED_MEANWHILE)


def _move(backlink: Backlink, target: Placement, *, actor: str) -> None:
    source = backlink.placement
    if not can_move(source, target):
        ways = ", ".join(MOVES[source])
        raise Conflict(f"A link that is {source} can't become {target}; it can become {ways}.")
    if target is Placement.PUBLISHED:
        if not backlink.publisher_url:
            message = "Give the address of the page that carries the link."
            raise Invalid(message, fields={"publisher_url": [message]})
        backlink.published_at = backlink.published_at or clock.now()
    set_placement(backlink, target, actor=actor)


def set_placement(backlink: Backlink, target: Placement, *, actor: str) -> None:
    """Write a placement and note it, inside the unit of work of whoever knows that it is so."""
    source = backlink.placement
    backlink.placement = target
    backlink.version += 1
    _note(backlink, EventType.MOVED, actor=actor, source=source)


def _note(
    backlink: Backlink,
    event: EventType,
    *,
    actor: str,
    source: Placement | None = None,
    **data: Any,  # noqa: ANN401  # JSON.
) -> None:
    db.session.add(
        BacklinkEvent(
            backlink_id=backlink.id,
            at=clock.now(),
            actor=actor,
            type=event,
            from_placement=source,
            to_placement=backlink.placement,
            data=data,
        )
    )


def _shown(value: object) -> object:
    """Return a value as the history keeps it: JSON of limited length."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return f"{len(value)} entries"
    return value[:SHOWN_LENGTH] if isinstance(value, str) else value
