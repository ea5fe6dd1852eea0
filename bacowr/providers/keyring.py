"""Which keys an installation has: those of its environment, and what opens the stored ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bacowr.providers.catalog import TRAITS, Provider
from bacowr.providers.settings import ServiceSettings


class Where(StrEnum):
    """Where a key is from."""

    ENVIRONMENT = "environment"
    STORED = "stored"
    TEAM = "team"


@dataclass(frozen=True)
class Opened:
    """What is needed to call a service; the key stays out of any repr."""

    provider: Provider
    where: Where
    key: str = field(default="", repr=False)
    base_url: str | None = None
    model: str | None = None


@dataclass(frozen=True)
class Keyring:
    """What opens the services of an installation, or with `team_id` those of one team.

    What counts for a service is the team's own key, else that of the environment, else the one
    that is stored for the installation.

    `allow_hosts` names private `host:port` pairs that people may enter as addresses; `models` are
    the operator's choices where a stored key names none; `preferred_search` is the search service
    that the operator chose.
    """

    secret_key: str = field(repr=False)
    environment: Mapping[Provider, Opened] = field(default_factory=dict)
    allow_hosts: frozenset[str] = frozenset()
    models: Mapping[Provider, str] = field(default_factory=dict)
    preferred_search: Provider | None = None
    team_id: str | None = None

    @classmethod
    def of(
        cls, settings: ServiceSettings, *, secret_key: str, allow_hosts: frozenset[str]
    ) -> Keyring:
        """Make the keyring of an installation with these settings."""
        found = (_from_environment(settings, provider) for provider in Provider)
        preferred = settings.search_provider
        models = {each: model for each, (_, _, model) in _given(settings).items() if model}
        return cls(
            secret_key=secret_key,
            environment={each.provider: each for each in found if each is not None},
            allow_hosts=allow_hosts,
            models=models,
            preferred_search=Provider(preferred) if preferred else None,
        )

    def of_team(self, team_id: str | None) -> Keyring:
        """Give what opens the services of one team's orders; None for who has no team."""
        return replace(self, team_id=team_id)


def _from_environment(settings: ServiceSettings, provider: Provider) -> Opened | None:
    key, address, model = _given(settings)[provider]
    traits = TRAITS[provider]
    if (traits.needs_key and not key) or (traits.takes_address and not address):
        return None
    return Opened(provider, Where.ENVIRONMENT, key, address or None, model or None)


def _given(settings: ServiceSettings) -> dict[Provider, tuple[str, str, str]]:
    """List key, address and model of each service, as they are set; empty where they aren't."""
    login, password = settings.dataforseo_login, settings.dataforseo_password
    return {
        Provider.ANTHROPIC: (settings.anthropic_api_key, "", settings.anthropic_model),
        Provider.OPENAI: (settings.openai_api_key, "", settings.openai_model),
        Provider.GOOGLE: (settings.google_api_key, "", settings.google_model),
        Provider.COMPATIBLE: (
            settings.compatible_api_key,
            settings.compatible_base_url,
            settings.compatible_model,
        ),
        Provider.DATAFORSEO: (f"{login}:{password}" if login and password else "", "", ""),
        Provider.SERPER: (settings.serper_api_key, "", ""),
        Provider.SERPAPI: (settings.serpapi_api_key, "", ""),
        Provider.BRAVE: (settings.brave_api_key, "", ""),
        Provider.SEARXNG: ("", settings.searxng_url, ""),
    }
