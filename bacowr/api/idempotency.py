"""Sent twice, done once: the header Idempotency-Key on every request that creates something.

What a request makes and its answer are stored in one unit of work, so a crash leaves both or
neither, and of two that come at once the second waits for the first and gets its answer. An error
is never kept: the same key may be tried again. Answers may hold secrets (tokens, keys), so they are
encrypted under SECRET_KEY and the key that was sent; the key itself is stored nowhere.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, g, make_response, request

from bacowr.accounts import answers
from bacowr.accounts.answers import KeptAnswer
from bacowr.base import sealing
from bacowr.base.db import transaction
from bacowr.base.errors import Conflict, Invalid
from bacowr.jobs.models import IDEMPOTENCY_KEY_LENGTH

V = TypeVar("V", bound=Callable[..., Any])

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
ONCE = "carried_out_once"
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
LABEL = "bacowr kept answers 1"
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "description": "Your own name for this request. Sent again with it, the same request gives the"
    " same answer and does nothing; another request is a conflict. Kept for seven days.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": IDEMPOTENCY_KEY_LENGTH,
        "pattern": r"^[!-~]+$",
    },
}

_key = re.compile(rf"[!-~]{{1,{IDEMPOTENCY_KEY_LENGTH}}}")


@dataclass(frozen=True)
class Asked:
    """A request that came with a key: under which name its answer is kept, and what it says."""

    answer_id: str
    digest: str
    key: str


def once(view: V) -> V:
    """Carry a request out once for each key; without a key the view is called as it is."""

    @wraps(view)
    def answer(*args: Any, **values: Any) -> Any:  # noqa: ANN401  # The view's own.
        asked = _read()
        if asked is None:
            return view(*args, **values)
        try:
            return _carry_out(asked, lambda: view(*args, **values))
        except answers.Taken:
            kept = answers.find(asked.answer_id)
            if kept is None:
                raise Conflict("This idempotency key is being used. Try again.") from None
            return _replayed(kept, asked)

    setattr(answer, ONCE, True)
    return answer  # type: ignore[return-value]  # It answers as the view does.


def is_once(view: object) -> bool:
    """Tell whether a view is carried out once for each key."""
    return bool(getattr(view, ONCE, False))


@transaction
def _carry_out(asked: Asked, view: Callable[[], Any]) -> Response:
    if kept := answers.find(asked.answer_id):
        return _replayed(kept, asked)
    answers.claim(asked.answer_id, asked.digest)
    response = make_response(view())
    answers.keep(asked.answer_id, _sealed(response, asked))
    return response


def _replayed(kept: KeptAnswer, asked: Asked) -> Response:
    if kept.request_hash != asked.digest:
        raise Conflict("This idempotency key belongs to another request.")
    try:
        told = json.loads(sealing.opened(kept.answer or "", **_sealing(asked)))
    except sealing.Unreadable as error:
        text = "It was carried out, but its answer can't be read any more: SECRET_KEY has changed."
        raise Conflict(text) from error
    response = Response(told["body"], status=told["status"], headers=told["headers"])
    response.headers[REPLAYED] = "true"
    return response


def _read() -> Asked | None:
    """Read the key and what was asked for; raise Invalid for a key that can't be taken.

    The spelling of JSON doesn't matter. Of what is for everybody nobody is known, so there the
    same key with another body is another person's.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _key.fullmatch(key):
        text = f"Must be 1 to {IDEMPOTENCY_KEY_LENGTH} visible ASCII characters."
        raise Invalid("The idempotency key can't be taken.", fields={HEADER: [text]})
    digest = _digest(request.method, request.full_path, _spelled(request.get_data()))
    whose = f"user:{g.user.id}" if g.user is not None else f"nobody:{digest}"
    return Asked(_digest(whose, key), digest, key)


def _spelled(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), sort_keys=True)
    except (ValueError, RecursionError):
        return hashlib.sha256(body).hexdigest()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _sealed(response: Response, asked: Asked) -> str:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    told = {"status": response.status_code, "headers": headers, "body": response.get_data(True)}  # noqa: FBT003  # Werkzeug's own.
    return sealing.sealed(json.dumps(told), **_sealing(asked))


def _sealing(asked: Asked) -> dict[str, str]:
    """Name what an answer is sealed with: what we know, and what only the caller does."""
    secret = str(current_app.config["SECRET_KEY"])
    return {"secret_key": secret, "purpose": f"{LABEL}: {asked.key}"}
