"""Caps of teams and of persons, races for what is left, and models whose price nobody knows."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts import preferences
from bacowr.accounts.models import Team, User
from bacowr.base.db import db
from bacowr.base.errors import Invalid
from bacowr.engine.order import LlmProvider
from bacowr.engine.outcome import AbortCode, Aborted
from bacowr.engine.ports import Prompt, Purpose, Written
from bacowr.engine.pricing import Price
from bacowr.engine.providers.writers.catalog import WriterConfig
from bacowr.jobs import queries, sample, service
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.money import costs, holding, prices
from bacowr.jobs.money.caps import Whose
from bacowr.jobs.money.expected import Wish, expected
from bacowr.jobs.money.ledger import RecordedWriter
from bacowr.jobs.runner import Runner
from bacowr.jobs.spending import CapScope, ModelCall
from bacowr.jobs.states import JobStatus
from bacowr.providers.catalog import Provider
from bacowr.providers.keyring import Opened, Where
from tests.plugins.application import NewUser
from tests.plugins.canned_writer import CannedWriter
from tests.plugins.orders import equipped

PROMPT = Prompt(Purpose.OUTLINE, "outline 1", "Be brief." * 100, "Plan it." * 100, 1000)
ONE_CALL_USD = 0.017  # What PROMPT may cost, rounded up: a thousand tokens out and some in.
NO_CAPS = dict.fromkeys(CapScope)


@pytest.fixture
def team(owner: User) -> Team:
    made = Team(name="Ours")
    db.session.add(made)
    db.session.flush()
    owner.team_id = made.id
    db.session.commit()
    return made


def claimed(app: Flask, owner: User, inner: CannedWriter) -> RecordedWriter:
    lease = service.claim(service.create(sample.ORDER, owner=owner).id, worker="w1", seconds=60)
    assert lease is not None
    return RecordedWriter(inner, lease, app.app_context, NO_CAPS)


def a_writer() -> CannedWriter:
    return CannedWriter("anthropic", "claude-sonnet-4-5")


def test_a_team_s_cap_holds_for_all_of_the_team_and_for_nobody_else(
    app: Flask, owner: User, team: Team, new_user: NewUser
) -> None:
    mate, stranger = new_user("mate@example.org"), new_user("stranger@example.org")
    mate.team_id = team.id
    db.session.commit()
    holding.set_team_cap(team.id, CapScope.DAY, ONE_CALL_USD, by=owner)
    claimed(app, owner, a_writer()).write(PROMPT)
    with pytest.raises(Aborted, match=r"Your team's cap of 0.02 USD per day") as caught:
        claimed(app, mate, a_writer()).write(PROMPT)
    assert caught.value.code is AbortCode.CAP_REACHED
    claimed(app, stranger, a_writer()).write(PROMPT)
    (standing,) = holding.standings_of_team(team.id)
    assert (standing.whose, standing.scope) == (Whose.TEAM, CapScope.DAY)
    assert 0 < standing.spent_usd <= ONE_CALL_USD
    assert holding.standings_of_team(None) == []


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"daily_limit_usd": 0.001}, "Your own limit of 0.00 USD per day"),
        ({"per_job_limit_usd": 0.0}, "Your own limit of 0.00 USD per order"),
        ({"daily_limit_usd": None}, None),
        ({"daily_limit_usd": 0.001, "enabled": False}, None),
        ({"daily_limit_usd": 5.0, "per_job_limit_usd": 5.0}, None),
    ],
)
def test_a_person_s_own_limits_hold(
    app: Flask, owner: User, limits: dict[str, float | bool | None], told: str | None
) -> None:
    preferences.set_cost_limits(owner, limits)
    writer = claimed(app, owner, a_writer())
    if told is None:
        assert writer.write(PROMPT).text
        return
    with pytest.raises(Aborted, match=told):
        writer.write(PROMPT)


def test_a_cap_that_is_none_is_refused(owner: User, team: Team) -> None:
    for scope, sum_usd in (
        (CapScope.DAY, -1.0),
        (CapScope.MONTH, float("nan")),
        (CapScope.ORDER, 1.0),
    ):
        with pytest.raises(Invalid):
            holding.set_team_cap(team.id, scope, sum_usd, by=owner)
    holding.set_team_cap(team.id, CapScope.MONTH, None, by=owner)
    assert holding.limits_of_team(team.id) == {}


@dataclasses.dataclass
class Meeting(CannedWriter):
    """A writer that is not done before both orders had their chance to reserve."""

    tried: threading.Barrier | None = None

    def write(self, prompt: Prompt) -> Written:
        assert self.tried is not None
        self.tried.wait(60)
        return super().write(prompt)


def test_two_orders_that_race_for_a_team_s_rest_do_not_share_it(
    app: Flask, owner: User, team: Team
) -> None:
    holding.set_team_cap(team.id, CapScope.MONTH, 1.5 * ONE_CALL_USD, by=owner)
    tried = threading.Barrier(2)
    begin = threading.Barrier(2)
    writers = [
        claimed(app, owner, Meeting("anthropic", "claude-sonnet-4-5", tried=tried))
        for _ in range(2)
    ]
    db.session.close()
    ends: list[str] = []

    def write(writer: RecordedWriter) -> None:
        begin.wait(60)
        try:
            writer.write(PROMPT)
        except Aborted as aborted:
            ends.append(aborted.code)
            tried.wait(60)  # The other's call is under way until this one was refused.
        else:
            ends.append("written")

    threads = [threading.Thread(target=write, args=(each,)) for each in writers]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    assert sorted(ends) == ["CAP_REACHED", "written"]
    assert len(db.session.scalars(sa.select(ModelCall)).all()) == 1


def unheard_of(
    app: Flask,
    address: str = "https://models.example.org/v1",
    **changes: Any,  # noqa: ANN401 - fields.
) -> Equipment:
    """Connect a model that no table knows."""
    opened = Opened(Provider.COMPATIBLE, Where.ENVIRONMENT, "k" * 9, address, "unheard-of")
    found = equipped(app, CannedWriter("compatible", "unheard-of"))
    keyring = dataclasses.replace(found.keys, environment={Provider.COMPATIBLE: opened})
    return dataclasses.replace(found, keyring=keyring, **changes)


def test_while_a_cap_holds_nobody_writes_at_an_unknown_price(app: Flask, owner: User) -> None:
    capped = unheard_of(app, caps=NO_CAPS | {CapScope.DAY: 10.0})
    told = expected(Wish(LlmProvider.COMPATIBLE), capped)
    assert told.writer is None
    assert "The price of unheard-of isn't known" in (told.reason or "")
    free = dataclasses.replace(capped, caps=NO_CAPS)
    assert expected(Wish(), free).writer is not None
    prices.set_price(LlmProvider.COMPATIBLE, "unheard-of", Price(1.0, 2.0), by=owner)
    assert expected(Wish(), capped).cost_usd
    assert prices.forget_price(LlmProvider.COMPATIBLE, "unheard-of", by=owner)


def test_a_team_s_cap_wants_prices_too(app: Flask, owner: User, team: Team) -> None:
    own = unheard_of(app, caps=NO_CAPS).of_team(team.id)
    assert expected(Wish(), own).writer is not None
    holding.set_team_cap(team.id, CapScope.MONTH, 5.0, by=owner)
    assert expected(Wish(), own).writer is None


def test_an_unknown_price_ends_in_a_brief_with_the_reason(app: Flask, owner: User) -> None:
    job = service.create(sample.ORDER, owner=owner)
    equipment = unheard_of(app)
    Runner("w1", app.app_context, equipment, lease_seconds=60).run(job.id)
    db.session.expire_all()
    job = queries.get(job.id, owner=owner)
    assert (job.status, costs.calls_of(job)) == (JobStatus.DELIVERED, [])
    assert "The price of unheard-of isn't known" in str(queries.outputs_of(job))


def test_the_ledger_refuses_what_slipped_by(app: Flask, owner: User) -> None:
    writer = claimed(app, owner, CannedWriter("compatible", "unheard-of"))
    capped = dataclasses.replace(writer, caps=NO_CAPS | {CapScope.DAY: 10.0})
    with pytest.raises(Aborted, match="isn't known") as caught:
        capped.write(PROMPT)
    assert caught.value.code is AbortCode.PRICE_UNKNOWN


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("http://localhost:11434/v1", True),
        ("http://ollama:11434/v1", True),
        ("http://10.0.0.7/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://box.local/v1", True),
        ("https://models.example.org/v1", False),
        ("https://93.184.215.14/v1", False),
        ("https://localhost.example.org/v1", False),
    ],
)
def test_a_server_of_the_house_costs_nothing(app: Flask, address: str, *, is_own: bool) -> None:
    told = expected(Wish(), unheard_of(app, address))
    assert (told.cost_usd == 0.0) is is_own
    assert (told.writer is not None) is is_own
    assert not prices.is_own_server(WriterConfig(LlmProvider.OPENAI, base_url=address))
