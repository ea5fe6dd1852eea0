"""`flask providers` and `flask spending`: keys, their tests, prices and caps."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import Team, User
from bacowr.accounts.permissions import Role
from bacowr.base.db import db
from bacowr.engine.order import LlmProvider
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.money import caps
from bacowr.jobs.spending import CapScope
from bacowr.providers import queries
from bacowr.providers.catalog import Provider
from bacowr.providers.keyring import Keyring, Opened, Where
from bacowr.providers.models import CredentialStatus
from tests.plugins.application import KEY as SECRET
from tests.plugins.application import NewUser
from tests.plugins.model_server import KEY, Fails, ModelServer

ADMIN, EDITOR = "admin@example.org", "editor@example.org"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(app: Flask, new_user: NewUser) -> Run:
    """A function that runs `flask …` for an admin: (exit status, output, errors)."""
    new_user(ADMIN, role=Role.ADMIN)

    def invoke(*words: str, typed: str = "", owner: str = ADMIN) -> tuple[int, str, str]:
        env = {"BACOWR_OWNER": owner}
        result = app.test_cli_runner().invoke(args=words, input=typed, env=env)
        return result.exit_code, result.stdout, result.stderr

    return invoke


def connect(app: Flask, server: ModelServer, *, in_environment: bool = False) -> None:
    """Allow the model server's address, and connect Anthropic by the environment if wanted."""
    host = server.origin.removeprefix("http://")
    opened = Opened(Provider.ANTHROPIC, Where.ENVIRONMENT, server.key, server.origin)
    given = {Provider.ANTHROPIC: opened} if in_environment else {}
    equipment: Equipment = app.extensions["equipment"]
    app.extensions["equipment"] = dataclasses.replace(
        equipment,
        keyring=Keyring(SECRET, given, allow_hosts=frozenset({host})),
        outgoing=dataclasses.replace(equipment.outgoing, allow_hosts=frozenset({host})),
    )


def store_local(run: Run, server: ModelServer, *more: str, typed: str = f"{KEY}\n") -> int:
    address = server.base_url(LlmProvider.COMPATIBLE)
    words = ("providers", "set", "compatible", "--base-url", address, "--model", "m", *more)
    return run(*words, typed=typed)[0]


def test_services_are_listed_and_no_key(app: Flask, run: Run, model_server: ModelServer) -> None:
    connect(app, model_server, in_environment=True)
    code, out, err = run("providers", "list")
    assert code == 0
    assert "anthropic   writer  environment, key …cdef, claude-" in out
    assert "serper      search  not connected" in out
    rows = json.loads(run("providers", "list", "--json")[1])
    assert {each["provider"]: each["connected"] for each in rows}["anthropic"]
    assert model_server.key not in out + err + json.dumps(rows)


def test_nothing_connected_is_told_by_the_status(run: Run) -> None:
    code, out, err = run("providers", "check")
    assert (code, out) == (2, "")
    assert "providers set" in err
    assert json.loads(run("providers", "check", "--json")[1]) == []


def test_a_key_is_read_without_being_shown_and_tried_out(
    app: Flask, run: Run, model_server: ModelServer
) -> None:
    connect(app, model_server)
    address = model_server.base_url(LlmProvider.COMPATIBLE)
    words = ("providers", "set", "compatible", "--base-url", address, "--model", "m")
    code, out, err = run(*words, typed=f"{KEY}\n")
    assert code == 0
    assert KEY not in out + err
    assert "stored, key …cdef, m" in run("providers", "list")[1]
    code, out, err = run("providers", "check")
    assert code == 0
    assert out.startswith("✓ compatible: ")
    assert KEY not in out + err
    row = queries.get(Provider.COMPATIBLE)
    assert row.status is CredentialStatus.VALID
    assert "valid on " in run("providers", "list")[1]


