"""Caps as people write them into a form, and setting those that changed."""

from collections.abc import Iterable, Mapping

from bacowr.accounts.models import User
from bacowr.base.db import transaction
from bacowr.base.errors import Invalid
from bacowr.base.settings import amount
from bacowr.jobs.money import caps, holding
from bacowr.jobs.spending import CapScope

NO_SUM = "Give a sum such as 10 or 0.50, or nothing for the installation's own."

Sums = dict[CapScope, float | None]


def read(form: Mapping[str, str], scopes: Iterable[CapScope]) -> Sums:
    """Read a sum for each scope, None for an empty field; raise Invalid for what is none."""
    sums: Sums = {}
    faults: dict[str, list[str]] = {}
    for scope in scopes:
        text = form.get(scope, "").strip().replace(",", ".")
        try:
            sums[scope] = amount(text) if text else None
        except ValueError:
            faults[scope] = [NO_SUM]
    if faults:
        raise Invalid("Some caps need another look.", fields=faults)
    return sums


@transaction
def change(sums: Sums, *, by: User) -> None:
    """Set every cap of everybody's that changes, or none."""
    stored = caps.limits({})
    for scope, limit_usd in sums.items():
        if limit_usd != stored[scope]:
            caps.set_cap(scope, limit_usd, by=by)


@transaction
def change_of_team(team_id: str, sums: Sums, *, by: User) -> None:
    """Set every cap of a team's that changes, or none."""
    stored = holding.limits_of_team(team_id)
    for scope, limit_usd in sums.items():
        if limit_usd != stored.get(scope):
            holding.set_team_cap(team_id, scope, limit_usd, by=by)
