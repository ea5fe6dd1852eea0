import io
import json
import logging

import pytest
import structlog

from bacowr.base import log


@pytest.fixture(autouse=True)
def _restore() -> object:
    root, quiet = logging.getLogger(), logging.getLogger("urllib3")
    kept, level, quiet_level = list(root.handlers), root.level, quiet.level
    yield
    root.handlers[:] = kept
    root.setLevel(level)
    quiet.setLevel(quiet_level)


def test_every_line_is_one_json_object_with_the_request_s_id() -> None:
    stream = io.StringIO()
    log.configure("INFO", as_json=True, stream=stream)
    structlog.contextvars.bind_contextvars(request_id="r-1")
    structlog.get_logger("ours").info("hello", number=1)
    logging.getLogger("a.library").warning("theirs")
    structlog.contextvars.clear_contextvars()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["hello", "theirs"]
    assert {line["request_id"] for line in lines} == {"r-1"}
    assert lines[0]["number"] == 1
    assert lines[1]["level"] == "warning"


def test_errors_carry_their_trace() -> None:
    stream = io.StringIO()
    log.configure("INFO", as_json=True, stream=stream)
    try:
        {}["lost"]
    except KeyError:
        structlog.get_logger("ours").exception("broken")
    assert json.loads(stream.getvalue())["exception"][0]["exc_value"] == "'lost'"


@pytest.mark.parametrize("as_json", [True, False])
def test_traces_keep_variables_to_themselves(*, as_json: bool) -> None:
    stream = io.StringIO()
    log.configure("INFO", as_json=as_json, stream=stream)
    password = "tiger-lily"
    try:
        {}[len(password)]
    except KeyError:
        structlog.get_logger("ours").exception("broken")
    assert "KeyError" in stream.getvalue()
    assert password not in stream.getvalue()


def test_configuring_twice_writes_each_line_once_for_people() -> None:
    stream = io.StringIO()
    for _ in range(2):
        log.configure("INFO", as_json=False, stream=stream)
    structlog.get_logger("ours").info("hello")
    assert stream.getvalue().count("hello") == 1


def test_addresses_that_are_called_are_told_at_no_level() -> None:
    stream = io.StringIO()
    log.configure("DEBUG", as_json=True, stream=stream)
    logging.getLogger("urllib3.connectionpool").debug("GET /search.json?api_key=tiger-lily")
    logging.getLogger("urllib3.connection").warning("Failed to parse (url=/?api_key=tiger-lily)")
    assert stream.getvalue() == ""
