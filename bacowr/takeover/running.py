"""The run of a takeover: batches of rows, each in one transaction with its place in the book."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.dbops.errors import Refused, refuse
from bacowr.takeover.account import Account, Fate
from bacowr.takeover.converting import Converter
from bacowr.takeover.generations import Generation
from bacowr.takeover.groups import groups_of
from bacowr.takeover.models import Takeover, TakeoverStatus, TakeoverStep
from bacowr.takeover.rows import UNSTORABLE
from bacowr.takeover.source import Placed, Source
from bacowr.takeover.steps import STEPS, Step
from bacowr.takeover.target import Stored

BATCH = 500
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What a takeover came to."""

    generation: str
    source: str
    accounts: tuple[Account, ...]
    backup: str = ""
    is_dry_run: bool = False
    was_done: bool = False


def steps_for(tables: Collection[str]) -> tuple[Step, ...]:
    """Return the steps for these tables, in their order."""
    return tuple(step for step in STEPS if step.table in tables)


@transaction
def find(digest: str) -> Takeover | None:
    """Return what was noted of a source with these contents."""
    return db.session.scalar(sa.select(Takeover).where(Takeover.source_digest == digest))


@transaction
def addresses() -> Sequence[tuple[str, str, str]]:
    """Return today's e-mail addresses: in lower case, as given, and the account's id."""
    select = sa.select(User.email_normalized, User.email, User.id)
    return [(address, email, one) for address, email, one in db.session.execute(select)]


@transaction
def begin(source: Source, generation: Generation, digest: str, backup: str) -> Takeover:
    """Open the book on a takeover."""
    takeover = Takeover(
        source=source.shown, source_digest=digest, generation=generation.name, backup=backup
    )
    db.session.add(takeover)
    db.session.flush()
    for step in steps_for(generation.tables):
        account = Account(step.table, source.count(step.table))
        db.session.add(
            TakeoverStep(takeover_id=takeover.id, source_table=step.table, counts=account.facts())
        )
    return takeover


def run(takeover: Takeover, source: Source, tables: Collection[str], tell: Tell) -> Result:
    """Do what is left, prove the sums, and close the book. Raises Refused when they don't agree."""
    for step in steps_for(tables):
        _run_step(takeover, step, source)
        tell(_line(_account(_step(takeover, step))))
    _prove(takeover, source, tables)
    _finish(takeover)
    return result(takeover)


def result(takeover: Takeover, *, was_done: bool = False) -> Result:
    """Return what is in the book."""
    accounts = {step.source_table: _account(step) for step in _book(takeover)}
    return Result(
        takeover.generation,
        takeover.source,
        tuple(accounts[step.table] for step in steps_for(accounts)),
        takeover.backup,
        was_done=was_done,
    )


def _run_step(takeover: Takeover, step: Step, source: Source) -> None:
    book = _step(takeover, step)
    if book.is_done:
        return
    converter = Converter(step, groups_of(step.table, source), Stored(), takeover.id)
    while placed := source.batch(step.table, book.cursor, BATCH):
        book = _store(takeover, book, converter, placed)
    _close(book)


@transaction
def _store(
    takeover: Takeover, book: TakeoverStep, converter: Converter, placed: Sequence[Placed]
) -> TakeoverStep:
    """Write a batch, and where the next one begins; raise Refused if another run was faster."""
    done = converter.convert(placed, takeover.started_at)
    converter.target.write(done.records)
    account = _account(book)
    account.add(done.account)
    cursor = UNSTORABLE.sub("\ufffd", placed[-1][0])
    here = (TakeoverStep.id == book.id, TakeoverStep.cursor.is_not_distinct_from(book.cursor))
    statement = sa.update(TakeoverStep).where(*here).values(cursor=cursor, counts=account.facts())
    if not db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount:  # type: ignore[attr-defined]  # An UPDATE's result has it.
        raise refuse(
            "takeover-running",
            "Another process is taking this database over; this one stopped.",
            remedy="Wait for it.",
        )
    return db.session.get_one(TakeoverStep, book.id, populate_existing=True)


@transaction
def _close(book: TakeoverStep) -> None:
    db.session.execute(
        sa.update(TakeoverStep).where(TakeoverStep.id == book.id).values(is_done=True)
    )


@transaction
def _step(takeover: Takeover, step: Step) -> TakeoverStep:
    select = sa.select(TakeoverStep).where(
        TakeoverStep.takeover_id == takeover.id, TakeoverStep.source_table == step.table
    )
    return db.session.scalars(select, execution_options={"populate_existing": True}).one()


@transaction
def _book(takeover: Takeover) -> Sequence[TakeoverStep]:
    select = sa.select(TakeoverStep).where(TakeoverStep.takeover_id == takeover.id)
    return db.session.scalars(select, execution_options={"populate_existing": True}).all()


def _account(book: TakeoverStep) -> Account:
    return Account.stored(book.counts)


def _line(account: Account) -> str:
    fates = ", ".join(f"{account.fates[fate]:,} {fate}" for fate in Fate if account.fates[fate])
    return f"  {account.table}: {account.read:,} read, {fates or 'nothing there'}."


def _prove(takeover: Takeover, source: Source, tables: Collection[str]) -> None:
    """Raise Refused unless every row of the source is accounted for, and there."""
    faults = []
    for step, account in zip(steps_for(tables), result(takeover).accounts, strict=True):
        counted = replace(account, rows=source.count(step.table))
        if fault := counted.fault() or _missing(step, counted, source):
            faults.append(fault)
    if source.digest(tables) != takeover.source_digest:
        faults.append("Somebody wrote to the older database meanwhile.")
    if faults:
        raise _unproved(takeover, faults)


def _missing(step: Step, account: Account, source: Source) -> str:
    """Say how many rows are not where they should be; nothing if none."""
    if step.model is None:
        return ""
    there, cursor = 0, None
    while placed := source.batch(step.table, cursor, BATCH):
        there += _count_present(step, placed)
        cursor = placed[-1][0]
    wanted = account.fates[Fate.WRITTEN] + account.fates[Fate.PRESENT]
    return "" if there == wanted else f"{step.table}: {wanted} rows written, {there} are there"


@transaction
def _count_present(step: Step, placed: Sequence[Placed]) -> int:
    assert step.model is not None  # noqa: S101  # Said to the type checker.
    ids = {row["id"] for _, row in placed if isinstance(row["id"], str)}
    return len(Stored().present(step.model, ids))


def _unproved(takeover: Takeover, faults: Sequence[str]) -> Refused:
    lines = "\n".join(f"    {fault}" for fault in faults)
    return refuse(
        "takeover-unproved",
        f"The sums don't agree, so the takeover isn't done:\n{lines}",
        where=takeover.source,
        remedy="Restore today's database by `flask db restore`, and report this.",
    )


@transaction
def _finish(takeover: Takeover) -> None:
    db.session.execute(
        sa.update(Takeover)
        .where(Takeover.id == takeover.id)
        .values(status=TakeoverStatus.DONE, finished_at=clock.now())
    )
