"""Looking a job sheet over before anything comes of it: faults, duplicates, budgets and price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.backlinks.models import Backlink
from bacowr.base.db import db
from bacowr.batches import budget
from bacowr.batches.budget import Link
from bacowr.batches.sheet import AsWritten, Line, read_line
from bacowr.engine import urls
from bacowr.engine.order import Order
from bacowr.intake import columns
from bacowr.intake import service as intake
from bacowr.intake.columns import ORDERS
from bacowr.intake.models import ImportRun
from bacowr.intake.table import Fault
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.models import Job
from bacowr.jobs.money import expected
from bacowr.jobs.money.expected import Expected, Wish
from bacowr.jobs.states import JobStatus

BRIEF_SECONDS = 10
"""What a brief takes at the most (domain 11, row 7)."""
USUAL_LANGUAGE = "sv"

Key = tuple[str, str, str]


class Kind(StrEnum):
    """What a row was found to be."""

    GOOD = "good"
    DUPLICATE = "duplicate"
    FAULTY = "faulty"


@dataclass(frozen=True)
class Looked:
    """One row, looked over: what it is, what it costs, and whether it is to be taken."""

    line: Line
    kind: Kind
    same_as: str | None = None
    warning: str | None = None
    cost_usd: float | None = 0.0
    seconds: float = 0.0
    is_taken: bool = False


@dataclass(frozen=True)
class Examined:
    """A sheet, looked over: which column is which, its rows, and who would write them."""

    mapping: Mapping[int, str]
    rows: Sequence[Looked]
    faults: Sequence[Fault]

    @property
    def taken(self) -> list[Looked]:
        """Give the rows that are to become orders."""
        return [each for each in self.rows if each.is_taken]

    @property
    def cost_usd(self) -> float | None:
        """Give what they are expected to cost; None when a price is unknown."""
        costs = [each.cost_usd for each in self.taken]
        return None if None in costs else round(sum(filter(None, costs)), 6)

    @property
    def seconds_each(self) -> float:
        """Give how long one takes on average."""
        return sum(each.seconds for each in self.taken) / len(self.taken) if self.taken else 0.0

    def count(self, kind: Kind) -> int:
        """Count the rows of a kind."""
        return sum(each.kind == kind for each in self.rows)


def examine(run: ImportRun, *, owner: User, equipment: Equipment) -> Examined:
    """Look over every row of an import; nothing is stored, ordered or asked of anybody outside."""
    table = intake.table_of(run)
    mapping = columns.matched(table.headings, ORDERS, intake.override_of(run))
    missing = [
        Fault(
            None, each.label, "", f"No column holds the {each.label.lower()}.", "Choose one below."
        )
        for each in columns.missing(mapping, ORDERS)
    ]
    faults = (*missing, *(each for each in table.faults if each.row is None))
    if missing:
        rows = [Looked(Line(each.number, {}), Kind.FAULTY) for each in table.rows]
        return Examined(mapping, rows, faults)
    given = (run.settings, AsWritten(equipment.outgoing.allow_hosts))
    lines = [read_line(row, table, mapping, given) for row in table.rows]
    known = _known(owner)
    rows = _warned([_weighed(each, known, run.choices) for each in lines], known.links)
    return Examined(mapping, _priced(rows, equipment.of_team(owner.team_id)), faults)


@dataclass
class _Known:
    """The links that stand or are on their way, and the rows of the sheet that came before."""

    links: list[Link]
    keys: dict[Key, str]


def _known(owner: User) -> _Known:
    """Read the library and the orders under way, in two statements."""
    known = _Known([], {})
    library = sa.select(Backlink.publisher_domain, Backlink.target_url, Backlink.anchor_text)
    for publisher, target, anchor in db.session.execute(
        library.where(visible_to(owner, Backlink.owner_id))
    ):
        known.links.append(Link(_comparable(target), anchor))
        known.keys[_key(publisher, target, anchor)] = "The library has this link."
    orders = sa.select(Job.publisher_domain, Job.target_url, Job.anchor_text, Job.anchor_type)
    under_way = Job.status.in_((JobStatus.PENDING, JobStatus.PROCESSING))
    for publisher, target, anchor, said in db.session.execute(
        orders.where(visible_to(owner, Job.owner_id), under_way)
    ):
        known.links.append(Link(_comparable(target), anchor, said))
        known.keys[_key(publisher, target, anchor)] = "An order under way is the same."
    return known


def _weighed(line: Line, known: _Known, choices: Mapping[str, str]) -> Looked:
    if line.order is None:
        return Looked(line, Kind.FAULTY)
    order = line.order
    key = _key(order.publisher_domain, order.target_url, order.anchor_text)
    same_as = known.keys.get(key)
    known.keys.setdefault(key, f"Row {line.number} is the same.")
    chosen = choices.get(str(line.number))
    kind = Kind.DUPLICATE if same_as else Kind.GOOD
    is_taken = chosen == intake.TAKE or (chosen is None and kind is Kind.GOOD)
    return Looked(line, kind, same_as, is_taken=is_taken)


def _warned(rows: Sequence[Looked], known: Sequence[Link]) -> list[Looked]:
    """Add what the anchor budgets say of the rows that are to be taken."""
    wanted = {
        each.line.number: _link(each.line.order)
        for each in rows
        if each.is_taken and each.line.order
    }
    language = next((e.line.order.language for e in rows if e.line.order), None) or USUAL_LANGUAGE
    found = budget.overdrawn([*known, *wanted.values()], wanted.values(), language)
    return [
        replace(each, warning=str(found[link]))
        if (link := wanted.get(each.line.number)) in found
        else each
        for each in rows
    ]


def _priced(rows: Iterable[Looked], equipment: Equipment) -> list[Looked]:
    """Add what each row is expected to cost; whoever writes alike is asked for once."""
    prices: dict[Wish, Expected] = {}
    found = []
    for each in rows:
        if each.line.order is None:
            found.append(each)
            continue
        wish = Wish.of(each.line.order)
        if wish not in prices:
            prices[wish] = expected.expected(wish, equipment)
        told = prices[wish].estimate
        cost, seconds = (told.cost_usd, told.seconds) if told else (0.0, BRIEF_SECONDS)
        found.append(replace(each, cost_usd=cost, seconds=seconds))
    return found


def _link(order: Order) -> Link:
    return Link(_comparable(order.target_url), order.anchor_text, order.anchor_type)


def _key(publisher: str, target: str, anchor: str) -> Key:
    """Tell one link from another (domain 1.4): publisher, target without `utm_*`, anchor."""
    return publisher.strip().lower().removeprefix("www."), _comparable(target), anchor.strip()


def _comparable(url: str) -> str:
    try:
        return urls.comparable(url)
    except ValueError:
        return url.strip()
