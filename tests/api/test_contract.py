"""The API answers as its description says: requests drawn from the description, answers held to it.

The reduced run asks each operation a few times; the whole one, marked long, many times.
"""

from __future__ import annotations

from dataclasses import dataclass

import hypothesis
import pytest
import schemathesis
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bacowr.accounts import quotas
from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.backlinks import service as backlinks
from bacowr.base.db import db
from bacowr.jobs.articles import checking, signing
from bacowr.jobs.models import Job
from bacowr.jobs.states import SignoffStep
from bacowr.jobs.texts import Document
from tests.api.conftest import (
    ORDER,
    Caller,
    Json,
    NewCaller,
    decide_all,
    latest_of,
    sign_both,
)
from tests.api.nights import Nights
from tests.api.strangers import Strangers
from tests.api.tellings import Tellings
from tests.api.watched import Watched
from tests.plugins.model_server import KEY
from tests.plugins.orders import Written

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FEW, MANY = 8, 300
MANY = 1_000_000  # The long form orders more than a month's quota holds.
UNAVAILABLE = 503
NO_FAULTS = {502, UNAVAILABLE}
LINK = {
    "publisher_domain": "publisher.se",
    "target_url": "https://shop.se/heat-pumps",
    "anchor_text": "heat pumps",
}


@dataclass
class Good:
    """Makes a drawn request as good as can be, so that the answers are not all refusals."""

    caller: Caller
    edited: Job
    regenerated: Job
    signed: Job
    waiting_id: str
    strangers: Strangers
    nights: Nights
    tellings: Tellings
    watched: Watched

    def make(self, case: schemathesis.Case[Json]) -> None:
        label = case.operation.label.removeprefix("POST /api/v1")
        case.query = {}
        if case.path_parameters:
            case.path_parameters |= {"job_id": self._job_id(label), "kind": "brief"}
            if "finding_key" in case.path_parameters:
                case.path_parameters["finding_key"] = self._finding()
            if "event_id" in case.path_parameters:
                case.path_parameters["event_id"] = self._event_id()
            if "user_id" in case.path_parameters:
                case.path_parameters["user_id"] = self.strangers.new().id
            if "backlink_id" in case.path_parameters:
                made = backlinks.create(LINK, owner=self.caller.user, as_new=True)
                case.path_parameters["backlink_id"] = made.id
            case.path_parameters |= self.nights.places(label)
            case.path_parameters |= self.tellings.places(case.path_parameters)
            case.path_parameters |= self.watched.places(case.path_parameters)
        places = case.path_parameters or {}
        if (body := self.nights.body(label, places) or self._body(label)) is not None:
            case.body = body
            case.headers.clear()

    def _job_id(self, label: str) -> str:
        if label.startswith("DELETE"):
            return str(self.caller.order()["id"])
        last = label.rpartition("/")[2]
        others = {"regenerate": self.regenerated.id, "export": self.signed.id}
        return others.get(last, self.waiting_id if last in {"cancel", "retry"} else self.edited.id)

    def _body(self, label: str) -> Json:
        for makers in (self.strangers, self.tellings):
            if (body := makers.body(label)) is not None:
                return body
        document = latest_of(self.edited)
        edit = {"article": f"{document.text}\nMer.\n", "base_version_id": document.id}
        return {
            "/jobs": dict(ORDER),
            "/backlinks": LINK | {"notes": label},
            "/backlinks/bulk": {"backlinks": [LINK]},
            "PATCH /api/v1/backlinks/{backlink_id}": {"notes": "Seen."},
            "PATCH /api/v1/users/me/settings": {"cost_limits": {"daily_limit_usd": 5}},
            "PUT /api/v1/jobs/{job_id}/article": edit,
            "/jobs/{job_id}/check": {"article": document.text},
            "/jobs/{job_id}/findings/{finding_key}": {"decision": "ignored", "reason": "Seen."},
            "/jobs/{job_id}/signoffs": self._signature(document),
            "/jobs/{job_id}/regenerate": {"note": "Shorter."},
            "/users/me/test-api-key": {"provider": "anthropic", "api_key": KEY},
        }.get(label)

    def _event_id(self) -> str | None:
        own = sa.select(AuditEvent.id).where(AuditEvent.actor_id == self.caller.user.id)
        return db.session.scalar(own.limit(1))

    def _finding(self) -> str:
        report = checking.report_of(latest_of(self.edited))
        assert report is not None
        return next(each.key for each in report.findings if each.decidable)

    def _signature(self, document: Document) -> Json:
        decide_all(self.edited, self.caller.user)
        return {
            "step": "facts",
            "version_id": document.id,
            "diff_sha256": signing.shown_digest(self.edited, document),
            "answers": {each.key: True for each in signing.checklist(SignoffStep.FACTS)},
        }


@pytest.fixture
def good(app: Flask, new_caller: NewCaller, article: Written) -> Good:
    caller = new_caller("admin@example.org", role=Role.ADMIN)
    quotas.set_limits(caller.user, jobs=MANY, tokens=MANY, by=caller.user)
    signed = article(caller.user)
    sign_both(signed, caller.user)
    waiting_id = caller.order()["id"]
    return Good(
        caller,
        article(caller.user),
        article(caller.user),
        signed,
        waiting_id,
        Strangers(caller.user),
        Nights(caller.user.id, signed),
        Tellings.of(app, caller.user),
        Watched(caller.user),
    )


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_every_answer_is_a_described_one(app: Flask, good: Good, examples: int) -> None:
    headers = {"X-API-Key": good.caller.key}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=headers)
    seen: dict[str, list[int]] = {}

    def ask(case: schemathesis.Case[Json]) -> None:
        asked = seen.setdefault(case.operation.label, [])
        if len(asked) % 2:
            good.make(case)
        answer = case.call(headers=headers)
        asked.append(answer.status_code)
        # That another service doesn't answer is no fault of ours; it is described.
        checks = CHECKS[1:] if answer.status_code in NO_FAULTS else CHECKS
        case.validate_response(answer, checks=checks)

    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # It raises for a faulty description.
        settings = hypothesis.settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        settings(hypothesis.given(operation.as_strategy())(ask))()
    assert len(seen) == len(list(schema.get_all_operations()))
    good_ones = {200, 201, 202, 204, UNAVAILABLE}
    silent = [name for name, statuses in seen.items() if not good_ones & set(statuses)]
    assert not silent, "Their answers were never held to the description."
