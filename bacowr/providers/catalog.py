"""Which services a team can connect, and what each of them needs."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a service does."""

    WRITER = "writer"
    SEARCH = "search"


class Provider(StrEnum):
    """A service that can be connected."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    GOOGLE = "google"
    COMPATIBLE = "compatible"
    DATAFORSEO = "dataforseo"
    SERPER = "serper"
    SERPAPI = "serpapi"
    BRAVE = "brave"
    SEARXNG = "searxng"


@dataclass(frozen=True)
class Traits:
    """What a service does, what people call it, and what has to be set for it.

    `key_form` tells how a key is written where it is more than one word. Only a service without
    an address of its own takes one: another address for a known service would be sent its key.
    """

    kind: Kind
    label: str
    needs_key: bool = True
    takes_key: bool = True
    takes_address: bool = False
    key_form: str | None = None


TRAITS: dict[Provider, Traits] = {
    Provider.ANTHROPIC: Traits(Kind.WRITER, "Anthropic"),
    Provider.OPENAI: Traits(Kind.WRITER, "OpenAI"),
    Provider.GOOGLE: Traits(Kind.WRITER, "Google"),
    Provider.COMPATIBLE: Traits(
        Kind.WRITER, "OpenAI-compatible", needs_key=False, takes_address=True
    ),
    Provider.DATAFORSEO: Traits(Kind.SEARCH, "DataForSEO", key_form="login:password"),
    Provider.SERPER: Traits(Kind.SEARCH, "Serper"),
    Provider.SERPAPI: Traits(Kind.SEARCH, "SerpApi"),
    Provider.BRAVE: Traits(Kind.SEARCH, "Brave Search"),
    Provider.SEARXNG: Traits(
        Kind.SEARCH, "SearXNG", needs_key=False, takes_key=False, takes_address=True
    ),
}


def of_kind(kind: Kind) -> tuple[Provider, ...]:
    """List the services of one kind, the one to prefer first."""
    return tuple(provider for provider, traits in TRAITS.items() if traits.kind is kind)
