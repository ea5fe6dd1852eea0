"""A writer that calls a service over HTTP, patiently but never twice for the same words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from bacowr.base.addresses import AddressRefused
from bacowr.base.http import Outgoing, TooLarge, TooSlow, Unreachable
from bacowr.base.posting import BrokenOff, Limits, Post, Redirected, Reply, posted
from bacowr.engine.ports import Ending, Prompt, Purpose, WriterFailed, WriterFault, Written
from bacowr.engine.providers.writers import faults
from bacowr.engine.providers.writers.dialect import Dialect, ErrorEvent, Gathered, Reading
from bacowr.engine.providers.writers.events import EventReader
from bacowr.engine.providers.writers.faults import Setback
from bacowr.engine.providers.writers.throttle import Busy, Pace, Throttle

OK = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long a writer waits, and how often it asks again (domain 1.3).

    A wait longer than `longest_wait_seconds` that a service asks for ends the call instead;
    `turn_seconds` is how long a call may queue for its turn.
    """

    limits: Limits = field(default_factory=Limits)
    retry_waits: tuple[float, ...] = (2.0, 4.0, 8.0, 16.0)
    longest_wait_seconds: float = 60.0
    turn_seconds: float = 120.0


@dataclass(frozen=True)
class Service:
    """Where a service is, what people call it, and the key, which stays out of any repr."""

    provider: str
    name: str
    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)


