"""Databases as the older BACOWR left them: its tables, and rows with every known fault."""

from __future__ import annotations

import functools
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bcrypt
import sqlalchemy as sa

Rows = dict[str, list[dict[str, Any]]]

GENERATIONS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "generations.json").read_text("utf-8")
)
BASE = ("users", "jobs", "backlinks", "job_results")
REVIEW = ("batches", "batch_review_items")
AUDIT = ("audit_logs",)
POSTGRES = {"DATETIME": "TIMESTAMP WITH TIME ZONE", "FLOAT": "DOUBLE PRECISION"}
PASSWORD = "correct horse battery staple"
LONG_PASSWORD = "å" * 40  # 80 bytes: bcrypt saw the first 72.
KEY = "bacowr_k3yOfAnna-000000000000000000000000000"
BUILT: dict[str, bytes] = {}
START = datetime(2025, 11, 10, 8, 30, tzinfo=UTC)


def tables_of(name: str) -> dict[str, Any]:
    """Return the tables of a generation, of P1, P2 or of Gx…+G2."""
    if name == "P1":
        return {"audit_logs": GENERATIONS["G2"]["audit_logs"]}
    if name == "P2":
        return {table: GENERATIONS["G2"][table] for table in (*BASE, *AUDIT)}
    base, plus, _ = name.partition("+")
    further = (*REVIEW, *AUDIT) if plus else ()
    return GENERATIONS[base] | {table: GENERATIONS["G2"][table] for table in further}


def build(url: str, generation: str, rows: Rows | None = None) -> sa.Engine:
    """Make an older database and fill it; the same SQLite file is made once and copied."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name != "sqlite":
        _fill(engine, generation, rows)
        return engine
    path = Path(str(engine.url.database))
    key = generation + json.dumps(rows, default=str)
    if key not in BUILT:
        path.parent.mkdir(parents=True, exist_ok=True)
        _fill(engine, generation, rows)
        BUILT[key] = path.read_bytes()
    path.write_bytes(BUILT[key])
    return engine


def _fill(engine: sa.Engine, generation: str, rows: Rows | None) -> None:
    with engine.begin() as connection:
        for table, schema in tables_of(generation).items():
            connection.exec_driver_sql(_create(engine.dialect.name, table, schema))
            for name, index in schema["indexes"].items():
                unique = "UNIQUE " if index["unique"] else ""
                columns = ", ".join(index["cols"])
                connection.exec_driver_sql(f"CREATE {unique}INDEX {name} ON {table} ({columns})")
        for table, several in (rows or {}).items():
            if table in tables_of(generation):
                insert(connection, table, several, tables_of(generation)[table]["columns"])


def _create(dialect: str, table: str, schema: dict[str, Any]) -> str:
    lines = []
    for name, text in schema["columns"].items():
        kind, _, rest = text.partition(" ")
        kind = POSTGRES.get(kind, kind) if dialect == "postgresql" else kind
        lines.append(f"{name} {kind} {rest}".strip())
    lines.append("PRIMARY KEY (id)")
    return f"CREATE TABLE {table} ({', '.join(lines)})"


def insert(
    connection: sa.Connection, table: str, rows: list[dict[str, Any]], columns: dict[str, str]
) -> None:
    for row in rows:
        given = {name: value for name, value in row.items() if name in columns}
        names = ", ".join(given)
        marks = ", ".join(
            f"CAST(:{name} AS JSON)"
            if columns[name].startswith("JSON") and connection.dialect.name == "postgresql"
            else f":{name}"
            for name in given
        )
        statement = sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})")
        connection.execute(statement, _bound(connection, given, columns))


def _bound(
    connection: sa.Connection, row: dict[str, Any], columns: dict[str, str]
) -> dict[str, Any]:
    bound = dict(row)
    for name, value in row.items():
        if isinstance(value, dict | list):
            bound[name] = json.dumps(value)
        elif isinstance(value, datetime) and connection.dialect.name == "sqlite":
            bound[name] = value.replace(tzinfo=None).isoformat(" ")
        elif columns[name].startswith("BOOLEAN") and value is not None:
            bound[name] = bool(value) if connection.dialect.name == "postgresql" else int(value)
    return bound


def ident(text: str) -> str:
    """Return the same UUID for the same name."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, text))


def hashed(password: str) -> str:
    """Hash as the older BACOWR did, with the least work."""
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()


def user(name: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": ident(name),
        "email": f"{name}@example.se",
        "api_key": f"bacowr_{ident(name)}",
        "hashed_password": None,
        "is_active": True,
        "is_admin": False,
        "created_at": START,
    } | values


def job(name: str, owner: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": ident(name),
        "user_id": ident(owner),
        "publisher_domain": "Tidning.se",
        "target_url": "https://kund.se/sida",
        "anchor_text": "bästa valet",
        "llm_provider": "auto",
        "writing_strategy": "multi_stage",
        "country": "se",
        "use_ahrefs": True,
        "enable_llm_profiling": False,
        "status": "DELIVERED",
        "retry_count": 0,
        "created_at": START,
    } | values


def backlink(name: str, owner: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": ident(name),
        "user_id": ident(owner),
        "publisher_domain": "tidning.se",
        "publisher_url": "https://tidning.se/artikel",
        "target_url": "https://kund.se/sida",
        "anchor_text": "bästa valet",
        "domain_authority": 40,
        "tags": ["a", "b"],
        "created_at": START,
    } | values


def item(name: str, batch: str, of: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": ident(name),
        "batch_id": ident(batch),
        "job_id": ident(of),
        "review_status": "pending",
        "qc_score": 0.0,
        "created_at": START,
    } | values


