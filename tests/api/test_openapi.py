from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask

from bacowr.accounts.permissions import Role
from bacowr.api import docs, examples
from bacowr.jobs.schemas import JobSchema
from tests.api.conftest import Caller, Json, NewCaller, body_of

STATIC = Path(docs.__file__).parent / "static"


@pytest.fixture
def described(caller: Caller) -> Json:
    return body_of(caller.get("/openapi.json"))


def written(rule: str) -> str:
    """Write an address as OpenAPI does."""
    return re.sub(r"<(?:[^<>]*:)?([^<>:]+)>", r"{\1}", rule)


def operations(described: Json) -> dict[str, Json]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }


def test_every_address_is_described(app: Flask, described: Json) -> None:
    served = {
        f"{method} {written(rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("api_docs.")
    }
    silent = {"HEAD", "OPTIONS"}
    expected = {each for each in served if each.split()[0] not in silent}
    assert set(operations(described)) == expected


def test_the_description_is_whole(described: Json) -> None:
    assert described["openapi"] == "3.1.0"
    names = [operation["operationId"] for operation in operations(described).values()]
    assert len(names) == len(set(names))
    tags = {tag["name"] for tag in described["tags"]}
    for address, operation in operations(described).items():
        assert operation["summary"].endswith("."), address
        assert set(operation["tags"]) <= tags, address
        is_public = "/auth/" in address and not address.endswith(("/me", "/logout"))
        always = {"429", "500"} if is_public else {"401", "403", "429", "500"}
        assert always <= set(operation["responses"]), address
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                named = described["components"]["responses"][answer["$ref"].split("/")[-1]]
                assert list(named["content"]) == ["application/problem+json"]
    used = set(re.findall(r"#/components/schemas/(\w+)", str(described)))
    assert used == set(described["components"]["schemas"])


def test_the_order_s_schema_says_what_must_be(described: Json) -> None:
    schema = described["components"]["schemas"]["NewJob"]
    assert schema["required"] == ["anchor_text", "publisher_domain", "target_url"]
    assert not [each for each in schema["properties"].values() if "required" in each]
    assert schema["properties"]["anchor_text"]["maxLength"] == 500


def test_examples_are_true(described: Json) -> None:
    schemas = described["components"]["schemas"]
    assert list(examples.JOB) == list(schemas["Job"]["properties"])
    assert set(examples.ORDER) <= set(schemas["NewJob"]["properties"])
    for job in (examples.JOB, examples.CANCELED):
        assert JobSchema().validate(job) == {}
    problems = {
        answer["content"]["application/problem+json"]["example"]["status"]
        for answer in described["components"]["responses"].values()
    }
    assert problems == {400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503}
    assert list(examples.ESTIMATE) == list(schemas["Estimate"]["properties"])


def test_three_ways_of_saying_who_you_are_are_described(described: Json) -> None:
    schemes = described["components"]["securitySchemes"]
    assert {name for each in described["security"] for name in each} == set(schemes)
    assert schemes["apiKey"]["name"] == "X-API-Key"
    assert schemes["session"]["in"] == "cookie"


def test_a_viewer_may_read_the_description(new_caller: NewCaller) -> None:
    viewer = new_caller(role=Role.VIEWER)
    assert viewer.get("/openapi.json").status_code == 200
    assert viewer.get("/docs").status_code == 200


def test_the_page_keeps_to_the_content_security_policy(caller: Caller) -> None:
    answer = caller.get("/docs")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    page = answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)
    fetched = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(fetched) >= 5
    for address in fetched:
        if address == "data:,":
            continue
        assert address.startswith("/api/v1/")
        with caller.client.get(address, headers={"X-API-Key": caller.key}) as got:
            assert got.status_code == 200


def test_the_page_s_assets_need_no_key(caller: Caller) -> None:
    address = f"/api/v1/docs/static/{docs.SWAGGER}/swagger-ui.css"
    with caller.client.get(address) as asset:
        assert asset.status_code == 200
        assert asset.mimetype == "text/css"


def test_vendored_files_are_those_of_the_package() -> None:
    folder = STATIC / docs.SWAGGER
    listed = re.findall(r"`([0-9a-f]{64})` \| `([^`]+)`", (folder / "README.md").read_text("utf-8"))
    assert len(listed) == 2
    for digest, name in listed:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert (folder / "LICENSE").exists()
    assert [path.name for path in (STATIC / "vendor").iterdir()] == [folder.name]
