"""The page of services: who sees and changes what, tests, caps, prices; keys stay inside."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import Team, User
from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.base import clock
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
from tests.plugins.model_server import Fails, ModelServer
from tests.web.conftest import Browser, NewBrowser

KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def connected(app: Flask, model_server: ModelServer) -> ModelServer:
    """An installation whose environment connects Anthropic, and that allows the model server."""
    host = model_server.origin.removeprefix("http://")
    opened = Opened(
        Provider.ANTHROPIC, Where.ENVIRONMENT, model_server.key, model_server.origin, None
    )
    keyring = Keyring(SECRET, {Provider.ANTHROPIC: opened}, allow_hosts=frozenset({host}))
    equipment: Equipment = app.extensions["equipment"]
    outgoing = dataclasses.replace(equipment.outgoing, allow_hosts=frozenset({host}))
    app.extensions["equipment"] = dataclasses.replace(equipment, keyring=keyring, outgoing=outgoing)
    return model_server


@pytest.fixture
def admin(new_browser: NewBrowser) -> Browser:
    return new_browser("admin@example.org", role=Role.ADMIN)


def local(server: ModelServer, **changes: str) -> dict[str, str]:
    """What an admin enters for a model server of the house."""
    address = server.base_url(LlmProvider.COMPATIBLE)
    return {"base_url": address, "model": "local-model", "key": server.key} | changes


def part(page: str, name: str) -> str:
    """Return the part of a page that shows one service."""
    found = re.search(
        rf'<article class="service" id="service-{name}".*?</article>', page, re.DOTALL
    )
    assert found, name
    return found[0]


def test_a_new_installation_says_what_can_be_connected(admin: Browser) -> None:
    page = admin.get("/services").text
    for name in Provider:
        assert "Not connected" in part(page, name)
        assert f'hx-post="/services/{name}"' in part(page, name)
    assert "console.anthropic.com" in part(page, "anthropic")
    assert 'type="password"' not in part(page, "searxng")
    assert 'aria-current="page"' in page


def test_a_key_is_stored_tested_and_never_shown(
    admin: Browser, connected: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    answer = admin.post("/services/compatible", local(connected))
    assert (answer.status_code, answer.location) == (303, "/services")
    page = admin.get("/services").text
    shown = part(page, "compatible")
    assert "…cdef" in shown
    assert "local-model" in shown
    assert "An article</dt><dd>nothing" in shown  # It runs on a server of the house.
    assert connected.asked == []
    tested = admin.post("/services/compatible/test", htmx=True)
    assert tested.status_code == 200
    assert "<html" not in tested.text
    assert "answered in" in tested.text
    assert "Works" in tested.text
    row = queries.get(Provider.COMPATIBLE)
    assert (row.status, row.updated_by) == (CredentialStatus.VALID, "admin@example.org")
    seen = [page, tested.text, admin.get("/services").text, caplog.text]
    seen += [str(each.data) for each in db.session.scalars(sa.select(AuditEvent))]
    seen += [row.ciphertext or "", row.test_message or ""]
    assert not [text for text in seen if connected.key in text]


def test_a_key_is_tested_without_scripts_too(admin: Browser, connected: ModelServer) -> None:
    admin.post("/services/compatible", local(connected))
    connected.then(Fails(401, "invalid_api_key", "No."), Fails(401, "invalid_api_key", "No."))
    assert admin.post("/services/compatible/test").status_code == 303
    page = admin.get("/services").text
    assert "Last test failed" in part(page, "compatible")
    assert queries.get(Provider.COMPATIBLE).status is CredentialStatus.INVALID


def test_a_key_of_the_environment_is_tested_and_not_changed(
    admin: Browser, connected: ModelServer
) -> None:
    shown = part(admin.get("/services").text, "anthropic")
    assert "can't be changed here" in shown
    assert "Set in the environment" in shown
    assert 'type="password"' not in shown
    assert connected.key not in shown
    tested = admin.post("/services/anthropic/test", htmx=True)
    assert "answered in" in tested.text
    refused = admin.post("/services/anthropic", {"key": KEY + "x"}, htmx=True)
    assert refused.status_code == 409
    assert "set in the environment" in refused.text
    assert KEY + "x" not in refused.text
    assert queries.stored() == {}


def test_faults_stand_beside_their_fields_and_the_key_is_not_echoed(admin: Browser) -> None:
    for htmx in (True, False):
        form = {"key": "too short!\u00e5", "base_url": "http://10.0.0.1/v1", "model": "m"}
        answer = admin.post("/services/compatible", form, htmx=htmx)
        assert answer.status_code == 422
        assert ("<html" in answer.text) is not htmx
        shown = part(answer.text, "compatible")
        assert 'id="compatible-key-fault"' in shown
        assert 'id="compatible-base_url-fault"' in shown
        assert "http://10.0.0.1/v1" in shown
        assert "too short!" not in answer.text
        assert '<details class="service-change" open>' in shown
    assert queries.stored() == {}


def test_a_form_that_is_too_long_is_refused(admin: Browser) -> None:
    answer = admin.post("/services/openai", {"key": "k" * 5000})
    assert answer.status_code == 422
    assert "k" * 50 not in answer.text


def test_a_stored_key_is_forgotten(admin: Browser, connected: ModelServer) -> None:
    for htmx in (True, False):
        admin.post("/services/compatible", local(connected))
        answer = admin.post("/services/compatible/forget", htmx=htmx)
        assert answer.status_code == (204 if htmx else 303)
        assert queries.stored() == {}
    assert admin.post("/services/compatible/forget").status_code == 404


def test_a_key_that_can_not_be_read_any_more_says_so(
    app: Flask, admin: Browser, connected: ModelServer
) -> None:
    admin.post("/services/compatible", local(connected))
    equipment: Equipment = app.extensions["equipment"]
    other = Keyring("another secret key, as long as it has to be")
    app.extensions["equipment"] = dataclasses.replace(equipment, keyring=other)
    shown = part(admin.get("/services").text, "compatible")
    assert "SECRET_KEY has changed" in shown
    assert "Can&#39;t be read" in shown
    assert "/services/compatible/test" not in shown
    assert admin.post("/services/compatible/test", htmx=True).status_code == 409


def test_what_is_not_connected_is_not_tested(admin: Browser) -> None:
    assert admin.post("/services/openai/test").status_code == 409
    for path in ("/services/skynet", "/services/skynet/test", "/services/skynet/forget"):
        assert admin.post(path, {"key": KEY}).status_code == 404


CHANGES = ("/services/openai", "/services/openai/test", "/services/openai/forget", "/services/caps")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_others_read_and_change_nothing(
    new_browser: NewBrowser, connected: ModelServer, role: Role
) -> None:
    browser = new_browser("reader@example.org", role=role)
    page = browser.get("/services").text
    assert "An admin can change keys and caps" in page
    assert '<form method="post" action="/services' not in page
    assert connected.key not in page
    for path in CHANGES:
        assert browser.post(path, {"key": KEY, "order": "9"}).status_code == 403
    assert queries.stored() == {}
    assert caps.limits({})[CapScope.ORDER] is None
    assert connected.asked == []


def test_a_stranger_is_sent_to_sign_in(stranger: Browser) -> None:
    assert stranger.get("/services").location == "/sign-in?next=/services"
    for path in CHANGES:
        assert stranger.post(path, {"key": KEY}).status_code == 303
    assert queries.stored() == {}


def test_caps_are_set_kept_and_given_back(admin: Browser) -> None:
    assert "at most 1.00 USD" in admin.get("/services").text
    form = {"order": "0,50", "batch": "", "day": "20", "month": "100.25"}
    assert admin.post("/services/caps", form).status_code == 303
    assert caps.limits({}) == {"order": 0.5, "batch": None, "day": 20.0, "month": 100.25}
    page = admin.get("/services").text
    assert "at most 0.50 USD" in page
    assert 'value="100.25"' in page
    assert "Today: 0 % used" in page
    events = sa.select(sa.func.count()).where(AuditEvent.action == "spending.cap")
    assert db.session.scalar(events) == 3
    assert admin.post("/services/caps", form | {"order": ""}).status_code == 303
    assert caps.limits({})[CapScope.ORDER] is None
    assert db.session.scalar(events) == 4


def test_sums_that_are_none_are_told_and_no_cap_is_set(admin: Browser) -> None:
    answer = admin.post("/services/caps", {"order": "-1", "day": "nan", "month": "5"})
    assert answer.status_code == 422
    for scope in ("order", "day"):
        assert f'id="cap-{scope}-fault"' in answer.text
    assert 'id="cap-month-fault"' not in answer.text
    assert 'value="-1"' in answer.text
    too_much = admin.post("/services/caps", {"order": "5", "month": "9999999"})
    assert too_much.status_code == 422
    assert 'id="cap-month-fault"' in too_much.text
    assert caps.limits({}) == dict.fromkeys(CapScope)


def test_prices_show_their_age_and_what_is_in_use(
    admin: Browser, connected: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    del connected
    page = admin.get("/services").text
    assert "half a year" not in page
    assert page.count('class="is-used"') == 2  # On top, and among the provider's others.
    assert re.search(r'class="is-used">\s*<th[^>]*><span class="break">claude-sonnet', page)
    later = clock.now() + timedelta(days=200)
    monkeypatch.setattr(clock, "now", lambda: later)
    browser_page = admin.get("/services")
    if browser_page.status_code == 303:  # The session has run out by then.
        admin.sign_in("admin@example.org")
        browser_page = admin.get("/services")
    assert "half a year" in browser_page.text


def test_a_model_without_a_price_is_told_and_an_admin_can_name_it(
    admin: Browser, app: Flask
) -> None:
    entered = {"key": KEY, "model": "gpt-unheard-of"}
    admin.post("/services/openai", entered)
    assert "isn't in the price table" in unescape(part(admin.get("/services").text, "openai"))
    runner = app.test_cli_runner()
    said = ["providers", "set-price", "openai", "gpt-unheard-of"]
    done = runner.invoke(args=[*said, "1", "2", "--owner", "admin@example.org"])
    assert done.exit_code == 0, done.output
    assert "about 0." in part(admin.get("/services").text, "openai")


def test_a_team_has_keys_and_caps_of_its_own(admin: Browser, new_browser: NewBrowser) -> None:
    mate = new_browser("mate@example.org", role=Role.VIEWER)
    other = new_browser("other@example.org", role=Role.ADMIN)
    for email, name in (("admin", "Ours"), ("mate", "Ours"), ("other", "Theirs")):
        join(f"{email}@example.org", name)
    admin.post("/services/openai?for=everybody", {"key": "sk-of-everybody-1111"})
    answer = admin.post("/services/openai", {"key": "sk-of-our-team-2222"})
    assert answer.location == "/services?for=team"
    ours = admin.get("/services").text
    assert "Ours" in ours
    assert ("…2222" in ours, "…1111" in ours) == (True, False)
    assert "…2222" in mate.get("/services").text
    theirs = other.get("/services").text
    assert ("…2222" in theirs, "…1111" in theirs) == (False, True)
    assert "Use a key of your team" in part(theirs, "openai")
    assert "…2222" not in other.get("/services?for=everybody").text
    admin.post("/services/caps", {"day": "2.50", "month": ""})
    assert "0.00 of 2.50 USD" in admin.get("/services").text
    assert "2.50" not in other.get("/services").text
    assert caps.limits({})[CapScope.DAY] is None
    assert admin.post("/services/caps", {"day": "much"}).status_code == 422
    assert other.post("/services/openai/forget").status_code == 404
    assert admin.post("/services/openai/forget").status_code == 303
    assert "…1111" in admin.get("/services").text


def join(email: str, name: str) -> None:
    """Make somebody one of a team, which is made when it isn't there."""
    team = db.session.scalar(sa.select(Team).where(Team.name == name))
    if team is None:
        team = Team(name=name)
        db.session.add(team)
        db.session.flush()
    user = db.session.scalars(sa.select(User).where(User.email == email)).one()
    user.team_id = team.id
    db.session.commit()
