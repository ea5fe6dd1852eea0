"""Deal records: what is taken, where they can go, and what their history tells."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bacowr.accounts.models import User
from bacowr.backlinks import deals, queries, service
from bacowr.backlinks.deals import read_deal
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import APPEARED, MOVES, EventType, Placement
from bacowr.base.db import db
from bacowr.base.errors import Conflict, Invalid, NotFound
from bacowr.engine.terms import Rel
from bacowr.takeover.conversion import backlinks as older
from bacowr.takeover.rows import Row
from tests.backlinks.conftest import DEAL, NewDeal
from tests.plugins.application import NewUser

PAGE = "https://publisher.se/article"


def faults_of(**fields: object) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as told:
        read_deal(DEAL | fields)
    return told.value.fields


def test_a_deal_is_tidied(new_deal: NewDeal) -> None:
    deal = new_deal(
        publisher_domain="https://www.Räv.se/om",
        target_url="https:/Shop.se",
        anchor_text="  heat \n pumps ",
        language="SE",
        agreed_rel="dofollow",
        customer="https://www.kund.se/",
        price="1 500,50 kr",
        currency="sek",
        tags="spring; autumn, spring",
        expires_on="2027-05-01",
        link_type="Startsida",
    )
    assert deal.publisher_domain == "xn--rv-via.se"
    assert (deal.target_url, deal.anchor_text) == ("https://shop.se/", "heat pumps")
    assert (deal.language, deal.agreed_rel, deal.customer) == ("sv", Rel.FOLLOW, "kund.se")
    assert (deal.price_cents, deal.currency) == (150050, "SEK")
    assert deal.tags == ["spring", "autumn"]
    assert deal.expires_on == date(2027, 5, 1)
    assert (deal.placement, deal.version, deal.link_type) == (Placement.AGREED, 1, "homepage")


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1500", 150000),
        ("1.500", 150000),
        ("1,500.25", 150025),
        ("1.500,25", 150025),
        ("SEK 99", 9900),
        ("0.005", 0),
        ("12,5", 1250),
    ],
)
def test_sums_are_read_as_people_write_them(text: str, cents: int) -> None:
    assert read_deal(DEAL | {"price": text, "currency": "SEK"})["price_cents"] == cents


def test_every_fault_is_told_at_once() -> None:
    faults = faults_of(
        publisher_domain="localhost",
        target_url="javascript:alert(1)",
        anchor_text=" ",
        deal_type="gift",
        price="dear",
        expires_on="May",
        language="xx",
        domain_authority=101,
        placement="nowhere",
        tags=["x" * 41],
        custom_metrics=[],
    )
    assert set(faults) == {
        "publisher_domain",
        "target_url",
        "anchor_text",
        "deal_type",
        "price",
        "expires_on",
        "language",
        "domain_authority",
        "placement",
        "tags",
        "custom_metrics",
    }
    assert faults_of(publisher_domain="")["publisher_domain"] == ["This field is required."]
    assert "currency" in faults_of(price="10")


def test_a_paid_followed_link_needs_its_reason(new_deal: NewDeal, owner: User) -> None:
    paid = {"deal_type": "paid", "agreed_rel": "follow"}
    assert faults_of(**paid)["rel_reason"] == [deals.UNEXPLAINED]
    deal = new_deal(**paid, rel_reason="The publisher insists.")
    assert not deal.is_red
    with pytest.raises(Invalid):
        service.update(deal, {"rel_reason": ""}, by=owner)
    free = new_deal(target_url="https://shop.se/x", deal_type="editorial", agreed_rel="follow")
    with pytest.raises(Invalid):
        service.update(free, {"deal_type": "exchange"}, by=owner)


def test_a_history_records_what_was_published_as_it_is() -> None:
    paid = DEAL | {"deal_type": "paid", "agreed_rel": "follow"}
    read = read_deal(paid | {"placement": "Live"}, is_history=True)
    assert deals.is_unexplained(read)
    with pytest.raises(Invalid):
        read_deal(paid | {"placement": "Planned"}, is_history=True)


def test_the_same_deal_twice_is_one_and_another_about_the_same_link_a_conflict(
    new_deal: NewDeal, owner: User
) -> None:
    deal = new_deal()
    assert new_deal(target_url="https://shop.se/heat-pumps").id == deal.id
    with pytest.raises(Conflict, match=deal.id):
        new_deal(deal_type="paid")
    other = service.create(DEAL | {"deal_type": "paid"}, owner=owner, as_new=True)
    assert other.match_key == deal.match_key
    assert [each.id for each in queries.alike(other)] == [deal.id]


def test_a_link_s_key_is_the_one_that_older_records_have(new_deal: NewDeal) -> None:
    deal = new_deal(publisher_url=PAGE)
    values = {name: getattr(deal, name) for name in deals.MATCHED}
    assert older.match_key(Row("backlinks", values)) == deal.match_key


def test_a_change_keeps_its_history_and_refuses_an_older_look(
    new_deal: NewDeal, owner: User
) -> None:
    deal = new_deal()
    service.update(deal, {"contact": "anna@publisher.se"}, by=owner, version=1)
    with pytest.raises(Conflict, match="meanwhile"):
        service.update(deal, {"contact": "bo@publisher.se"}, by=owner, version=1)
    service.update(deal, {"contact": "anna@publisher.se"}, by=owner)
    events = queries.events_of(deal)
    assert [each.type for each in events] == [EventType.CHANGED, EventType.CREATED]
    assert events[0].data == {"contact": [None, "anna@publisher.se"]}
    assert events[0].actor == owner.email
    assert deal.version == 2


def test_publishing_sets_the_page_and_the_moment(new_deal: NewDeal, owner: User) -> None:
    deal = new_deal()
    with pytest.raises(Invalid, match="page"):
        service.move(deal, Placement.PUBLISHED, by=owner)
    before = deal.match_key
    service.record_published(deal, PAGE, by=None)
    assert (deal.placement, deal.publisher_url) == (Placement.PUBLISHED, PAGE)
    assert deal.published_at is not None
    assert deal.match_key != before
    told = [(each.from_placement, each.to_placement) for each in queries.events_of(deal)]
    assert told[0] == (Placement.AGREED, Placement.PUBLISHED)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    service.record_published(deal, PAGE + "-2", by=owner, at=at)
    assert (deal.publisher_url, deal.published_at) == (PAGE + "-2", at)


def test_a_deal_told_with_its_page_is_published(new_deal: NewDeal) -> None:
    deal = new_deal(publisher_domain="", publisher_url="https://www.publisher.se/article")
    assert (deal.placement, deal.publisher_domain) == (Placement.PUBLISHED, "publisher.se")


@given(path=st.lists(st.sampled_from(list(Placement)), max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_link_only_goes_where_the_page_of_moves_says(owner: User, path: list[Placement]) -> None:
    deal = service.create(
        DEAL | {"publisher_url": PAGE, "placement": "agreed"}, owner=owner, as_new=True
    )
    for target in path:
        source = deal.placement
        if target in MOVES[source]:
            service.move(deal, target, by=owner)
            assert deal.placement is target
        else:
            with pytest.raises(Conflict):
                service.move(deal, target, by=owner)
            assert deal.placement is source
    assert deal.placement not in APPEARED or deal.published_at is not None
    moved = [each for each in queries.events_of(deal) if each.type is EventType.MOVED]
    assert len(moved) == deal.version - 1


def test_tags_are_added_once(new_deal: NewDeal, owner: User) -> None:
    deals_ = [new_deal(tags=["spring"]), new_deal(target_url="https://shop.se/b")]
    assert service.tag(deals_, "spring", by=owner) == 1
    assert queries.tags_of(owner) == ["spring"]
    for bad in ("", "x" * 50):
        with pytest.raises(Invalid):
            service.tag(deals_, bad, by=owner)


def test_a_deleted_deal_is_gone_with_its_history(new_deal: NewDeal, owner: User) -> None:
    deal = new_deal()
    service.delete(deal, by=owner)
    with pytest.raises(NotFound):
        queries.get(deal.id, owner=owner)
    assert queries.events_of(deal) == []


def test_nobody_sees_another_s_deals(new_deal: NewDeal, new_user: NewUser) -> None:
    other = new_user("other@example.org")
    deal = new_deal()
    theirs = new_deal(other)
    assert theirs.id != deal.id
    with pytest.raises(NotFound):
        queries.get(deal.id, owner=other)
    assert queries.count_owned_by(other) == 1
    assert db.session.get(Backlink, deal.id) is not None
