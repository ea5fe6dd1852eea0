"""Lists of placements: looked at first, every fault named, and never there twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from bacowr.accounts.models import User
from bacowr.backlinks import importing, queries, tables
from bacowr.backlinks.importing import Action, OnDuplicate, Plan, Wish
from bacowr.backlinks.placements import EventType, Placement
from bacowr.base.errors import Invalid
from bacowr.intake.reading import read_table

HEAD = (
    "kund_canonical_url;published_article_exact_url;Targeting URL;Anchor;link_type;"
    "market_language;status;publishing_date;job_nummer\n"
)
ROW = (
    "https://www.kund.se/;https://www.Blogg{0}.se/inlagg;https:/shop.se/?utm_source=x;"
    "värmepump {0};Artikel;SE;Live;2025-01-{1:02};{0}\n"
)


def sheet(rows: int = 3, *more: str) -> str:
    return HEAD + "".join(ROW.format(each, each % 28 + 1) for each in range(rows)) + "".join(more)


Store = Callable[..., Plan]


@pytest.fixture
def store(owner: User) -> Store:
    def bring(text: str, choice: OnDuplicate = OnDuplicate.SKIP) -> Plan:
        return importing.store(read_table(text), Wish(choice), owner=owner)

    return bring


def test_a_look_stores_nothing(owner: User) -> None:
    found = importing.plan(read_table(sheet()), Wish(), owner=owner)
    assert found.count(Action.ADD) == found.will_change == 3
    assert queries.count_owned_by(owner) == 0


def test_a_sheet_is_read_by_its_headings(owner: User, store: Store) -> None:
    store(sheet(1))
    (deal,) = queries.every(owner)
    assert (deal.customer, deal.publisher_domain) == ("kund.se", "blogg0.se")
    assert (deal.link_type, deal.language, deal.placement) == ("article", "sv", "published")
    assert (deal.external_ref, deal.anchor_text) == ("0", "värmepump 0")
    assert str(deal.published_at) == "2025-01-01 00:00:00+00:00"
    assert [each.type for each in queries.events_of(deal)] == [EventType.IMPORTED]


@pytest.mark.parametrize("choice", list(OnDuplicate))
def test_a_file_brought_twice_is_there_once(owner: User, store: Store, choice: OnDuplicate) -> None:
    rows = sheet(5, ROW.format(1, 9), ROW.format(2, 3))
    store(rows, choice)
    before = [(each.id, each.version) for each in queries.every(owner)]
    assert store(rows, choice).will_change == 0
    assert [(each.id, each.version) for each in queries.every(owner)] == before


def test_a_known_link_told_otherwise_is_skipped_overwritten_or_added(
    owner: User, store: Store
) -> None:
    store(sheet(1))
    changed = sheet(1).replace("Live", "Removed")
    assert store(changed).count(Action.SKIP) == 1
    assert store(changed, OnDuplicate.OVERWRITE).count(Action.OVERWRITE) == 1
    (deal,) = queries.every(owner)
    assert deal.placement is Placement.REMOVED
    assert store(sheet(1), OnDuplicate.NEW).count(Action.ADD) == 1
    assert queries.count_owned_by(owner) == 2


def test_every_fault_is_named_with_row_column_and_fix(owner: User) -> None:
    bad = [
        ROW.format(7, 1).replace("https:/shop.se", "shop"),
        ROW.format(8, 1).replace("2025-01-01", "1/1 25"),
        ROW.format(9, 1).replace("Live", "Maybe"),
        ROW.format(10, 1).replace("SE;Live", "Klingon;Live"),
        ROW.format(11, 1).replace("värmepump 11", ""),
    ]
    found = importing.plan(read_table(sheet(2, *bad)), Wish(), owner=owner)
    assert [(each.row, each.column) for each in found.faults] == [
        (4, "Targeting URL"),
        (5, "publishing_date"),
        (6, "status"),
        (7, "market_language"),
        (8, "Anchor"),
    ]
    assert all(each.fault and each.fix for each in found.faults)
    assert (found.count(Action.ADD), found.count(Action.FAULTY)) == (2, 5)


def test_a_history_may_be_red_and_a_plan_may_not(owner: User, store: Store) -> None:
    text = "publisher,target,anchor,status,deal,rel\na.se,https://b.se,c,{},paid,dofollow\n"
    assert store(text.format("Planned")).count(Action.FAULTY) == 1
    found = store(text.format("Live"))
    assert [each.number for each in found.red] == [2]
    (deal,) = queries.every(owner)
    assert deal.is_red


def test_missing_columns_are_told(store: Store) -> None:
    with pytest.raises(Invalid, match="Publisher or Published page, Target page"):
        store("anchor,topic\na,b\n")


def test_what_was_taken_out_can_be_brought_in_again(owner: User, store: Store) -> None:
    store('publisher,target,anchor,price,currency,tags\na.se,https://b.se,=1+1,10,SEK,"x, y"\n')
    out = "".join(tables.as_csv(queries.every(owner)))
    (row,) = csv.DictReader(io.StringIO(out[1:]))
    assert (row["anchor_text"], row["price"]) == ("'=1+1", "10.00")
    assert store(out).count(Action.SAME) == 1


@pytest.mark.parametrize("start", tables.FORMULA_STARTS)
def test_no_cell_begins_as_a_formula_does(start: str) -> None:
    assert tables.safe(start + "x") == f"'{start}x"
    assert tables.unguarded(tables.safe(start + "x")) == start + "x"
    assert tables.safe("x" + start) == "x" + start
