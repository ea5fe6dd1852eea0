"""Streams that come in pieces, or only in part."""

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.base.http import Outgoing
from bacowr.base.posting import Reply
from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Ending, WriterFault
from bacowr.engine.providers.writers.catalog import WriterConfig, build_writer
from bacowr.engine.providers.writers.dialect import Gathered
from bacowr.engine.providers.writers.events import Event, EventReader
from bacowr.engine.providers.writers.faults import Setback
from bacowr.engine.providers.writers.http_writer import HttpWriter
from tests.plugins import model_wire

SERVICES = [each for each in LlmProvider if each is not LlmProvider.AUTO]
TEXT = "En text på svenska: «citat», 😀 och ett långt ord.\n\nEtt stycke till."
services = st.sampled_from(SERVICES)


def read(provider: LlmProvider, chunks: Iterator[bytes]) -> Gathered:
    """Read an answer as the writer of a service does."""
    writer = build_writer(WriterConfig(provider, "k", "http://a.example", "m"), Outgoing())
    assert isinstance(writer, HttpWriter)
    return writer._read(Reply(200, {}, chunks))


def outcome(provider: LlmProvider, data: bytes) -> Gathered | Setback:
    try:
        return read(provider, iter([data]))
    except Setback as setback:
        return setback


def taken_apart(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    edges = sorted({0, len(data), *(each % (len(data) + 1) for each in cuts)})
    return (data[start:end] for start, end in pairwise(edges))


@given(services, st.lists(st.integers(min_value=0)))
def test_reads_the_same_wherever_the_pieces_end(provider: LlmProvider, cuts: list[int]) -> None:
    data = model_wire.stream(provider, TEXT, counts=(40, 9))
    gathered = read(provider, taken_apart(data, cuts))
    assert gathered.text == TEXT
    assert (gathered.input_tokens, gathered.output_tokens) == (40, 9)
    assert gathered.ending is Ending.COMPLETE


@pytest.mark.parametrize("provider", SERVICES)
def test_reads_the_same_byte_by_byte(provider: LlmProvider) -> None:
    data = model_wire.stream(provider, TEXT)
    assert read(provider, (data[at : at + 1] for at in range(len(data)))).text == TEXT


@given(services, st.integers(min_value=0), st.sampled_from(["complete", "cut"]))
def test_a_stream_cut_anywhere_is_never_taken_for_a_whole_one(
    provider: LlmProvider, at: int, ending: str
) -> None:
    data = model_wire.stream(provider, TEXT, ending, counts=None)
    part = data[: at % len(data)]
    found = outcome(provider, part)
    if isinstance(found, Gathered):
        # What is missing then is only the last line of a server that need not send one.
        assert (provider, found.text) == (LlmProvider.COMPATIBLE, TEXT)
    else:
        assert found.failed.fault in {WriterFault.CUT, WriterFault.GARBAGE}
        assert (found.failed.may_cost, found.is_passing) == (True, False)


@pytest.mark.parametrize("provider", SERVICES)
def test_nothing_is_whole_before_its_last_byte_but_one(provider: LlmProvider) -> None:
    data = model_wire.stream(provider, TEXT, counts=None)
    longest = data.rstrip(b"\r\n")
    for missing in range(len(data) - len(longest), 300):
        found = outcome(provider, data[: len(data) - missing])
        is_whole = isinstance(found, Gathered)
        assert not is_whole or provider is LlmProvider.COMPATIBLE


@given(services, st.binary(max_size=300))
def test_any_bytes_are_text_or_a_fault(provider: LlmProvider, noise: bytes) -> None:
    with pytest.raises(Setback):
        read(provider, iter([b"data: " + noise, b"\n\n"]))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type", "message", "usage", "delta", "content_block", "text", "stop_reason",
                    "choices", "content", "finish_reason", "error", "candidates", "parts",
                    "finishReason", "usageMetadata", "promptFeedback", "input_tokens", "refusal",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(services, st.lists(_json, max_size=4))
def test_json_of_any_shape_is_text_or_a_fault(provider: LlmProvider, events: list[object]) -> None:
    data = "".join(f"data: {json.dumps(each)}\n\n" for each in events).encode()
    found = outcome(provider, data)
    assert isinstance(found, Setback) or isinstance(found.ending, Ending)


@pytest.mark.parametrize(
    ("raw", "events"),
    [
        (b"data: a\n\n", [Event("", "a")]),
        (b"\xef\xbb\xbfdata:a\r\n\r\n", [Event("", "a")]),
        (b"event: ping\ndata: a\ndata:  b\n\n", [Event("ping", "a\n b")]),
        (b": comment\nid: 1\nretry: 5\nunknown\ndata: a\n\n", [Event("", "a")]),
        (b"event: empty\n\ndata: a\n\n", [Event("", "a")]),
        (b"data: a\n\ndata: b\n", [Event("", "a")]),
        (b"data: a\n\ndata: b\n\n", [Event("", "a"), Event("", "b")]),
        (b"data\n\n", [Event("", "")]),
        (b"\n\n\n", []),
    ],
)
def test_reads_events_as_the_standard_says(raw: bytes, events: list[Event]) -> None:
    assert EventReader().feed(raw) == events


@given(st.lists(st.integers(min_value=0)))
def test_events_are_the_same_wherever_the_chunks_end(cuts: list[int]) -> None:
    raw = "event: a\r\ndata: å\r\n\r\n: x\n\ndata: 😀\ndata: b\n\nevent: c\n\n".encode()
    reader = EventReader()
    found = [each for chunk in taken_apart(raw, cuts) for each in reader.feed(chunk)]
    assert found == [Event("a", "å"), Event("", "😀\nb")]


def test_what_is_no_utf8_is_told() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        EventReader().feed(b"data: \xff\n")


def events(*data: object) -> Iterator[bytes]:
    return iter([f"data: {json.dumps(each)}\n\n".encode() for each in data])


def test_a_model_that_asks_for_a_tool_has_not_finished() -> None:
    start = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Let me see"}}
    stop = {"type": "message_delta", "delta": {"stop_reason": "tool_use"}}
    gathered = read(LlmProvider.ANTHROPIC, events(start, stop, {"type": "message_stop"}))
    assert (gathered.text, gathered.ending) == ("Let me see", Ending.CUT)


def test_reads_the_beginning_of_a_block_and_passes_over_what_is_new() -> None:
    block = {"type": "content_block_start", "content_block": {"type": "text", "text": "Whole."}}
    stop = {"type": "message_delta", "delta": {"stop_reason": "stop_sequence"}}
    new = {"type": "a_kind_of_next_year", "delta": 7}
    gathered = read(LlmProvider.ANTHROPIC, events(new, block, stop, {"type": "message_stop"}))
    assert (gathered.text, gathered.ending) == ("Whole.", Ending.COMPLETE)
    assert (gathered.input_tokens, gathered.output_tokens) == (None, None)


def test_a_refusal_in_its_own_field_is_a_refusal() -> None:
    refusal = {"choices": [{"delta": {"refusal": "I can't."}}]}
    stop = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    gathered = read(LlmProvider.COMPATIBLE, events(refusal, stop))
    assert gathered.ending is Ending.REFUSED


def test_reads_counts_that_come_without_choices() -> None:
    text = {"choices": [{"delta": {"content": "Hi."}, "finish_reason": "stop"}]}
    usage = {"choices": None, "usage": {"prompt_tokens": 5, "completion_tokens": True}}
    gathered = read(LlmProvider.COMPATIBLE, events(text, usage))
    assert (gathered.input_tokens, gathered.output_tokens) == (5, None)


def test_a_question_that_is_blocked_is_a_refusal() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {}}
    assert read(LlmProvider.GOOGLE, events(blocked)).ending is Ending.REFUSED


def test_a_reason_to_stop_that_is_not_known_is_not_complete() -> None:
    odd = {"candidates": [{"content": {"parts": [{"text": "Hm"}]}, "finishReason": "OTHER"}]}
    assert read(LlmProvider.GOOGLE, events(odd)).ending is Ending.CUT


@pytest.mark.parametrize(
    ("provider", "data"),
    [
        (LlmProvider.ANTHROPIC, {"type": "message_start", "message": []}),
        (LlmProvider.ANTHROPIC, {"type": "message_delta", "delta": {"stop_reason": 7}}),
        (LlmProvider.OPENAI, {"choices": {"0": {}}}),
        (LlmProvider.OPENAI, {"choices": [{"delta": {"content": ["a"]}}]}),
        (LlmProvider.GOOGLE, {"candidates": ["a"]}),
        (LlmProvider.GOOGLE, {"candidates": [{"content": {"parts": {"text": "a"}}}]}),
    ],
)
def test_what_has_another_shape_is_garbage(provider: LlmProvider, data: object) -> None:
    with pytest.raises(Setback) as setback:
        read(provider, events(data))
    assert setback.value.failed.fault is WriterFault.GARBAGE