@functools.cache
def faulty() -> Rows:
    """Return rows with every fault of domain 6.3 that isn't refused."""
    later = START + timedelta(days=1)
    return {
        "users": [
            user("anna", api_key=KEY, hashed_password=hashed(PASSWORD), full_name="Anna Å"),
            user("lars", hashed_password=hashed(LONG_PASSWORD), is_active=False, is_admin=True),
            user(
                "chef",
                email="admin@bacowr.local",
                hashed_password=hashed("admin123"),
                is_admin=True,
                role="admin",
                account_status="active",
                jobs_quota=50,
                tokens_quota=7,
                username="admin",
                metadata_field={"theme": "dark"},
                reset_token="plain",
                created_at=datetime(2025, 11, 6, tzinfo=UTC),
            ),
            user(
                "kim",
                role="viewer",
                account_status="suspended",
                is_active=True,
                api_key="test-api-key",
                notification_email="kim@example.se",
                webhook_url="https://kim.example.se/hook",
                enable_webhook_notifications=True,
            ),
        ],
        "jobs": [
            job(
                "whole",
                "anna",
                article_text="# Titel\n\nText med länk.",
                job_package={"job_meta": {"serp_source": "ahrefs"}},
                qc_report={"status": "PASS_WITH_AUTOFIX", "issues": []},
                execution_log={"transitions": []},
                actual_cost=0.06,
                estimated_cost=0.05,
                completed_at=later,
            ),
            job(
                "mock",
                "anna",
                status="Delivered",
                article_text="Text",
                job_package={"job_meta": {"serp_source": "mock"}},
            ),
            job("template", "anna", article_text="*Cirka 250 ord (mock-version - produktion)*"),
            job("host", "anna", job_package={"serp_sets": [{"url": "https://example2.com/a"}]}),
            job("metrics", "anna", metrics={"generation": {"provider": "mock"}}),
            job("stuck", "anna", status="PROCESSING", started_at=START),
            job("waiting", "lars", status="pending", llm_provider="gpt-9", country="SWE"),
            job("failed", "lars", status="aborted", error_message="Boom"),
            job("red", "lars", status="BLOCKED", qc_report={"status": "fail"}),
        ],
        "backlinks": [
            backlink("first", "anna"),
            backlink("same", "anna", created_at=later),
            backlink("alike", "anna", created_at=later, domain_authority=41),
            backlink("other", "lars", publisher_url=None, tags=None),
        ],
        "job_results": [
            {
                "id": ident("result"),
                "job_id": ident("whole"),
                "user_id": ident("anna"),
                "qc_score": 0.0,
                "delivered": False,
                "cost_actual": 0.06,
                "token_usage_input": 0,
                "created_at": START,
            },
            {
                "id": ident("lonely"),
                "job_id": ident("gone"),
                "user_id": ident("nobody"),
                "created_at": START,
            },
        ],
        "batches": [
            {
                "id": ident("batch"),
                "user_id": ident("anna"),
                "name": "Måndag",
                "status": "processing",
                "total_items": 99,
                "actual_total_cost": 1.5,
                "batch_config": {"workers": 3},
                "created_at": START,
            }
        ],
        "batch_review_items": [
            item("one", "batch", "whole", review_status="regenerated", qc_status="PASS"),
            item("two", "batch", "mock", review_status="approved", reviewed_by=ident("nobody")),
            item("twice", "batch", "mock"),
            item("orphan", "batch", "gone"),
        ],
        "audit_logs": [
            {
                "id": ident("audit"),
                "timestamp": START,
                "user_id": None,
                "api_key": KEY,
                "action": "job.create",
                "resource_type": "job",
                "method": "POST",
                "endpoint": "/api/v1/jobs?api_key=abc",
                "status": "success",
                "status_code": "201",
                "duration_ms": "12.5",
                "request_data": {"password": "hemligt"},
            },
            {
                "id": ident("audit2"),
                "timestamp": START,
                "user_email": "anna@example.se",
                "action": "user.login",
                "resource_type": "user",
                "status": "failure",
                "status_code": "none",
            },
        ],
        "campaigns": [
            {
                "id": ident("campaign"),
                "user_id": ident("anna"),
                "name": "Höst",
                "status": "active",
                "target_budget_usd": 100.0,
                "created_at": START,
            }
        ],
        "job_templates": [
            {
                "id": ident("template"),
                "user_id": ident("anna"),
                "campaign_id": ident("no campaign"),
                "name": "Mall",
                "use_count": 3,
                "created_at": START,
            }
        ],
        "scheduled_jobs": [
            {
                "id": ident("schedule"),
                "user_id": ident("anna"),
                "campaign_id": ident("campaign"),
                "template_id": ident("template"),
                "name": "Varje vecka",
                "schedule_type": "weekly",
                "scheduled_at": START,
                "job_config": {"anchor_text": "x"},
                "status": "active",
                "next_run_at": later,
                "created_at": START,
            }
        ],
        "publisher_metrics": [
            {"id": ident("metric"), "user_id": ident("anna"), "publisher_domain": "tidning.se"}
        ],
        "publisher_insights": [
            {
                "id": ident("insight"),
                "user_id": ident("anna"),
                "publisher_domain": "tidning.se",
                "insight_type": "quality",
                "title": "Bra",
                "description": "Mycket bra",
            }
        ],
    }


def many(count: int) -> Rows:
    """Return one user with many placements, for interrupting and for measuring."""
    rows = [
        backlink(f"link {n}", "anna", publisher_url=f"https://tidning.se/{n}") for n in range(count)
    ]
    return {"users": [user("anna")], "backlinks": rows}
