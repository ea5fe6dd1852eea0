"""Usage: what the older BACOWR noted of each run, all of it estimates."""

from typing import Any

from bacowr.accounts.usage import CostSource, UsageEntry
from bacowr.takeover.conversion.records import Records
from bacowr.takeover.rows import BIGINT, Known, Row, Unusable
from bacowr.takeover.rules import Rule

ID_LENGTH = 36


def convert(row: Row, known: Known) -> Records:
    """Turn a job's result into an entry of what it used up."""
    owner = row.needed("user_id")
    if owner not in known.ids["users"]:
        raise Unusable(f"its user {owner[:40]!r} is missing ({Rule.ORPHAN})")
    job = row.needed("job_id", ID_LENGTH)
    row.repair(Rule.LIST_PRICE)
    if row.number("qc_score") in {None, 0.0} or not row.flag("delivered"):
        row.repair(Rule.NO_SCORE)
    entry: dict[str, Any] = {
        "id": row.id,
        "owner_id": owner,
        "job_id": job,
        "at": row.made_at(known),
        "provider": row.short("provider_used", 64),
        "model": row.short("model_used", 120),
        "strategy": row.short("strategy_used", 32),
        "input_tokens": _counted(row, "token_usage_input"),
        "output_tokens": _counted(row, "token_usage_output"),
        "cost_usd": row.number("cost_actual"),
        "cost_source": CostSource.ESTIMATE,
        "seconds": row.number("total_time_seconds"),
        "is_delivered": job in known.ids["delivered"] if job in known.ids["jobs"] else None,
    }
    for name in ("issue_count", "generation_time_seconds", "qc_status"):
        row.keep(name, row.values.get(name))
    return [(UsageEntry, entry)]


def _counted(row: Row, name: str) -> int | None:
    """Return a number of tokens; 0 is what the older BACOWR wrote when it didn't know."""
    found = row.whole(name, BIGINT)
    if found == 0:
        row.repair(Rule.NEVER_COUNTED)
        return None
    return found