def test_one_that_fails_makes_the_status_one(
    app: Flask, run: Run, model_server: ModelServer
) -> None:
    connect(app, model_server, in_environment=True)
    store_local(run, model_server, "--key-stdin")
    model_server.answer = lambda asked: (
        "ready" if asked.service == "anthropic" else Fails(401, "invalid_api_key", "No.")
    )
    code, out, _ = run("providers", "check")
    assert code == 1
    assert "✓ anthropic" in out
    assert "✗ compatible" in out
    told = json.loads(run("providers", "check", "--json")[1])
    assert [(each["provider"], each["verdict"]) for each in told] == [
        ("anthropic", "works"),
        ("compatible", "refused"),
    ]
    assert run("providers", "check", "anthropic")[0] == 0
    code, out, _ = run("providers", "check", "openai")
    assert code == 1
    assert "is not connected" in out


def test_the_model_changes_and_the_key_stays(
    app: Flask, run: Run, model_server: ModelServer
) -> None:
    connect(app, model_server)
    store_local(run, model_server, "--key-stdin")
    before = queries.get(Provider.COMPATIBLE).ciphertext
    assert store_local(run, model_server, "--keep-key", typed="") == 0
    assert queries.get(Provider.COMPATIBLE).ciphertext == before
    assert run("providers", "forget", "compatible")[0] == 0
    assert queries.stored() == {}
    assert run("providers", "forget", "compatible")[0] == 1


def test_a_service_without_a_key_asks_for_none(
    app: Flask, run: Run, model_server: ModelServer
) -> None:
    connect(app, model_server)
    address = model_server.origin
    code, out, err = run("providers", "set", "searxng", "--base-url", address)
    assert code == 0
    assert "key (" not in out + err
    assert queries.get(Provider.SEARXNG).ciphertext is None


def test_faults_are_told_by_field_and_the_key_is_not(run: Run) -> None:
    code, out, err = run("providers", "set", "openai", "--key-stdin", typed="räv räv räv\n")
    assert code == 1
    assert "  key: " in err
    assert "räv" not in out + err
    code, _, err = run("providers", "set", "dataforseo", typed="no-colon-in-it\n")
    assert code == 1
    assert "login:password" in err
    assert run("providers", "set", "skynet", typed=f"{KEY}\n")[0] == 2


@pytest.mark.parametrize("words", [("set", "openai", "--key-stdin"), ("forget", "openai")])
def test_only_admins_change_keys(run: Run, new_user: NewUser, words: tuple[str, ...]) -> None:
    new_user(EDITOR)
    code, _, err = run("providers", *words, typed=f"{KEY}\n", owner=EDITOR)
    assert code == 1
    assert "does not allow services.manage" in err
    assert queries.stored() == {}


def test_prices_show_their_date_and_what_is_in_use(
    app: Flask, run: Run, model_server: ModelServer
) -> None:
    connect(app, model_server, in_environment=True)
    code, out, err = run("providers", "prices")
    assert code == 0
    assert len([line for line in out.splitlines() if line.startswith("* anthropic")]) == 1
    assert "Checked on 20" in err
    google = run("providers", "prices", "--provider", "google")[1]
    assert google
    assert "anthropic" not in google
    table = json.loads(run("providers", "prices", "--json")[1])
    assert not table["is_stale"]
    assert {"provider", "model", "input_usd", "output_usd"} <= set(table["prices"][0])


def test_caps_are_shown_set_and_given_back(run: Run) -> None:
    code, out, _ = run("spending", "show")
    assert code == 0
    assert "order  1.00 USD\n" in out
    assert "day    10.00 USD, 0.00 USD spent" in out
    assert "month  no cap, 0.00 USD spent" in out
    assert run("spending", "cap", "day", "2.5")[0] == 0
    assert caps.limits({})[CapScope.DAY] == 2.5
    rows = json.loads(run("spending", "show", "--json")[1])
    assert {each["scope"]: each["limit_usd"] for each in rows}["day"] == 2.5
    assert run("spending", "cap", "day", "default")[0] == 0
    assert caps.limits({})[CapScope.DAY] is None


