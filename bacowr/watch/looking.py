"""Fetching a published page and its target, politely and without any database."""

import hashlib
import time
from dataclasses import dataclass, field
from datetime import datetime

from bacowr.base import clock
from bacowr.base.http import HttpAnswer, Outgoing
from bacowr.engine.providers.polite import Visitor
from bacowr.engine.watch.judging import judge
from bacowr.engine.watch.model import Agreed, Judgment, Seen, TargetSeen

TARGET_KEPT_SECONDS = 3600.0
TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True)
class Look:
    """One look at a page: when, what came of the calls, and what is to be said of it."""

    at: datetime
    seen: Seen
    target: TargetSeen
    judgment: Judgment

    @property
    def page_sha256(self) -> str | None:
        """Give the hash of the body as received; None where there was none."""
        return hashlib.sha256(self.seen.body).hexdigest() if self.seen.body else None


@dataclass
class Looker:
    """Looks at pages: robots.txt is respected, and a host is asked one thing at a time.

    What a target page answered is kept for an hour: many links may share it.
    """

    outgoing: Outgoing
    timeout_seconds: float = TIMEOUT_SECONDS
    _visitor: Visitor = field(init=False)
    _targets: dict[str, tuple[float, TargetSeen]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._visitor = Visitor(self.outgoing, self.timeout_seconds)

    def look(self, agreed: Agreed) -> Look:
        """Fetch the page and its target, and judge them; never raises for what they answer."""
        at = clock.now()
        seen, target = self._page(agreed.page_url), self._target(agreed.target_url)
        return Look(at, seen, target, judge(seen, agreed, today=at.date(), target=target))

    def _page(self, url: str) -> Seen:
        answer = self._visitor.fetch(url)
        if isinstance(answer, HttpAnswer):
            return Seen(
                url=url,
                final_url=answer.final_url,
                status=answer.status,
                headers=answer.headers,
                body=answer.body,
                redirects=answer.redirects,
            )
        return Seen(url=url, final_url=url, fault=answer.fault, reason=answer.reason)

    def _target(self, url: str) -> TargetSeen:
        asked_at, kept = self._targets.get(url, (0.0, None))
        if kept is not None and time.monotonic() - asked_at < TARGET_KEPT_SECONDS:
            return kept
        answer = self._visitor.fetch(url)
        if isinstance(answer, HttpAnswer):
            found = TargetSeen(answer.status)
        else:
            found = TargetSeen(None, answer.fault, answer.reason)
        self._targets[url] = (time.monotonic(), found)
        return found
