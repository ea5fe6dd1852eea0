"""Trying out a service with one small call, to see whether its key works."""

import time
from dataclasses import dataclass
from enum import StrEnum

from bacowr.audit.service import Actor
from bacowr.base.db import db
from bacowr.base.http import Outgoing
from bacowr.engine.ports import NoResults, WriterFailed, WriterFault
from bacowr.engine.providers.writers import catalog
from bacowr.providers import connecting, credentials, service
from bacowr.providers.catalog import TRAITS, Kind, Provider
from bacowr.providers.keyring import Keyring, Opened
from bacowr.providers.writers import config_of

REFUSALS = frozenset({WriterFault.KEY, WriterFault.ADDRESS})


class Verdict(StrEnum):
    """What a trial showed; `unclear` is one that says nothing about the key."""

    WORKS = "works"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Trial:
    """What came of trying out a service; `message` is one sentence without any secret."""

    provider: Provider
    verdict: Verdict
    message: str
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Tell whether the service did what it is there for."""
        return self.verdict is Verdict.WORKS


def check(
    provider: Provider, *, keyring: Keyring, outgoing: Outgoing, by: Actor | None = None
) -> Trial:
    """Try out what is connected for a service, and note what came of it.

    It may cost as much as one small call. Raise Conflict when the service isn't connected, or
    when its stored key can't be read.
    """
    opened = credentials.open_credential(provider, keyring)
    # Nobody else waits for this connection while a service takes its time.
    db.session.close()
    trial = attempt(opened, outgoing)
    ok = None if trial.verdict is Verdict.UNCLEAR else trial.ok
    service.record_test(opened, ok=ok, message=trial.message, keyring=keyring, by=by)
    return trial


def attempt(opened: Opened, outgoing: Outgoing) -> Trial:
    """Make one small call and judge what comes back; reads and writes no database."""
    begun = time.monotonic()
    is_writer = TRAITS[opened.provider].kind is Kind.WRITER
    ask = _ask_writer if is_writer else _ask_search
    verdict, message = ask(opened, outgoing)
    return Trial(opened.provider, verdict, message, round(time.monotonic() - begun, 2))


def _ask_writer(opened: Opened, outgoing: Outgoing) -> tuple[Verdict, str]:
    config = config_of(opened)
    if config.missing:
        return Verdict.REFUSED, config.missing
    try:
        written = catalog.try_out(config, outgoing)
    except WriterFailed as failed:
        refused = failed.fault in REFUSALS
        return (Verdict.REFUSED if refused else Verdict.UNCLEAR), failed.message
    return Verdict.WORKS, f"{written.model} answered in {written.seconds:.1f} s."


def _ask_search(opened: Opened, outgoing: Outgoing) -> tuple[Verdict, str]:
    found = connecting.try_out(connecting.connected(opened, outgoing))
    if found.hits is None:
        refused = found.reason is NoResults.KEY_REFUSED
        message = found.message or "It gave no results."
        return (Verdict.REFUSED if refused else Verdict.UNCLEAR), message
    return Verdict.WORKS, f"It gave {len(found.hits)} results for “{connecting.TEST_QUERY.text}”."
