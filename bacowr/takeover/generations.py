"""The older BACOWR's generations, each known by its tables and columns (domain 6.1).

Never by the version row: the one revision that the older BACOWR had created one table of many.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Columns = frozenset[str]


def _columns(text: str) -> Columns:
    return frozenset(text.split())


TABLES: dict[str, Columns] = {
    "jobs": _columns(
        "id user_id publisher_domain target_url anchor_text llm_provider writing_strategy "
        "country use_ahrefs enable_llm_profiling status article_text job_package qc_report "
        "execution_log metrics estimated_cost actual_cost created_at started_at completed_at "
        "error_message retry_count"
    ),
    "job_results": _columns(
        "id job_id user_id qc_score qc_status issue_count generation_time_seconds "
        "total_time_seconds provider_used model_used strategy_used cost_actual "
        "token_usage_input token_usage_output delivered retry_needed created_at"
    ),
    "backlinks": _columns(
        "id user_id publisher_domain publisher_url target_url anchor_text domain_authority "
        "page_authority traffic_estimate backlink_count category language notes tags created_at "
        "published_at custom_metrics"
    ),
    "batches": _columns(
        "id user_id name description status total_items items_completed items_approved "
        "items_rejected items_pending_review estimated_total_cost actual_total_cost created_at "
        "started_at completed_at review_started_at review_completed_at batch_config"
    ),
    "batch_review_items": _columns(
        "id batch_id job_id review_status reviewer_notes reviewed_by reviewed_at qc_score "
        "qc_status qc_issues_count regeneration_count original_job_id created_at"
    ),
    "audit_logs": _columns(
        "id timestamp user_id user_email api_key action resource_type resource_id method "
        "endpoint ip_address user_agent status status_code error_message request_data "
        "response_data extra_data duration_ms"
    ),
    "campaigns": _columns(
        "id user_id name description status color tags target_job_count target_budget_usd "
        "created_at updated_at start_date end_date"
    ),
    "job_templates": _columns(
        "id user_id campaign_id name description publisher_domain llm_provider writing_strategy "
        "country use_ahrefs enable_llm_profiling use_count is_favorite tags created_at "
        "updated_at last_used_at"
    ),
    "scheduled_jobs": _columns(
        "id user_id campaign_id template_id name description schedule_type scheduled_at "
        "recurrence_pattern recurrence_end_date timezone job_config status last_run_at "
        "next_run_at run_count max_runs last_job_id last_job_status created_at updated_at "
        "error_count last_error"
    ),
    "publisher_metrics": _columns(
        "id user_id publisher_domain total_jobs successful_jobs failed_jobs pending_jobs "
        "success_rate avg_qc_score avg_issue_count quality_trend total_cost_usd "
        "avg_cost_per_job cost_trend avg_generation_time_seconds avg_retry_count "
        "most_used_provider most_used_strategy provider_distribution recommendation_score "
        "recommendation_reason first_job_at last_job_at last_updated_at created_at"
    ),
    "publisher_insights": _columns(
        "id user_id publisher_domain insight_type priority title description action_items "
        "confidence_score sample_size evidence is_active is_automated tags created_at "
        "updated_at expires_at"
    ),
}
USERS_8 = _columns("id email api_key hashed_password is_active is_admin created_at updated_at")
USERS_9 = USERS_8 | {"full_name"}
USERS_13 = USERS_9 | _columns(
    "notification_email webhook_url enable_email_notifications enable_webhook_notifications"
)
USERS_20 = USERS_9 | _columns(
    "username role account_status jobs_created_count jobs_quota tokens_used tokens_quota "
    "reset_token reset_token_expires metadata_field last_login"
)

BASE = ("users", "jobs", "backlinks", "job_results")
REVIEW = ("batches", "batch_review_items")
PLANS = ("campaigns", "job_templates", "scheduled_jobs")
PUBLISHERS = ("publisher_metrics", "publisher_insights")
AUDIT = ("audit_logs",)


@dataclass(frozen=True)
class Generation:
    """One state that the older BACOWR's schema was in."""

    name: str
    tables: Mapping[str, Columns]


def _generation(name: str, users: Columns | None, *groups: tuple[str, ...]) -> Generation:
    names = [table for group in groups for table in group]
    tables = {table: TABLES[table] for table in names if table != "users"}
    return Generation(name, tables if users is None else {"users": users, **tables})


GENERATIONS: tuple[Generation, ...] = (
    _generation("G0", USERS_8, BASE),
    _generation("G1", USERS_8, BASE, REVIEW),
    _generation("G2", USERS_8, BASE, REVIEW, AUDIT),
    _generation("G3", USERS_20, BASE, REVIEW, AUDIT),
    _generation("Gx1", USERS_9, BASE),
    _generation("Gx2", USERS_13, BASE),
    _generation("Gx3", USERS_13, BASE, PLANS),
    _generation("Gx4", USERS_13, BASE, PLANS, PUBLISHERS),
    _generation("P1", None, AUDIT),
    _generation("P2", USERS_8, BASE, AUDIT),
    _generation("Gx1+G2", USERS_9, BASE, REVIEW, AUDIT),
    _generation("Gx2+G2", USERS_13, BASE, REVIEW, AUDIT),
    _generation("Gx3+G2", USERS_13, BASE, PLANS, REVIEW, AUDIT),
    _generation("Gx4+G2", USERS_13, BASE, PLANS, PUBLISHERS, REVIEW, AUDIT),
)


def known_tables() -> frozenset[str]:
    """Return the names that any generation has."""
    return frozenset(TABLES) | {"users"}


def recognize(found: Mapping[str, Columns]) -> Generation | None:
    """Return the generation whose tables and columns these are, all and no others."""
    for generation in GENERATIONS:
        if dict(generation.tables) == dict(found):
            return generation
    return None


def nearest(found: Mapping[str, Columns]) -> tuple[Generation, list[str]]:
    """Return the generation that differs least, and the differences in words."""
    compared = [(generation, differences(generation, found)) for generation in GENERATIONS]
    return min(compared, key=lambda pair: len(pair[1]))


def differences(generation: Generation, found: Mapping[str, Columns]) -> list[str]:
    """Say in words what is missing and what is there beyond the generation."""
    told = []
    for table in sorted(generation.tables.keys() | found.keys()):
        if table not in found:
            told.append(f"- table {table}")
        elif table not in generation.tables:
            told.append(f"+ table {table}")
        else:
            wanted, there = generation.tables[table], found[table]
            told += [f"- column {table}.{column}" for column in sorted(wanted - there)]
            told += [f"+ column {table}.{column}" for column in sorted(there - wanted)]
    return told
