"""Keys of single teams: they win, nobody else sees or uses them, and pays for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import Team, User
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.base.errors import Conflict, NotFound
from bacowr.base.http import Outgoing
from bacowr.engine.ports import Query, SearchHit, SearchResults
from bacowr.jobs.models import Job
from bacowr.providers import service
from bacowr.providers.catalog import Kind, Provider
from bacowr.providers.connecting import find_search
from bacowr.providers.credentials import all_opened, find_opened, open_credential, shown
from bacowr.providers.keyring import Keyring, Opened, Where
from bacowr.providers.models import CredentialStatus, ProviderCredential, TeamCredential
from bacowr.providers.searches import CachedSearch
from bacowr.providers.service import NewCredential
from bacowr.providers.writers import writer_configs

EVERYBODY_S = "sk-of-the-installation"
OURS, THEIRS = "sk-of-our-team-0001", "sk-of-their-team-0002"
QUERY = Query("elcykel", "sv", "se")

NewTeam = Callable[[str], Keyring]


@pytest.fixture
def new_team(app: Flask, keyring: Keyring) -> NewTeam:
    """A function that makes a team and gives what opens the services of its orders."""
    del app

    def make(name: str) -> Keyring:
        team = Team(name=name)
        db.session.add(team)
        db.session.commit()
        return keyring.of_team(team.id)

    return make


def store(keyring: Keyring, key: str, by: User, provider: Provider = Provider.OPENAI) -> None:
    service.store(NewCredential(provider, key), keyring=keyring, by=by)
    db.session.expire_all()


def key_of(keyring: Keyring) -> str:
    return open_credential(Provider.OPENAI, keyring).key


def test_a_team_s_own_key_wins_over_all_others(
    keyring: Keyring, admin: User, new_team: NewTeam
) -> None:
    ours, theirs = new_team("Ours"), new_team("Theirs")
    store(keyring, EVERYBODY_S, admin)
    assert key_of(ours) == EVERYBODY_S
    store(ours, OURS, admin)
    given = Opened(Provider.OPENAI, Where.ENVIRONMENT, "sk-of-the-environment")
    environment = {Provider.OPENAI: given}
    assert key_of(dataclasses.replace(ours, environment=environment)) == OURS
    assert key_of(dataclasses.replace(theirs, environment=environment)) == given.key
    assert (key_of(ours), key_of(theirs), key_of(keyring)) == (OURS, EVERYBODY_S, EVERYBODY_S)
    assert find_opened(Provider.OPENAI, ours) == Opened(Provider.OPENAI, Where.TEAM, OURS)


def test_no_team_is_shown_another_s_key(keyring: Keyring, admin: User, new_team: NewTeam) -> None:
    ours, theirs = new_team("Ours"), new_team("Theirs")
    store(ours, OURS, admin)
    store(theirs, THEIRS, admin)
    told = {name: repr(shown(each)) for name, each in (("o", ours), ("t", theirs), ("i", keyring))}
    assert ("0001" in told["o"], "0002" in told["o"]) == (True, False)
    assert ("0001" in told["t"], "0002" in told["t"]) == (False, True)
    assert not [each for each in shown(keyring) if each.where]
    assert OURS not in "".join(told.values())
    rows = db.session.scalars(sa.select(AuditEvent.data)).all()
    assert [each["team"] for each in rows if "team" in each] == [ours.team_id, theirs.team_id]


def test_a_key_that_was_copied_to_another_team_opens_nothing(
    keyring: Keyring, admin: User, new_team: NewTeam
) -> None:
    ours, theirs = new_team("Ours"), new_team("Theirs")
    store(ours, OURS, admin)
    store(theirs, THEIRS, admin)
    store(keyring, EVERYBODY_S, admin)
    ciphertext = db.session.scalars(
        sa.select(TeamCredential.ciphertext).where(TeamCredential.team_id == ours.team_id)
    ).one()
    db.session.execute(sa.update(TeamCredential).values(ciphertext=ciphertext))
    db.session.execute(sa.update(ProviderCredential).values(ciphertext=ciphertext))
    db.session.commit()
    for other in (theirs, keyring):
        with pytest.raises(Conflict, match="Enter it again"):
            key_of(other)
    assert key_of(ours) == OURS


def test_an_unreadable_key_of_a_team_is_not_paid_by_the_installation(
    keyring: Keyring, admin: User, new_team: NewTeam
) -> None:
    ours = new_team("Ours")
    store(dataclasses.replace(ours, secret_key="x" * 40), OURS, admin)
    store(keyring, EVERYBODY_S, admin)
    assert all_opened(Kind.WRITER, ours) == []
    with pytest.raises(Conflict, match="Enter it again"):
        key_of(ours)


def test_forgetting_a_team_s_key_leaves_the_others(
    keyring: Keyring, admin: User, new_team: NewTeam
) -> None:
    ours = new_team("Ours")
    store(keyring, EVERYBODY_S, admin)
    with pytest.raises(NotFound):
        service.delete(Provider.OPENAI, keyring=ours, by=admin)
    store(ours, OURS, admin)
    service.delete(Provider.OPENAI, keyring=ours, by=admin)
    assert key_of(ours) == EVERYBODY_S


def test_a_test_is_noted_with_the_key_that_was_tested(
    keyring: Keyring, admin: User, new_team: NewTeam
) -> None:
    ours = new_team("Ours")
    store(keyring, EVERYBODY_S, admin)
    for keys, where in ((ours, Where.STORED), (ours, Where.TEAM)):
        if where is Where.TEAM:
            store(ours, OURS, admin)
        tested = open_credential(Provider.OPENAI, keys)
        assert tested.where is where
        service.record_test(tested, ok=where is Where.TEAM, message=".", keyring=keys, by=admin)
    told = [
        db.session.scalars(sa.select(each.status)).one()
        for each in (ProviderCredential, TeamCredential)
    ]
    assert told == [CredentialStatus.INVALID, CredentialStatus.VALID]


def test_two_of_a_team_who_store_at_once_do_not_both(
    keyring: Keyring, admin: User, new_team: NewTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    del keyring
    ours = new_team("Ours")
    store(ours, OURS, admin)
    with monkeypatch.context() as patched:
        patched.setattr("bacowr.providers.queries.find", lambda *_, **__: None)
        with pytest.raises(Conflict, match="just stored"):
            store(ours, "sk-the-second-one", admin)
    assert key_of(ours) == OURS


def test_automatic_orders_ask_the_team_s_own_services_first(
    keyring: Keyring, admin: User, new_team: NewTeam
) -> None:
    ours = new_team("Ours")
    store(keyring, EVERYBODY_S, admin, Provider.ANTHROPIC)
    store(keyring, "brave-of-all", admin, Provider.BRAVE)
    store(ours, OURS, admin)
    store(ours, "serper-of-ours", admin, Provider.SERPER)
    assert [each.is_own for each in writer_configs(ours)] == [True, False]
    chosen = dataclasses.replace(ours, preferred_search=Provider.BRAVE)
    opened = [each.provider for each in all_opened(Kind.SEARCH, chosen)]
    assert opened == [Provider.SERPER, Provider.BRAVE]
    assert find_search(chosen, Outgoing()).payer == ours.team_id
    assert find_search(dataclasses.replace(chosen, team_id=None), Outgoing()).payer is None


class Service:
    """A search service that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def results(self, query: Query) -> SearchResults:
        self.asked += 1
        hit = SearchHit(1, "https://hit.example/", "A hit", "")
        return SearchResults(query, (hit,), None, "serper", "2026-11-22T12:00:00+00:00")


@pytest.mark.parametrize(
    ("payer", "asked"),
    [("ours", 2), (None, 1)],
    ids=["the team paid: the others ask anew", "the installation paid: all have it"],
)
def test_results_belong_to_who_paid_for_them(
    app: Flask, job: Job, payer: str | None, asked: int
) -> None:
    inner = Service()

    @contextmanager
    def context() -> Iterator[None]:
        with app.app_context():
            yield

    def search(team_id: str | None, payer: str | None) -> CachedSearch:
        return CachedSearch(inner, job.id, context, team_id, payer)

    search("ours", payer).results(QUERY)
    search("ours", payer).results(QUERY)
    search("ours", None).results(QUERY)
    assert inner.asked == 1
    search("theirs", None).results(QUERY)
    search(None, None).results(QUERY)
    assert inner.asked == asked
