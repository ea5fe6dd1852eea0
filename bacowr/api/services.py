"""The services that write and search: what is connected, what it costs, and whether a key works."""

from typing import Any

from flask import Response

from bacowr.accounts.permissions import Permission
from bacowr.api import examples, lists
from bacowr.api.openapi import Blueprint
from bacowr.base.db import db
from bacowr.base.errors import ProviderDown
from bacowr.base.paging import MAX_PAGE_SIZE, Page
from bacowr.gate import installation
from bacowr.gate.guard import needs
from bacowr.jobs.money.quotes import Asked, Quote, quote
from bacowr.jobs.money.schemas import EstimateSchema, NewEstimateSchema
from bacowr.providers import trials
from bacowr.providers.credentials import shown
from bacowr.providers.keyring import Opened, Where
from bacowr.providers.schemas import KeyTrialSchema, KeyVerdictSchema, ProviderSchema
from bacowr.providers.trials import Verdict

_provider = ProviderSchema()

bp = Blueprint(
    "api_services",
    __name__,
    url_prefix="/api/v1",
    description="The services that write and search, and what they cost.",
)


@bp.route("/providers")
@bp.response(200, lists.schema_of(ProviderSchema))
@needs(Permission.SERVICES_READ)
def list_providers() -> Response:
    """List every service with what counts for you; all of them on one page.

    Your team's own key (`team`) goes before the installation's (`environment` or `stored`). Of a
    key only its last four characters are ever shown.
    """
    found = shown(installation.own_keyring())
    page = Page(found, len(found), 1, MAX_PAGE_SIZE)
    return lists.answer(page, _provider.dump(found, many=True))


@bp.route("/cost/estimate", methods=["POST"])
@bp.arguments(NewEstimateSchema)
@bp.response(200, EstimateSchema, example=examples.ESTIMATE)
@needs(Permission.SERVICES_READ)
def estimate_cost(asked: dict[str, Any]) -> Quote:
    """Estimate what articles will cost, before anything is spent.

    The sums rest on assumed numbers of tokens and on the price table of `checked_on`; they are
    null when the model's price isn't known.
    """
    return quote(Asked(**asked), installation.own_equipment())


@bp.route("/analytics/cost-estimate", methods=["POST"])
@bp.arguments(NewEstimateSchema)
@bp.response(200, EstimateSchema, example=examples.ESTIMATE)
@needs(Permission.SERVICES_READ)
def estimate_cost_by_older_name(asked: dict[str, Any]) -> Quote:
    """Do the same as `/cost/estimate`, at an address that older clients use."""
    return quote(Asked(**asked), installation.own_equipment())


@bp.route("/analytics/cost/estimate", methods=["POST"])
@bp.arguments(NewEstimateSchema)
@bp.response(200, EstimateSchema, example=examples.ESTIMATE)
@needs(Permission.SERVICES_READ)
def estimate_cost_by_oldest_name(asked: dict[str, Any]) -> Quote:
    """Do the same as `/cost/estimate`, at another address that older clients use."""
    return quote(Asked(**asked), installation.own_equipment())


@bp.route("/users/me/test-api-key", methods=["POST"])
@bp.arguments(KeyTrialSchema)
@bp.response(200, KeyVerdictSchema)
@bp.alt_response(502, response="BAD_GATEWAY")
@needs(Permission.SERVICES_MANAGE)
def try_api_key(sent: dict[str, Any]) -> dict[str, object]:
    """Try out a key with one small call; the key is not stored.

    For admins: it makes the server call out. A service that can't be asked leaves the question
    open, and the answer is 502.
    """
    opened = Opened(sent["provider"], Where.STORED, sent["api_key"])
    db.session.close()  # Nobody else waits for this connection while a service takes its time.
    trial = trials.attempt(opened, installation.equipment().outgoing)
    if trial.verdict is Verdict.UNCLEAR:
        raise ProviderDown(trial.message)
    return {"valid": trial.ok, "message": trial.message}
