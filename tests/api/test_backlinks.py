"""The library of placements as programs see it: older shapes, own things only, nothing doubled."""

from __future__ import annotations

import json

import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.backlinks.models import Backlink
from bacowr.base.db import db
from tests.api.conftest import Caller, Json, NewCaller, Statements, body_of

DEAL = {
    "publisher_domain": "www.publisher.se",
    "target_url": "https://shop.se/heat-pumps",
    "anchor_text": "heat pumps",
}
PAID = {"deal_type": "paid", "agreed_rel": "follow"}
PAGE = "https://publisher.se/article"


def add(caller: Caller, **fields: Json) -> Json:
    answer = caller.post("/backlinks", json=DEAL | fields)
    assert answer.status_code == 201, answer.text
    return body_of(answer)


def patch(caller: Caller, backlink: Json, query: str = "", **fields: Json) -> Json:
    return caller.send("PATCH", f"/backlinks/{backlink['id']}{query}", json=fields)


def test_a_backlink_is_added_shown_changed_and_deleted(caller: Caller) -> None:
    made = caller.post("/backlinks", json=DEAL | {"tags": ["a"], "custom_metrics": {"x": 1}})
    shown = body_of(caller.get(made.location.removeprefix("/api/v1")))
    assert shown["publisher_domain"] == "publisher.se"
    assert (shown["placement"], shown["policy_rel"], shown["is_red"]) == (
        "agreed",
        "sponsored",
        False,
    )
    assert [each["type"] for each in shown["history"]] == ["created"]
    changed = patch(caller, shown, deal_type="editorial", placement="published", publisher_url=PAGE)
    told = body_of(changed)
    assert (told["policy_rel"], told["placement"], told["version"]) == ("follow", "published", 3)
    assert told["published_at"]
    gone = caller.send("DELETE", f"/backlinks/{shown['id']}")
    assert (gone.status_code, gone.text) == (204, "")
    assert caller.get(f"/backlinks/{shown['id']}").status_code == 404
    actions = set(db.session.scalars(sa.select(AuditEvent.action)))
    assert {"backlink.create", "backlink.update", "backlink.delete"} <= actions


def test_a_paid_followed_link_without_a_reason_is_refused(caller: Caller) -> None:
    for fields in (PAID, PAID | {"publisher_url": PAGE}):
        refused = caller.post("/backlinks", json=DEAL | fields)
        assert refused.status_code == 422
        assert "reason" in body_of(refused)["errors"]["rel_reason"][0]
    made = add(caller, **PAID, rel_reason="The publisher insists.")
    assert patch(caller, made, rel_reason=None).status_code == 422


def test_the_same_backlink_twice_is_one(caller: Caller) -> None:
    first = add(caller)
    assert add(caller)["id"] == first["id"]
    other = caller.post("/backlinks", json=DEAL | {"deal_type": "paid"})
    assert other.status_code == 409
    assert first["id"] in body_of(other)["detail"]
    assert caller.post("/backlinks?as_new=true", json=DEAL | {"notes": "x"}).status_code == 201


def test_an_older_look_and_a_way_that_is_closed_are_conflicts(caller: Caller) -> None:
    made = add(caller)
    assert patch(caller, made, "?version=1", notes="a").status_code == 200
    assert patch(caller, made, "?version=1", notes="b").status_code == 409
    assert patch(caller, made, "?version=x", notes="b").status_code == 422
    assert patch(caller, made, placement="lost").status_code == 409


def test_lists_have_the_older_shape_and_take_its_synonyms(caller: Caller) -> None:
    for number in range(3):
        add(caller, target_url=f"https://shop.se/{number}", category="home", language="ENG")
    add(
        caller,
        publisher_domain="other.se",
        tags=["räv"],
        expires_on="2026-01-01",
        publisher_url=None,
    )
    page = body_of(caller.get("/backlinks?per_page=2&publisher_domain=publisher.se"))
    assert {key: page[key] for key in page if key != "items"} == {
        "total": 3,
        "page": 1,
        "page_size": 2,
        "total_pages": 2,
    }
    for query, total in {
        "category=home&language=en": 3,
        "search=OTHER": 1,
        "tag=r%C3%A4v": 1,
        "target=shop.se/1": 1,
        "placement=published": 0,
        "is_red=true": 0,
        "expires_within=30": 0,
        "sort=publisher&limit=1&offset=3": 4,
    }.items():
        assert body_of(caller.get(f"/backlinks?{query}"))["total"] == total, query
    assert caller.get("/backlinks?placement=nowhere").status_code == 422
    assert caller.get("/backlinks?page_size=0").status_code == 422


def test_a_list_costs_a_constant_number_of_statements(
    caller: Caller, statements: Statements
) -> None:
    caller.get("/auth/me")
    costs = []
    for size in (1, 60):
        rows = [DEAL | {"target_url": f"https://shop.se/{size}/{each}"} for each in range(size)]
        caller.post("/backlinks/bulk", json={"backlinks": rows})
        with statements() as found:
            caller.get("/backlinks?page_size=100&search=pump&is_red=false")
        costs.append(len(found))
    assert costs[0] == costs[1]


