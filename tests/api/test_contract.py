"""The API answers as its description says: requests drawn from the description, answers held to it.

The reduced run asks each operation a few times; the whole one, marked long, many times.
"""

from __future__ import annotations

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
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
    seen: dict[str, set[int]] = {}

    def ask(case: schemathesis.Case[Json], *, usable: bool) -> None:
        if usable and "job_id" in case.path_parameters:
            case.path_parameters |= {"job_id": job_id}
        if usable and case.operation.method == "post":
            case.body = dict(ORDER)
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        seen.setdefault(case.operation.label, set()).add(answer.status_code)

    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # It raises for a faulty description.
        settings = hypothesis.settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        asked = hypothesis.given(case=operation.as_strategy(), usable=st.booleans())(ask)
        settings(asked)()
    assert len(seen) == len(list(schema.get_all_operations()))
    answered = {name for name, statuses in seen.items() if statuses & {200, 201}}
    assert answered >= set(seen) - {"POST /api/v1/jobs/{job_id}/retry"}, "Or nothing was checked."
