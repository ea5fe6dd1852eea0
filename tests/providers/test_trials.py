"""Trying a service out: what each way of failing says about its key."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bacowr.base.http import Outgoing
from bacowr.engine.ports import NoResults, Query, SearchHit, SearchResults
from bacowr.providers import connecting, trials
from bacowr.providers.catalog import Provider
from bacowr.providers.keyring import Opened, Where
from bacowr.providers.trials import Verdict
from tests.plugins.model_server import Drops, Fails, ModelServer

SERPER = Opened(Provider.SERPER, Where.STORED, "a-serper-key-0123")


@dataclass(frozen=True)
class Canned:
    """A Search with an answer of its own."""

    hits: tuple[SearchHit, ...] | None
    reason: NoResults | None = None
    message: str | None = None

    def results(self, query: Query) -> SearchResults:
        return SearchResults(query, self.hits, self.reason, "serper", None, self.message)


HIT = SearchHit(1, "https://example.org", "A title")


@pytest.mark.parametrize(
    ("canned", "verdict", "message"),
    [
        (Canned((HIT, HIT)), Verdict.WORKS, "It gave 2 results for \u201ctest\u201d."),
        (Canned(()), Verdict.WORKS, "It gave 0 results for \u201ctest\u201d."),
        (Canned(None, NoResults.KEY_REFUSED, "No."), Verdict.REFUSED, "No."),
        (Canned(None, NoResults.LIMITED, "Later."), Verdict.UNCLEAR, "Later."),
        (Canned(None, NoResults.PROVIDER_DOWN), Verdict.UNCLEAR, "It gave no results."),
    ],
)
def test_a_search_is_judged_by_what_it_gives(
    monkeypatch: pytest.MonkeyPatch, canned: Canned, verdict: Verdict, message: str
) -> None:
    monkeypatch.setattr(connecting, "connected", lambda _opened, _outgoing: canned)
    trial = trials.attempt(SERPER, Outgoing())
    assert (trial.verdict, trial.message) == (verdict, message)
    assert trial.ok is (verdict is Verdict.WORKS)


def test_a_writer_is_judged_by_why_it_fails(model_server: ModelServer) -> None:
    opened = Opened(Provider.ANTHROPIC, Where.ENVIRONMENT, model_server.key, model_server.origin)
    assert trials.attempt(opened, Outgoing()).verdict is Verdict.WORKS
    model_server.then(Fails(401, "authentication_error", "No."), Drops(), Fails(529, "overloaded"))
    verdicts = [trials.attempt(opened, Outgoing()).verdict for _ in range(3)]
    assert verdicts == [Verdict.REFUSED, Verdict.UNCLEAR, Verdict.UNCLEAR]


def test_a_writer_that_lacks_something_is_not_asked(model_server: ModelServer) -> None:
    opened = Opened(Provider.COMPATIBLE, Where.ENVIRONMENT, "", model_server.origin)
    trial = trials.attempt(opened, Outgoing())
    assert trial.verdict is Verdict.REFUSED
    assert "needs an address and a model" in trial.message
    assert model_server.asked == []
