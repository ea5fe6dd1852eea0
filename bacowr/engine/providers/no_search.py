"""The Search of an installation without a search service: it fetches nothing and says so."""

from dataclasses import dataclass

from bacowr.engine.ports import NoResults, Query, SearchResults


@dataclass(frozen=True)
class NoSearch:
    """Answers every query with the reason why there are no results."""

    reason: NoResults = NoResults.NOT_CONNECTED
    message: str | None = None

    def results(self, query: Query) -> SearchResults:
        """Say that nothing was fetched; never invent a result."""
        return SearchResults(query, hits=None, reason=self.reason, message=self.message)