@pytest.mark.parametrize("usd", ["much", "nan", "2000000", "inf"])
def test_a_sum_that_is_none_is_refused(run: Run, usd: str) -> None:
    code, _, err = run("spending", "cap", "order", usd)
    assert code == 1
    assert "Give a sum" in err
    assert caps.limits({})[CapScope.ORDER] is None


def test_only_admins_set_caps(run: Run, new_user: NewUser) -> None:
    new_user(EDITOR)
    code, _, err = run("spending", "cap", "order", "5", owner=EDITOR)
    assert code == 1
    assert "does not allow services.manage" in err


def test_a_team_has_keys_and_caps_of_its_own(run: Run, new_user: NewUser) -> None:
    join(ADMIN, "Ours")
    new_user("other@example.org", role=Role.ADMIN)
    join("other@example.org", "Theirs")
    said = ("providers", "set", "openai", "--key-stdin", "--team", "Ours")
    assert run(*said, typed=f"{KEY}\n")[0] == 0
    code, _, err = run(*said, typed=f"{KEY}\n", owner="other@example.org")
    assert code == 1
    assert "isn't one of the team" in err
    assert "openai      writer  team, key" in run("providers", "list", "--team", "Ours")[1]
    for others in ((), ("--team", "Theirs")):
        assert "openai      writer  not connected" in run("providers", "list", *others)[1]
    assert run("providers", "list", "--team", "Nobody")[0] == 1
    assert run("spending", "cap", "day", "2.5", "--team", "Ours")[0] == 0
    assert run("spending", "cap", "day", "2", "--team", "Ours", owner="other@example.org")[0] == 1
    assert run("spending", "cap", "order", "2", "--team", "Ours")[0] == 1
    shown = run("spending", "show", "--team", "Ours")[1]
    assert shown == "day    2.50 USD, 0.00 USD spent\nmonth  no cap, 0.00 USD spent\n"
    assert caps.limits({})[CapScope.DAY] is None
    assert run("spending", "cap", "day", "default", "--team", "Ours")[0] == 0
    assert "day    no cap" in run("spending", "show", "--team", "Ours")[1]
    assert run("providers", "forget", "openai", "--team", "Ours")[0] == 0
    assert "not connected" in run("providers", "list", "--team", "Ours")[1].splitlines()[1]


def test_two_teams_of_one_name_are_told_apart_by_id(run: Run) -> None:
    teams = [Team(name="Twins"), Team(name="Twins")]
    db.session.add_all(teams)
    db.session.commit()
    assert "Several teams" in run("providers", "list", "--team", "Twins")[2]
    assert run("providers", "list", "--team", teams[0].id)[0] == 0


def test_an_admin_says_what_a_model_costs(run: Run) -> None:
    said = ("providers", "set-price", "compatible", "house-model")
    assert run(*said, "1.5", "3")[0] == 0
    rows = json.loads(run("providers", "prices", "--json")[1])["prices"]
    told = [row for row in rows if row["model"] == "house-model"]
    assert [(row["provider"], row["input_usd"], row["output_usd"]) for row in told] == [
        ("compatible", 1.5, 3.0)
    ]
    for sums in (("1",), ("-1", "2"), ("nan", "2"), ("1", "2", "3")):
        assert run(*said[:3], "--", "house-model", *sums)[0] == 1
    assert "Forgot" in run(*said)[2]
    assert "No price" in run(*said)[2]
    assert run("providers", "set-price", "serper", "x", "1", "2")[0] == 2
    assert run("providers", "set-price", "openai", " ", "1", "2")[0] == 1


def join(email: str, name: str) -> None:
    """Make somebody one of a new team."""
    team = Team(name=name)
    db.session.add(team)
    db.session.flush()
    db.session.scalars(sa.select(User).where(User.email == email)).one().team_id = team.id
    db.session.commit()
