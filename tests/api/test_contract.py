"""The API answers as its description says: requests drawn from the description, answers held to it.

The reduced run asks each operation a few times; the whole one, marked long, many times.
"""

from __future__ import annotations

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import ORDER, Caller, Json, write_document

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FEW, MANY = 8, 300


@pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_every_answer_is_a_described_one(app: Flask, caller: Caller, examples: int) -> None:
    job_id = caller.order()["id"]
    write_document(job_id)
    headers = {"X-API-Key": caller.key}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=headers)
    seen: dict[str, list[int]] = {}

    def ask(case: schemathesis.Case[Json]) -> None:
        asked = seen.setdefault(case.operation.label, [])
        if len(asked) % 2:  # Every other one is as good as can be, so that answers are not all 404.
            case.query = {}
            if case.path_parameters:
                case.path_parameters |= {"job_id": job_id, "kind": "brief"}
            if case.operation.label == "POST /api/v1/jobs":
                case.body = dict(ORDER)
                case.headers.clear()
        answer = case.call(headers=headers)
        asked.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

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
    silent = [name for name, statuses in seen.items() if not {200, 201} & set(statuses)]
    assert not silent, "Their answers were never held to the description."