def test_many_are_brought_at_once_and_only_once(caller: Caller) -> None:
    rows = [DEAL | {"target_url": f"https://shop.se/{each}"} for each in range(5)]
    bad = [DEAL | {"target_url": "nowhere"}, "x", DEAL | PAID]
    answer = caller.post("/backlinks/bulk", json={"backlinks": [*rows, *bad, rows[0]]})
    told = body_of(answer)
    assert answer.status_code == 201
    assert told["imported_count"] == 5
    assert [each.partition(":")[0] for each in told["errors"]] == ["Row 6", "Row 7", "Row 8"]
    again = body_of(caller.post("/backlinks/bulk", json=rows))
    assert (again["imported_count"], again["message"]) == (0, "0 imported, 5 known already.")
    assert caller.post("/backlinks/bulk", json=[]).status_code == 422
    assert caller.post("/backlinks/bulk", json={"backlinks": {}}).status_code == 422
    assert caller.post("/backlinks/bulk", json=rows * 201).status_code == 422


def test_figures_have_the_older_names(caller: Caller) -> None:
    for number in range(20):
        kind = "exact" if number < 2 else "brand"
        add(
            caller,
            anchor_text=f"anchor {number}",
            anchor_type=kind,
            language="sv",
            domain_authority=number,
            traffic_estimate=10,
            price="10",
            currency="SEK",
        )
    stats = body_of(caller.get("/backlinks/stats"))
    assert stats["total_count"] == 20
    assert stats["by_publisher"] == {"publisher.se": 20}
    assert (stats["by_category"], stats["by_language"]) == ({}, {"sv": 20})
    assert (stats["avg_domain_authority"], stats["avg_page_authority"]) == (9.5, None)
    assert stats["total_traffic_estimate"] == 200
    assert stats["anchor_budget_label"] == "industry custom, not a Google number"
    (budget,) = stats["anchor_budgets"]
    assert (budget["exact_share"], budget["is_over"]) == (0.1, True)
    told = body_of(caller.get("/backlinks/analytics"))
    assert told == {
        "total": 20,
        "by_status": {"agreed": 20},
        "by_publisher": {"publisher.se": 20},
        "total_cost": 0.0,
        "avg_qc_score": None,
        "total_prices": {"SEK": 20000},
    }


def test_another_like_it_is_prepared_and_not_ordered(caller: Caller) -> None:
    made = add(caller, deal_type="paid", agreed_rel="sponsored", anchor_type="exact", language="sv")
    told = body_of(caller.post(f"/backlinks/{made['id']}/generate-similar"))
    assert told["target_url"] == DEAL["target_url"]
    assert (told["deal_type"], told["anchor_type"], told["language"]) == ("paid", "exact", "sv")
    assert body_of(caller.get("/jobs"))["total"] == 0


def test_nobody_reaches_another_s_backlinks(caller: Caller, new_caller: NewCaller) -> None:
    made, other = add(caller), new_caller("other@example.org")
    job = caller.order()
    path = f"/backlinks/{made['id']}"
    for method, rest in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/generate-similar")):
        assert other.send(method, path + rest, json={}).status_code == 404
    assert body_of(other.get("/backlinks"))["total"] == 0
    assert other.post("/backlinks", json=DEAL | {"job_id": job["id"]}).status_code == 422
    assert add(caller, job_id=job["id"], anchor_text="b")["job_id"] == job["id"]


def test_a_viewer_only_reads(new_caller: NewCaller) -> None:
    viewer = new_caller("viewer@example.org", role=Role.VIEWER)
    assert viewer.get("/backlinks").status_code == 200
    assert viewer.post("/backlinks", json=DEAL).status_code == 403
    assert viewer.post("/backlinks/bulk", json=[DEAL]).status_code == 403


scalars = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    [
        "tags",
        "custom_metrics",
        "price",
        "price_cents",
        "published_at",
        "expires_on",
        "placement",
        "publisher_url",
        "language",
        "domain_authority",
        "traffic_estimate",
        "notes",
        "job_id",
    ]
)


@given(fields=st.dictionaries(names, values, max_size=4))
@example(fields={"published_at": "0001-01-01T00:00:00+23:59"})
@example(fields={"notes": "\x00"})
@example(fields={"price_cents": 2**70})
@example(fields={"custom_metrics": {"\x00": 1}})
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_breaks_the_library(caller: Caller, fields: dict[str, Json]) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Backlink)) or 0
    body = json.dumps(DEAL | fields)
    answer = caller.post("/backlinks?as_new=1", data=body, content_type="application/json")
    assert answer.status_code in {201, 400, 404, 422}, answer.text
    after = db.session.scalar(sa.select(sa.func.count()).select_from(Backlink)) or 0
    assert after - before == (answer.status_code == 201)
    assert caller.get("/backlinks").status_code == 200
