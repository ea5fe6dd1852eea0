"""The services that write and search: their keys, what they cost, and how much may be spent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.base import clock
from bacowr.base.db import transaction
from bacowr.base.errors import BacowrError, Conflict, Invalid, NotFound
from bacowr.base.settings import amount
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.money import caps
from bacowr.jobs.spending import CapScope
from bacowr.providers import credentials, service, trials
from bacowr.providers.catalog import TRAITS, Provider
from bacowr.providers.keyring import Keyring
from bacowr.providers.schemas import CredentialSchema
from bacowr.providers.service import NewCredential
from bacowr.providers.trials import Trial
from bacowr.web import forms, guides, htmx
from bacowr.web.guides import Card

NO_SUM = "Give a sum such as 10 or 0.50, or nothing for the installation's own."

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
    return htmx.go(url_for("web.services.show"))


@bp.post("/<name>/forget")
@needs(Permission.SERVICES_MANAGE)
def forget(name: str) -> ResponseReturnValue:
    """Forget what is stored for a service."""
    provider = _provider(name)
    service.delete(provider, by=current_user())
    flash(f"The key for {TRAITS[provider].label} is forgotten.")
    return htmx.go(url_for("web.services.show"))


@bp.post("/<name>/test")
@needs(Permission.SERVICES_MANAGE)
def test(name: str) -> ResponseReturnValue:
    """Try a service out with one small call, and say what came of it."""
    provider = _provider(name)
    equipment = _equipment()
    trial = trials.check(
        provider, keyring=_keyring(), outgoing=equipment.outgoing, by=current_user()
    )
    if htmx.is_partial():
        return render_template("services/_service.html", card=_card(provider, trial=trial))
    flash(f"{TRAITS[provider].label}: {trial.message}")
    return htmx.go(url_for("web.services.show"))


@bp.post("/caps")
@needs(Permission.SERVICES_MANAGE)
def set_caps() -> ResponseReturnValue:
    """Set how much the team may spend; an empty field gives the installation's own cap back."""
    try:
        _set_caps(_sums(request.form), current_user())
    except Invalid as error:
        return _page(cap_error=error), error.status
    flash("The caps are set.")
    return htmx.go(url_for("web.services.show"))


def _sums(form: Mapping[str, str]) -> dict[CapScope, float | None]:
    sums: dict[CapScope, float | None] = {}
    faults: dict[str, list[str]] = {}
    for scope in CapScope:
        text = form.get(scope, "").strip().replace(",", ".")
        try:
            sums[scope] = amount(text) if text else None
        except ValueError:
            faults[scope] = [NO_SUM]
    if faults:
        raise Invalid("Some caps need another look.", fields=faults)
    return sums


@transaction
def _set_caps(sums: Mapping[CapScope, float | None], by: User) -> None:
    """Set every cap that changes, or none."""
    stored = caps.limits({})
    for scope, limit_usd in sums.items():
        if limit_usd != stored[scope]:
            caps.set_cap(scope, limit_usd, by=by)


def _page(*, card: Card | None = None, cap_error: BacowrError | None = None) -> str:
    equipment, today = _equipment(), clock.now().date()
    listed = [_shown_card(each) for each in credentials.shown(_keyring())]
    cards = [card if card and card.provider is each.provider else each for each in listed]
    used = {(each.provider.value, each.model) for each in cards if each.shown.is_connected}
    prices = equipment.prices.rows(today)
    told: dict[str, Any] = {
        "writers": [each for each in cards if each.is_writer],
        "searches": [each for each in cards if not each.is_writer],
        "preferred": _keyring().preferred_search,
        "caps": {each.scope: each for each in caps.team_standings(equipment.caps)},
        "limits": caps.limits(equipment.caps),
        "stored": caps.limits({}),
        "defaults": equipment.caps,
        "scopes": list(CapScope),
        "cap_error": cap_error,
        "table": equipment.prices,
        "prices": prices,
        "in_use": [row for row in prices if row[:2] in used],
        "is_stale": equipment.prices.is_stale(today),
        "used": used,
    }
    return render_template("services/index.html", **told)


def _refused(provider: Provider, error: BacowrError) -> str:
    entered = {name: request.form.get(name, "") for name in ("base_url", "model")}
    card = replace(_card(provider), error=error, entered=entered)
    if htmx.is_partial():
        return render_template("services/_service.html", card=card)
    return _page(card=card)


def _card(provider: Provider, trial: Trial | None = None) -> Card:
    found = next(each for each in credentials.shown(_keyring()) if each.provider is provider)
    return replace(_shown_card(found), trial=trial)


def _shown_card(shown: credentials.Shown) -> Card:
    return Card(shown, guides.article_usd(shown, _equipment().prices))


def _provider(name: str) -> Provider:
    try:
        return Provider(name)
    except ValueError as error:
        raise NotFound("There is no such service.") from error


def _equipment() -> Equipment:
    equipment: Equipment = current_app.extensions["equipment"]
    return equipment


def _keyring() -> Keyring:
    keyring = _equipment().keyring
    if keyring is None:
        raise RuntimeError("This installation was made without a keyring.")
    return keyring
