"""The services that write and search: their keys, what they cost, and how much may be spent."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts import teams
from bacowr.accounts.permissions import Permission
from bacowr.base import clock
from bacowr.base.errors import BacowrError, Conflict, Invalid, NotFound
from bacowr.engine.pricing import PriceTable
from bacowr.gate import installation
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs.money import caps, holding, prices
from bacowr.jobs.spending import CapScope
from bacowr.providers import credentials, service, trials
from bacowr.providers.catalog import TRAITS, Provider
from bacowr.providers.keyring import Keyring
from bacowr.providers.schemas import CredentialSchema
from bacowr.providers.service import NewCredential
from bacowr.providers.trials import Trial
from bacowr.providers.writers import writer_configs
from bacowr.web import forms, guides, htmx, sums
from bacowr.web.guides import Card

EVERYBODY, TEAM = "everybody", "team"

bp = Blueprint("services", __name__, url_prefix="/services")


@bp.get("")
@needs(Permission.SERVICES_READ)
def show() -> str:
    """Show every service, the caps and the prices."""
    return _page()


@bp.post("/<name>")
@needs(Permission.SERVICES_MANAGE)
def store(name: str) -> ResponseReturnValue:
    """Store what opens a service; the key is in no answer."""
    provider = _provider(name)
    try:
        entered = forms.read(CredentialSchema())
        service.store(NewCredential(provider, **entered), keyring=_keyring(), by=current_user())
    except (Invalid, Conflict) as error:
        return _refused(provider, error), error.status
    flash(f"{TRAITS[provider].label} is connected. Test it to see that it works.")
    return _back()


@bp.post("/<name>/forget")
@needs(Permission.SERVICES_MANAGE)
def forget(name: str) -> ResponseReturnValue:
    """Forget what is stored for a service."""
    provider = _provider(name)
    service.delete(provider, keyring=_keyring(), by=current_user())
    flash(f"The key for {TRAITS[provider].label} is forgotten.")
    return _back()


@bp.post("/<name>/test")
@needs(Permission.SERVICES_MANAGE)
def test(name: str) -> ResponseReturnValue:
    """Try a service out with one small call, and say what came of it."""
    provider = _provider(name)
    user, outgoing = current_user(), installation.equipment().outgoing
    trial = trials.check(provider, keyring=_keyring(), outgoing=outgoing, by=user)
    if htmx.is_partial():
        card = _card(provider, trial=trial)
        return render_template("services/_service.html", card=card, whose=_whose())
    flash(f"{TRAITS[provider].label}: {trial.message}")
    return _back()


@bp.post("/caps")
@needs(Permission.SERVICES_MANAGE)
def set_caps() -> ResponseReturnValue:
    """Set how much may be spent; an empty field gives the installation's own cap back."""
    user = current_user()
    try:
        if user.team_id and _whose() == TEAM:
            read = sums.read(request.form, holding.TEAM_SCOPES)
            sums.change_of_team(user.team_id, read, by=user)
        else:
            sums.change(sums.read(request.form, CapScope), by=user)
    except Invalid as error:
        return _page(cap_error=error), error.status
    flash("The caps are set.")
    return _back()


def _whose() -> str | None:
    """Say whose keys and caps the page is about: None for who has no team, and so no choice."""
    if current_user().team_id is None:
        return None
    return EVERYBODY if request.args.get("for") == EVERYBODY else TEAM


def _keyring() -> Keyring:
    return installation.own_keyring() if _whose() == TEAM else installation.keyring()


def _back() -> ResponseReturnValue:
    told: dict[str, Any] = {"for": _whose()}
    return htmx.go(url_for("web.services.show", **told))


def _page(*, card: Card | None = None, cap_error: BacowrError | None = None) -> str:
    table = _prices()
    listed = [_shown_card(each, table) for each in credentials.shown(_keyring())]
    cards = [card if card and card.provider is each.provider else each for each in listed]
    used = {(each.provider.value, each.model) for each in cards if each.shown.is_connected}
    told: dict[str, Any] = {
        "writers": [each for each in cards if each.is_writer],
        "searches": [each for each in cards if not each.is_writer],
        "preferred": _keyring().preferred_search,
        "whose": _whose(),
        "team": teams.find_of(current_user()),
        "cap_error": cap_error,
        "used": used,
    }
    return render_template(
        "services/index.html", **told, **_caps_told(), **_prices_told(table, used)
    )


def _caps_told() -> dict[str, Any]:
    """Tell everybody's caps, or the team's own."""
    defaults, user = installation.equipment().caps, current_user()
    if _whose() == TEAM:
        held = holding.limits_of_team(user.team_id)
        own = {scope: held.get(scope) for scope in holding.TEAM_SCOPES}
        standings = holding.standings_of_team(user.team_id, own)
        return {
            "caps": {each.scope: each for each in standings},
            "limits": own,
            "stored": own,
            "defaults": {},
            "scopes": holding.TEAM_SCOPES,
        }
    return {
        "caps": {each.scope: each for each in caps.shared_standings(defaults)},
        "limits": caps.limits(defaults),
        "stored": caps.limits({}),
        "defaults": defaults,
        "scopes": list(CapScope),
    }


def _prices() -> PriceTable:
    return prices.known(installation.equipment().prices, writer_configs(_keyring()))


def _prices_told(table: PriceTable, used: set[tuple[str, str | None]]) -> dict[str, Any]:
    today = clock.now().date()
    rows = table.rows(today)
    return {
        "table": table,
        "prices": rows,
        "in_use": [row for row in rows if row[:2] in used],
        "is_stale": table.is_stale(today),
    }


def _refused(provider: Provider, error: BacowrError) -> str:
    entered = {name: request.form.get(name, "") for name in ("base_url", "model")}
    card = replace(_card(provider), error=error, entered=entered)
    if htmx.is_partial():
        return render_template("services/_service.html", card=card, whose=_whose())
    return _page(card=card)


def _card(provider: Provider, trial: Trial | None = None) -> Card:
    found = next(each for each in credentials.shown(_keyring()) if each.provider is provider)
    return replace(_shown_card(found, _prices()), trial=trial)


def _shown_card(shown: credentials.Shown, table: PriceTable) -> Card:
    return Card(shown, guides.article_usd(shown, table))


def _provider(name: str) -> Provider:
    try:
        return Provider(name)
    except ValueError as error:
        raise NotFound("There is no such service.") from error