@dataclass
class HttpWriter:
    """A language model behind an address; may be shared by threads."""

    service: Service
    dialect: Dialect
    outgoing: Outgoing
    throttle: Throttle
    pace: Pace = field(default_factory=Pace)
    patience: Patience = field(default_factory=Patience)
    provider: str = field(init=False)
    model: str = field(init=False)
    _left_out: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Say whose model it is and which."""
        self.provider, self.model = self.service.provider, self.service.model

    def write(self, prompt: Prompt) -> Written:
        """Write one answer.

        Ask again when nothing was delivered (too many calls, a server that is down), and at once
        without a parameter that the model refuses. Raise WriterFailed when there is no answer:
        what was begun and cut is never asked for again, because it may cost twice.
        """
        self._check_key()
        for wait in (*self.patience.retry_waits, None):
            try:
                return self._adapted(prompt)
            except Setback as setback:
                self.throttle.hold_off(setback.wait_seconds or 0.0)
                if wait is None or not self._is_worth_waiting(setback):
                    raise setback.failed from setback
                self._rest(max(wait, setback.wait_seconds or 0.0), setback.failed)
        raise AssertionError  # pragma: no cover - the last wait is None, which returns or raises.

    def _check_key(self) -> None:
        """Refuse a key that no header can carry, before an error could quote it."""
        key = self.service.key or ""
        if not (key.isascii() and key.isprintable()) or " " in key:
            message = "The key holds characters that no key has."
            raise WriterFailed(WriterFault.KEY, message)

    def _is_worth_waiting(self, setback: Setback) -> bool:
        is_short = (setback.wait_seconds or 0.0) <= self.patience.longest_wait_seconds
        return setback.is_passing and is_short

    def _rest(self, seconds: float, failed: WriterFailed) -> None:
        scattered = seconds + self.pace.scatter(seconds / 4)
        seconds_shown = round(scattered, 1)
        log.info("asking_again", message=failed.message, fault=failed.fault, seconds=seconds_shown)
        self.pace.sleep(scattered)

    def _adapted(self, prompt: Prompt) -> Written:
        """Call, leaving out what the model turns out to refuse; that is kept in mind."""
        while True:
            left_out = self._left_out
            try:
                return self._call(prompt, left_out)
            except Setback as setback:
                refused = self._refused(prompt, left_out, setback.complaint)
                if refused is None:
                    raise
                self._left_out |= {refused}

    def _refused(self, prompt: Prompt, left_out: frozenset[str], complaint: str) -> str | None:
        """Find a parameter that was sent, is complained of and can be left out."""
        sent = self.dialect.body(self.model, prompt, left_out)
        return next(
            (
                name
                for name, words in self.dialect.optional.items()
                if any(word in complaint for word in words)
                and self.dialect.body(self.model, prompt, left_out | {name}) != sent
            ),
            None,
        )

    def _call(self, prompt: Prompt, left_out: frozenset[str]) -> Written:
        body = self.dialect.body(self.model, prompt, left_out)
        with self._told_in_words(), self.throttle.turn(self.patience.turn_seconds):
            began = self.pace.now()
            with posted(self.outgoing, self._post(body), self.patience.limits) as reply:
                gathered = self._read(reply)
            return self._written(gathered, prompt, self.pace.now() - began)

    def _post(self, body: dict[str, object]) -> Post:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",
            **self.dialect.headers(self.service.key),
        }
        url = self.service.base_url.rstrip("/") + self.dialect.path(self.model)
        return Post(url, headers, json.dumps(body).encode())

    def _read(self, reply: Reply) -> Gathered:
        if reply.status != OK:
            body = b"".join(reply.chunks)
            raise faults.from_answer(self.service.name, reply.status, reply.headers, body)
        reading = self.dialect.reading()
        try:
            _take_all(reply, reading)
        except ErrorEvent as error:
            has_text = bool(reading.gathered.text)
            setback = faults.from_event(self.service.name, error.data, has_text=has_text)
            raise setback from error
        except ValueError as error:
            raise self._lost(WriterFault.GARBAGE, "answered something that is no text") from error
        return self._whole(reading)

    def _whole(self, reading: Reading) -> Gathered:
        if reading.is_whole:
            return reading.gathered
        if reading.gathered.parts:
            raise self._lost(WriterFault.CUT, "broke off before the text was whole")
        raise self._lost(WriterFault.GARBAGE, "answered something that is no text")

    def _written(self, gathered: Gathered, prompt: Prompt, seconds: float) -> Written:
        ending = gathered.ending or Ending.CUT
        if ending is Ending.REFUSED:
            raise self._lost(WriterFault.REFUSED, "refused to write this")
        is_cut_probe = prompt.purpose is Purpose.PROBE and ending is Ending.CUT
        if not gathered.text.strip() and not is_cut_probe:
            raise self._lost(WriterFault.GARBAGE, "answered without any text")
        counts = gathered.input_tokens, gathered.output_tokens
        return Written(gathered.text, self.provider, self.model, *counts, ending, seconds)

    def _lost(self, fault: WriterFault, what: str) -> Setback:
        """Say what became of a call that may have to be paid for."""
        return Setback(WriterFailed(fault, f"{self.service.name} {what}.", may_cost=True))

    @contextmanager
    def _told_in_words(self) -> Iterator[None]:
        """Turn what went wrong on the way into faults."""
        name = self.service.name
        try:
            yield
        except Busy as error:
            message = f"{name} is called too often from here; no turn came in time."
            raise Setback(WriterFailed(WriterFault.LIMITED, message)) from error
        except AddressRefused as error:
            message = f"The address of {name} cannot be called: {error}"
            raise Setback(WriterFailed(WriterFault.ADDRESS, message)) from error
        except Redirected as error:
            message = f"{name} sends the call to another address, which is not followed."
            raise Setback(WriterFailed(WriterFault.ADDRESS, message)) from error
        except Unreachable as error:
            failed = WriterFailed(WriterFault.DOWN, f"{name} could not be reached.")
            raise Setback(failed, is_passing=True) from error
        except TooSlow as error:
            raise self._lost(WriterFault.TIMEOUT, "took too long to answer") from error
        except BrokenOff as error:
            raise self._lost(WriterFault.CUT, "broke off before the text was whole") from error
        except TooLarge as error:
            raise self._lost(WriterFault.GARBAGE, "answered far more than was asked") from error


def _take_all(reply: Reply, reading: Reading) -> None:
    """Read to the end; a break after everything was said does no harm."""
    events = EventReader()
    try:
        for chunk in reply.chunks:
            for event in events.feed(chunk):
                reading.take(event)
            if reading.gathered.is_closed:
                return
    except BrokenOff:
        if not reading.is_whole:
            raise
