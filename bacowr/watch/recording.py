"""Writing down what a look has found, and what follows from it."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bacowr.backlinks import service as backlinks
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import Placement
from bacowr.base import clock
from bacowr.base.db import Model, db, transaction
from bacowr.base.types import new_id
from bacowr.engine.shapes import to_json
from bacowr.engine.watch import standing as standings
from bacowr.engine.watch.standing import Change, Standing, Step, WatchStatus
from bacowr.engine.watch.verdicts import LOST, Verdict, worst
from bacowr.watch import announcing
from bacowr.watch.agreements import WATCHED
from bacowr.watch.claiming import Lease
from bacowr.watch.looking import Look
from bacowr.watch.models import AlertKind, LinkAlert, LinkCheck, LinkWatch

ACTOR = "link watch"
LABEL_LENGTH = 200


@transaction
def record(lease: Lease, look: Look) -> LinkCheck | None:
    """Store a look with all that follows; None when another process has taken the watch.

    The check, what is known, what is to be told and the deal's placement are stored together or
    not at all, so a kill at any moment neither loses a change nor tells it twice.
    """
    held = sa.update(LinkWatch).where(lease.holds).values(version=LinkWatch.version + 1)
    if not db.session.scalar(
        held.returning(LinkWatch.id).execution_options(synchronize_session=False)
    ):
        return None
    watch = db.session.get_one(LinkWatch, lease.watch_id, populate_existing=True)
    backlink = db.session.get_one(Backlink, watch.backlink_id, populate_existing=True)
    check = _check(watch, look)
    db.session.add(check)
    before = standing_of(watch)
    step = standings.after(before, frozenset(look.judgment.verdicts), look.at)
    _write(watch, before, step.standing, look)
    _schedule(watch, backlink, step.standing)
    if step.change:
        _tell(watch, step, look)
    _place(backlink, step)
    return check


def standing_of(watch: LinkWatch) -> Standing:
    """Return what is known of a link."""
    return Standing(
        watch.status,
        frozenset(map(Verdict, watch.verdicts)),
        frozenset(map(Verdict, watch.suspected)),
        watch.suspect_since,
    )


def tell(watch: LinkWatch, key: str, kind: AlertKind, message: str, about: Sequence[str]) -> bool:
    """Add what there is to tell, once; return whether it was new."""
    now = clock.now()
    is_new = insert_new(
        LinkAlert,
        id=new_id(),
        watch_id=watch.id,
        key=key,
        kind=kind,
        verdicts=list(about),
        message=message,
        created_at=now,
        told_at=now,
    )
    if is_new:
        announcing.announce(watch, kind, message, about)
    return is_new


def insert_new(table: type[Model], **values: object) -> bool:
    """Add a row unless one with the same unique values exists; return whether it was added."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    returning = statement.returning(sa.inspect(table).primary_key[0])
    return db.session.scalar(returning) is not None


def _check(watch: LinkWatch, look: Look) -> LinkCheck:
    seen, judgment = look.seen, look.judgment
    return LinkCheck(
        watch_id=watch.id,
        attempt=watch.attempt,
        checked_at=look.at,
        url=seen.url,
        final_url=seen.final_url,
        redirects=list(seen.redirects),
        status_code=seen.status,
        target_status=look.target.status,
        robots=to_json(judgment.robots),
        canonical=judgment.canonical,
        links=[asdict(each) | {"rel": list(each.rel)} for each in judgment.links],
        label=(judgment.label or "")[:LABEL_LENGTH] or None,
        containment=judgment.containment,
        page_sha256=look.page_sha256,
        verdict=judgment.worst.verdict,
        reason=judgment.worst.reason,
        findings=[to_json(each) for each in judgment.findings],
    )


def _write(watch: LinkWatch, before: Standing, now: Standing, look: Look) -> None:
    if (before.status, before.faults) != (now.status, now.faults):
        watch.changed_at = look.at
    watch.status, watch.suspect_since = now.status, now.since
    watch.verdicts, watch.suspected = sorted(now.faults), sorted(now.suspected)
    watch.last_checked_at = look.at
    watch.lease_owner = watch.lease_until = None


def _schedule(watch: LinkWatch, backlink: Backlink, now: Standing) -> None:
    published_at = backlink.published_at or watch.created_at
    watch.next_check_at = standings.due(now, clock.now(), published_at=published_at)
    if backlink.placement not in WATCHED:
        end(watch)


def end(watch: LinkWatch) -> None:
    """Let a watch rest: its deal is over."""
    watch.status, watch.next_check_at = WatchStatus.ENDED, None
    watch.suspected, watch.suspect_since = [], None
    watch.lease_owner = watch.lease_until = None


def _tell(watch: LinkWatch, step: Step, look: Look) -> None:
    kind = AlertKind(str(step.change))
    about = sorted(step.about)
    if step.change is Change.RECOVERED:
        message = "The link is as agreed again."
    else:
        gravest = worst(step.about)
        found = [each for each in look.judgment.findings if each.verdict is gravest]
        message = found[0].reason if found else look.judgment.worst.reason
    tell(watch, f"{kind}:{watch.attempt}", kind, message, about)


def _place(backlink: Backlink, step: Step) -> None:
    """Move the deal with what is confirmed: lost, and published again."""
    if step.standing.status not in {WatchStatus.OK, WatchStatus.FAULTY}:
        return
    is_lost = bool(step.standing.faults & LOST)
    if is_lost and backlink.placement is Placement.PUBLISHED:
        backlinks.set_placement(backlink, Placement.LOST, actor=ACTOR)
    elif not is_lost and backlink.placement is Placement.LOST:
        backlinks.set_placement(backlink, Placement.PUBLISHED, actor=ACTOR)
