"""What an operator can set about the services that the team pays for."""

from dataclasses import dataclass

from bacowr.base.settings import amount, one_of, secret_text, setting, web_address
from bacowr.providers.catalog import Kind, of_kind

MOST_USD = "Most US dollars that"
STORED_INSTEAD = "Wins over one stored for the installation; a team's own wins over it."


@dataclass(frozen=True)
class ServiceSettings:
    """Keys, addresses, models, prices and caps; each field is the variable of the same name."""

    anthropic_api_key: str = setting(
        secret_text, "", help=f"Anthropic's key. {STORED_INSTEAD}", secret=True
    )
    anthropic_model: str = setting(
        str, "", help="Model of Anthropic to write with. Unset: the usual one."
    )
    openai_api_key: str = setting(
        secret_text, "", help=f"OpenAI's key. {STORED_INSTEAD}", secret=True
    )
    openai_model: str = setting(
        str, "", help="Model of OpenAI to write with. Unset: the usual one."
    )
    google_api_key: str = setting(
        secret_text, "", help=f"Google's key for Gemini. {STORED_INSTEAD}", secret=True
    )
    google_model: str = setting(
        str, "", help="Model of Google to write with. Unset: the usual one."
    )
    compatible_base_url: str = setting(
        web_address,
        "",
        help="Where a server speaks OpenAI's protocol (Ollama, vLLM, LM Studio), such as"
        " http://localhost:11434/v1. May be a private address.",
    )
    compatible_api_key: str = setting(
        secret_text, "", help="The key of that server, if it asks for one.", secret=True
    )
    compatible_model: str = setting(str, "", help="The model of that server to write with.")
    dataforseo_login: str = setting(
        secret_text, "", help=f"DataForSEO's login. {STORED_INSTEAD}", secret=True
    )
    dataforseo_password: str = setting(
        secret_text, "", help="DataForSEO's password for its API.", secret=True
    )
    serper_api_key: str = setting(
        secret_text, "", help=f"Serper's key. {STORED_INSTEAD}", secret=True
    )
    serpapi_api_key: str = setting(
        secret_text, "", help=f"SerpApi's key. {STORED_INSTEAD}", secret=True
    )
    brave_api_key: str = setting(
        secret_text, "", help=f"Brave Search's key. {STORED_INSTEAD}", secret=True
    )
    searxng_url: str = setting(
        web_address,
        "",
        help="Where a SearXNG is whose search.formats hold json. May be a private address.",
    )
    search_provider: str = setting(
        one_of(*of_kind(Kind.SEARCH)),
        "",
        help="Which search service to ask: dataforseo, serper, serpapi, brave or searxng. Unset:"
        " the first of these that is connected.",
    )
    cap_order_usd: float = setting(amount, 1.0, help=f"{MOST_USD} one order may cost.")
    cap_day_usd: float = setting(amount, 10.0, help=f"{MOST_USD} all orders of a day may cost.")
    cap_month_usd: float | None = setting(
        amount, None, help=f"{MOST_USD} all orders of a month may cost. Unset: no cap."
    )
    cap_batch_usd: float | None = setting(
        amount, None, help=f"{MOST_USD} one batch may cost. Unset: no cap."
    )
    prices_file: str = setting(
        str, "", help="A price table in TOML to use instead of the one that comes with BACOWR."
    )
