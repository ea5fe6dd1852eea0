"""What each service is for and where its key is to be had, and a card that shows one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bacowr.base.errors import BacowrError
from bacowr.engine import pricing
from bacowr.engine.order import WritingStrategy
from bacowr.engine.pricing import PriceTable
from bacowr.jobs.money.expected import USUAL_LANGUAGE
from bacowr.providers.catalog import Kind, Provider
from bacowr.providers.credentials import Shown
from bacowr.providers.models import CredentialStatus
from bacowr.providers.trials import Trial
from bacowr.providers.writers import model_of
from bacowr.web.wording import Sign


@dataclass(frozen=True)
class Guide:
    """What a service is for, and the page on which its keys are made, if it has one."""

    what_for: str
    page: str | None = None


GUIDES: Mapping[Provider, Guide] = MappingProxyType(
    {
        Provider.ANTHROPIC: Guide(
            "Writes articles with Claude.", "https://console.anthropic.com/settings/keys"
        ),
        Provider.OPENAI: Guide("Writes articles with GPT.", "https://platform.openai.com/api-keys"),
        Provider.GOOGLE: Guide(
            "Writes articles with Gemini.", "https://aistudio.google.com/apikey"
        ),
        Provider.COMPATIBLE: Guide(
            "Writes with a model of your own: Ollama, vLLM, LM Studio, or whatever speaks"
            " OpenAI's protocol. A private address has to be set in COMPATIBLE_BASE_URL, or"
            " allowed in FETCH_ALLOW_HOSTS."
        ),
        Provider.DATAFORSEO: Guide(
            "Fetches Google's search results.", "https://app.dataforseo.com/api-access"
        ),
        Provider.SERPER: Guide("Fetches Google's search results.", "https://serper.dev/api-key"),
        Provider.SERPAPI: Guide(
            "Fetches Google's search results.", "https://serpapi.com/manage-api-key"
        ),
        Provider.BRAVE: Guide(
            "Fetches search results from Brave's own index.",
            "https://api-dashboard.search.brave.com/app/keys",
        ),
        Provider.SEARXNG: Guide(
            "Fetches search results through a SearXNG that you run; its search.formats must hold"
            " json. It needs no key.",
            "https://docs.searxng.org",
        ),
    }
)

CONNECTED = Sign("Connected", "circle-check", "ok")
WORKS = Sign("Works", "circle-check", "ok")
FAILED = Sign("Last test failed", "alert-triangle", "warn")
UNREADABLE = Sign("Can't be read", "alert-triangle", "bad")
ABSENT = Sign("Not connected", "circle-dashed", "idle")


@dataclass(frozen=True)
class Card:
    """One service on the page; `entered` is what a refused form held, never its key.

    `article_usd` is what an article is expected to cost, None when that isn't known.
    """

    shown: Shown
    article_usd: float | None = None
    trial: Trial | None = None
    error: BacowrError | None = None
    entered: Mapping[str, str] = field(default_factory=dict)

    @property
    def provider(self) -> Provider:
        """Name the service."""
        return self.shown.provider

    @property
    def guide(self) -> Guide:
        """Say what it is for."""
        return GUIDES[self.provider]

    @property
    def model(self) -> str | None:
        """Name the model that writes."""
        return model_of(self.shown)

    @property
    def is_writer(self) -> bool:
        """Tell whether it writes."""
        return self.shown.traits.kind is Kind.WRITER

    @property
    def has_unknown_price(self) -> bool:
        """Tell whether it writes at a price that nobody can count."""
        return self.is_writer and self.shown.is_connected and self.article_usd is None

    @property
    def sign(self) -> Sign:
        """Say how it stands."""
        shown = self.shown
        if shown.where is None:
            return ABSENT
        if not shown.is_readable:
            return UNREADABLE
        if self.trial is not None:
            return WORKS if self.trial.ok else FAILED
        found = {CredentialStatus.VALID: WORKS, CredentialStatus.INVALID: FAILED}
        return found.get(shown.status, CONNECTED)


def article_usd(shown: Shown, prices: PriceTable) -> float | None:
    """Estimate what an article costs by a service's model; None when that isn't known."""
    model = model_of(shown)
    if model is None:
        return None
    strategy = WritingStrategy.MULTI_STAGE
    return pricing.estimate(shown.provider, model, strategy, USUAL_LANGUAGE, prices).cost_usd
