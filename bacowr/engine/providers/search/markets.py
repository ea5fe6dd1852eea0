"""How each search service spells a language and a market."""

import tomllib
from importlib import resources
from typing import Any

_DATA: dict[str, Any] = tomllib.loads(
    (resources.files("bacowr.engine.data") / "search_markets.toml").read_text(encoding="utf-8")
)
_LOCATIONS = {
    country: int(code)
    for country, _, code in (
        each.partition("=") for each in _DATA["dataforseo"]["locations"].split()
    )
}
_BRAVE_COUNTRIES = frozenset(_DATA["brave"]["countries"].split())
_BRAVE_LANGUAGES = frozenset(_DATA["brave"]["languages"].split())


def google_language(language: str) -> str:
    """Spell a language as Google's `hl`."""
    return str(_DATA["google"]["languages"].get(language, language))


def serpapi_country(country: str) -> str:
    """Spell a country as SerpApi's `gl`."""
    return str(_DATA["serpapi"]["countries"].get(country, country))


def dataforseo_location(country: str) -> int | None:
    """Give the number of a country at DataForSEO; None when it has none."""
    return _LOCATIONS.get(country)


def brave_country(country: str) -> str:
    """Spell a country as Brave does; ALL for one that its index doesn't know."""
    return country.upper() if country in _BRAVE_COUNTRIES else "ALL"


def brave_language(language: str, country: str) -> str | None:
    """Spell a language as Brave does; None for one that its index doesn't know."""
    if (language, country) == ("pt", "br"):
        return "pt-br"
    spelled = _DATA["brave"]["spelled"].get(language)
    return str(spelled) if spelled else language if language in _BRAVE_LANGUAGES else None


def searxng_language(language: str, country: str) -> str:
    """Spell language and country as one of SearXNG's locales."""
    return f"{_DATA['searxng']['spelled'].get(language, language)}-{country.upper()}"
