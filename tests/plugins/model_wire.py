"""What the services that write send over the wire, written from their documents.

It shares nothing with the product, so that both have to agree with the documents and not with each
other. A service is named as an order names it: anthropic, openai, google or compatible.
"""

import json
from collections.abc import Mapping
from typing import Any

Counts = tuple[int, int] | None
COMPLETE, CUT, REFUSED = "complete", "cut", "refused"

_ANTHROPIC = {COMPLETE: "end_turn", CUT: "max_tokens", REFUSED: "refusal"}
_CHAT = {COMPLETE: "stop", CUT: "length", REFUSED: "content_filter"}
_GOOGLE = {COMPLETE: "STOP", CUT: "MAX_TOKENS", REFUSED: "SAFETY"}


def pieces(text: str) -> list[str]:
    """Take a text apart as a model brings it: a few characters at a time."""
    size = max(7, len(text) // 40)
    return [text[at : at + size] for at in range(0, len(text), size)]


def stream(service: str, text: str, ending: str = COMPLETE, counts: Counts = (11, 7)) -> bytes:
    """Give a whole answer as the service streams it."""
    streams = {"anthropic": _anthropic, "google": _google}
    return streams.get(service, _chat)(text, ending, counts)


def error(service: str, status: int, message: str, kind: str = "") -> bytes:
    """Give the body of an error as the service writes it."""
    if service == "anthropic":
        data: Any = {"type": "error", "error": {"type": kind or "api_error", "message": message}}
    elif service == "google":
        data = {"error": {"code": status, "message": message, "status": kind or "UNKNOWN"}}
    else:
        data = {"error": {"message": message, "type": kind, "param": None, "code": kind or None}}
    return json.dumps(data).encode()


def error_event(service: str, message: str, kind: str) -> bytes:
    """Give an error as it comes inside a stream."""
    name = "event: error\n" if service == "anthropic" else ""
    return f"{name}data: {error(service, 503, message, kind).decode()}\n\n".encode()


def _event(data: Mapping[str, Any], name: str = "", end: str = "\n") -> bytes:
    head = f"event: {name}{end}" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}{end}{end}".encode()


def _anthropic(text: str, ending: str, counts: Counts) -> bytes:
    into, out = counts or (0, 0)
    message: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "usage": {
            "input_tokens": into - 3 if into > 3 else into,
            "cache_creation_input_tokens": 1 if into > 3 else 0,
            "cache_read_input_tokens": 2 if into > 3 else 0,
            "output_tokens": 1,
        },
    }
    thinking = {"type": "thinking", "thinking": "", "signature": ""}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": thinking},
        {"type": "ping"},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "thinking_delta", "thinking": "Hm."},
        },
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        *(
            {
                "type": "content_block_delta",
                "index": 1,
                "delta": {"type": "text_delta", "text": each},
            }
            for each in pieces(text)
        ),
        {"type": "content_block_stop", "index": 1},
        {
            "type": "message_delta",
            "delta": {"stop_reason": _ANTHROPIC[ending], "stop_sequence": None},
            "usage": {"output_tokens": out},
        },
        {"type": "message_stop"},
    ]
    return b"".join(_event(each, each["type"]) for each in events)


def _chat(text: str, ending: str, counts: Counts) -> bytes:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}

    def chunk(delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return _event({**head, "choices": [choice], "usage": None})

    chunks = [chunk({"role": "assistant", "content": "", "refusal": None})]
    chunks += [chunk({"content": each}) for each in pieces(text)]
    chunks.append(chunk({}, _CHAT[ending]))
    if counts is not None:
        into, out = counts
        usage = {"prompt_tokens": into, "completion_tokens": out, "total_tokens": into + out}
        chunks.append(_event({**head, "choices": [], "usage": usage}))
    return b": keep-alive\n\n" + b"".join(chunks) + b"data: [DONE]\n\n"


def _google(text: str, ending: str, counts: Counts) -> bytes:
    into, out = counts or (0, 0)
    thought = {"text": "Hm.", "thought": True}
    parts: list[list[dict[str, Any]]] = [[thought], *([{"text": each}] for each in pieces(text))]
    answers = []
    for at, each in enumerate(parts):
        is_last = at == len(parts) - 1
        candidate: dict[str, Any] = {"content": {"parts": each, "role": "model"}, "index": 0}
        usage = {"promptTokenCount": into, "candidatesTokenCount": 1, "thoughtsTokenCount": 1}
        if is_last:
            candidate["finishReason"] = _GOOGLE[ending]
            usage = {
                "promptTokenCount": into,
                "candidatesTokenCount": max(out - 2, 0),
                "thoughtsTokenCount": min(out, 2),
            }
        answers.append(_event({"candidates": [candidate], "usageMetadata": usage}, end="\r\n"))
    return b"".join(answers)
