"""Whatever is sent: an answer that the caller can understand, and nothing half stored."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bacowr.base.db import db
from bacowr.jobs.models import Job
from tests.api.conftest import ORDER, PUBLISHER, TARGET, Caller, Json, body_of

relaxed = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
# Hosts that no name server has to be asked for, and what comes close to them.
hosts = st.sampled_from([PUBLISHER, "127.0.0.1", "[::1]", "localhost", "1.1.1.1", "xn--a", "a..b"])
addresses = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "javascript:", "//", "https:/", ""]),
    hosts,
    st.sampled_from(["", ":80", ":99999", ":x", "@", "%00"]),
    st.text(max_size=20).map(lambda text: "/" + text),
)
orders = st.fixed_dictionaries(
    {},
    optional={
        "publisher_domain": st.just(PUBLISHER) | hosts | scalars,
        "target_url": st.just(TARGET) | addresses | scalars,
        "anchor_text": st.text(min_size=1) | values,
        "anchor_type": st.sampled_from(["exact", "BRAND", ""]) | values,
        "language": st.sampled_from(["sv", "EN", ""]) | values,
        "country": st.sampled_from(["se", "GB"]) | values,
        "llm_provider": st.just("auto") | values,
        "use_ahrefs": st.booleans() | values,
    },
)


def stored() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Job)) or 0


@given(body=orders | values)
@example(body=ORDER)
@example(body=ORDER | {"anchor_text": "\x00"})
@example(body=ORDER | {"anchor_text": "\ud800"})
@example(body=ORDER | {"anchor_text": "räv 🦊"})
@relaxed
def test_no_body_breaks_the_order(caller: Caller, body: Json) -> None:
    before = stored()
    answer = caller.post("/jobs", data=json.dumps(body), content_type="application/json")
    assert answer.status_code in {201, 400, 422}
    assert stored() - before == (answer.status_code == 201)
    told = body_of(answer)
    if answer.status_code == 201:
        assert caller.get(f"/jobs/{told['id']}").status_code == 200
    else:
        assert answer.mimetype == "application/problem+json"
        assert told["detail"]
        assert answer.status_code == 400 or all(told["errors"].values())


@given(data=st.binary(max_size=40))
@relaxed
def test_no_bytes_break_the_order(caller: Caller, data: bytes) -> None:
    answer = caller.post("/jobs", data=data, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert stored() == 0


numbers = st.integers().map(str) | st.integers(1, 101).map(str) | st.text(max_size=5)


@given(
    query=st.fixed_dictionaries(
        {},
        optional={
            "page": numbers,
            "page_size": numbers,
            "per_page": numbers,
            "limit": numbers,
            "offset": numbers,
            "status": st.sampled_from(["pending", "RUNNING,blocked", ",", ""]) | st.text(),
            "search": st.text(),
        },
    )
)
@example(query={"search": "\x00"})
@example(query={"search": "%_\\"})
@example(query={"page": "1000000", "page_size": "100"})
@relaxed
def test_no_query_breaks_the_list(caller: Caller, query: dict[str, str]) -> None:
    answer = caller.get("/jobs?" + urlencode(query, errors="surrogatepass"))
    told = body_of(answer)
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert set(told["errors"]) <= set(query)
    else:
        assert told["total_pages"] == -(-told["total"] // told["page_size"])


@given(key=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60))
@example(key="bcw_" + "\x00" * 12 + "_x")
@relaxed
def test_no_key_breaks_the_door(caller: Caller, key: str) -> None:
    for headers in ({"X-API-Key": key}, {"Authorization": f"Bearer {key}"}):
        answer = caller.client.get("/api/v1/auth/me", headers=headers)
        assert answer.status_code == 401
