"""Every search service, by its name, the likeliest first."""

from bacowr.engine.providers.search.brave import BRAVE
from bacowr.engine.providers.search.dataforseo import DATAFORSEO
from bacowr.engine.providers.search.searxng import SEARXNG
from bacowr.engine.providers.search.serpapi import SERPAPI
from bacowr.engine.providers.search.serper import SERPER

# Google's own results, where readers search, go before an index of another's.
SERVICES = {each.name: each for each in (DATAFORSEO, SERPER, SERPAPI, BRAVE, SEARXNG)}
