"""Languages and countries that an order may name, and what a top-level domain suggests."""

import tomllib
from importlib import resources

_DATA = tomllib.loads(
    (resources.files("bacowr.engine.data") / "markets.toml").read_text(encoding="utf-8")
)

LANGUAGES = frozenset(_DATA["languages"].split())
COUNTRIES = frozenset(_DATA["countries"].split())
FALLBACK_LANGUAGE = "en"


def guessed_language(domain: str) -> str:
    """Guess a site's language from its top-level domain (domain 3.3)."""
    return str(_DATA["language_of_tld"].get(domain.rpartition(".")[2], FALLBACK_LANGUAGE))
