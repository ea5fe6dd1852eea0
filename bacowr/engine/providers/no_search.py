"""The Search of an installation without a search service: it fetches nothing and says so."""

from bacowr.engine.ports import NoResults, Query, SearchResults


class NoSearch:
    """Answers every query with the reason why there are no results."""

    def results(self, query: Query) -> SearchResults:
        """Say that nothing was fetched; never invent a result."""
        return SearchResults(query, hits=None, reason=NoResults.NOT_CONNECTED)
