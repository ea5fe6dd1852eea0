"""Posting to a webhook: signed, in ten seconds, nowhere inside the house, and never onward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bacowr.base.addresses import AddressRefused
from bacowr.base.http import Outgoing, OutgoingError
from bacowr.base.posting import Limits, Post, Redirected, Reply, posted
from bacowr.notifications.channels import signatures
from bacowr.notifications.states import Outcome

TIMEOUT_SECONDS = 10.0
ANSWER_CHARACTERS = 300
LIMITS = Limits(timeout_seconds=TIMEOUT_SECONDS, idle_seconds=TIMEOUT_SECONDS)
USER_AGENT = "BACOWR-Webhooks/1"
OK = range(200, 300)
GONE = 410
LONGEST_NUMBER = 9


@dataclass(frozen=True)
class Message:
    """What is posted: the same id and body at every attempt; secrets stay out of any repr."""

    id: str
    url: str
    body: str
    secrets: Sequence[str] = field(repr=False)


def post(message: Message, outgoing: Outgoing, *, at: datetime) -> Outcome:
    """Post a message, signed as of `at`; every fault is an outcome and none is raised."""
    body = message.body.encode()
    signed = signatures.headers(message.secrets, message.id, int(at.timestamp()), body)
    headers = {"content-type": "application/json", **signed}
    try:
        with posted(outgoing, Post(message.url, headers, body), LIMITS) as reply:
            return _outcome(reply, at)
    except AddressRefused as error:
        return Outcome(str(error), is_final=True)
    except Redirected:
        return Outcome("The server sends the call to another address, which is not followed.")
    except OutgoingError as error:
        return Outcome(str(error))


def _outcome(reply: Reply, at: datetime) -> Outcome:
    answer = _beginning(reply)
    if reply.status in OK:
        return Outcome(code=reply.status, answer=answer)
    is_gone = reply.status == GONE
    return Outcome(
        f"The server answered {reply.status}.",
        code=reply.status,
        answer=answer,
        is_final=is_gone,
        is_gone=is_gone,
        wait=_asked(reply.headers, at),
    )


def _beginning(reply: Reply) -> str:
    """Read no more than is kept; an answer that breaks off after its status is one all the same."""
    try:
        read = next(iter(reply.chunks), b"")
    except OutgoingError:
        return ""
    text = read[: ANSWER_CHARACTERS * 4].decode("utf-8", "replace")
    return "".join(each if each.isprintable() else " " for each in text)[:ANSWER_CHARACTERS].strip()


def _asked(headers: Mapping[str, str], at: datetime) -> timedelta | None:
    """Read how long the server wants to be left alone: seconds, or a moment."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER:
        return timedelta(seconds=int(text))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((until if until.tzinfo else until.replace(tzinfo=UTC)) - at, timedelta())
