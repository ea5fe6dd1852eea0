"""One's own settings: what orders begin with, what they may spend, how one is told."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bacowr.accounts import quotas
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.jobs.money import holding
from bacowr.jobs.spending import CapScope
from tests.api.conftest import ORDER, Caller, Json, NewCaller, body_of

SETTINGS = "/users/me/settings"


def change(caller: Caller, **sent: Json) -> Json:
    answer = caller.send("PATCH", SETTINGS, json=sent)
    assert answer.status_code == 200, answer.text
    return body_of(answer)


def test_at_first_there_are_none(caller: Caller) -> None:
    told = body_of(caller.get(SETTINGS))
    assert told["api_keys"] == {}
    assert told["defaults"] == {}
    none = {"enabled": False, "daily_limit_usd": None, "per_job_limit_usd": None}
    assert told["cost_limits"] == none
    assert set(told["notifications"]) == {"email", "webhook"}


def test_orders_begin_with_the_defaults_unless_they_say_otherwise(
    caller: Caller, new_caller: NewCaller
) -> None:
    change(caller, defaults={"country": "gb", "language": "en", "llm_provider": "openai"})
    job = caller.order()
    assert (job["country"], job["language"], job["llm_provider"]) == ("gb", "en", "openai")
    own = caller.order(anchor_text="other", country="no", language=None)
    assert (own["country"], own["language"], own["llm_provider"]) == ("no", None, "openai")
    left = change(caller, defaults={"language": None, "country": "se"})
    assert left["defaults"] == {"country": "se", "llm_provider": "openai"}
    assert new_caller("other@example.org").order()["country"] == "se"


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"defaults": {"language": "xx"}}, "defaults.language"),
        ({"defaults": {"country": "sverige"}}, "defaults.country"),
        ({"defaults": {"llm_provider": "nobody"}}, "defaults.llm_provider"),
        ({"cost_limits": {"daily_limit_usd": -1}}, "cost_limits.daily_limit_usd"),
        ({"cost_limits": {"per_job_limit_usd": "much"}}, "cost_limits.per_job_limit_usd"),
        ({"api_keys": {"anthropic": "sk"}}, "api_keys"),
    ],
)
def test_what_no_order_could_take_is_refused(caller: Caller, sent: Json, named: str) -> None:
    answer = caller.send("PATCH", SETTINGS, json=sent)
    assert answer.status_code == 422
    assert named in body_of(answer)["errors"]


def test_own_limits_hold_once_they_are_set_and_rest_when_disabled(caller: Caller) -> None:
    told = change(caller, cost_limits={"daily_limit_usd": 2.5, "per_job_limit_usd": 0.5})
    assert told["cost_limits"] == {
        "enabled": True,
        "daily_limit_usd": 2.5,
        "per_job_limit_usd": 0.5,
    }
    assert holding.limits_of_person(caller.user) == {CapScope.DAY: 2.5, CapScope.ORDER: 0.5}
    told = change(caller, cost_limits={"enabled": False, "per_job_limit_usd": None})
    assert told["cost_limits"]["daily_limit_usd"] == 2.5
    assert holding.limits_of_person(caller.user) == {}
    change(caller, cost_limits={"enabled": True}, defaults={"country": "no"})
    assert holding.limits_of_person(caller.user) == {CapScope.DAY: 2.5}
    assert body_of(caller.get(SETTINGS))["defaults"] == {"country": "no"}
    written = db.session.scalars(sa.select(AuditEvent.action)).all()
    assert written.count("user.set_cost_limits") == 3


def test_mail_is_turned_on_and_off(caller: Caller) -> None:
    told = change(caller, notifications={"email": {"is_on": True}})
    assert told["notifications"]["email"] == {"is_on": True, "address": caller.user.email}
    told = change(caller, notifications={"email": {"is_on": False}})
    assert told["notifications"]["email"]["is_on"] is False


def test_nothing_is_ordered_once_the_month_s_tokens_are_spent(caller: Caller) -> None:
    quotas.set_limits(caller.user, tokens=10, by=caller.user)
    quotas.add_tokens(caller.user.id, 10)
    answer = caller.post("/jobs", json=ORDER)
    assert answer.status_code == 429
    assert "tokens of this month are spent" in body_of(answer)["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    told = body_of(caller.get("/users/me/quota"))
    assert told["quota_exceeded"] is True
