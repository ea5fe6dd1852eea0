"""Keys from the environment: read from the settings, and shown nowhere."""

from pathlib import Path

import pytest

from bacowr.engine.providers.search.services import SERVICES
from bacowr.providers.catalog import TRAITS, Kind, Provider, of_kind
from bacowr.providers.keyring import Keyring, Opened, Where
from config import ConfigError, Settings, from_env

SECRETS = {
    "SECRET_KEY": "signing-key-that-is-long-enough-for-us",
    "DATABASE_URL": "postgresql://u:tiger-lily-db@db/b",
    "ANTHROPIC_API_KEY": "tiger-lily-anthropic",
    "OPENAI_API_KEY": "tiger-lily-openai",
    "GOOGLE_API_KEY": "tiger-lily-google",
    "COMPATIBLE_API_KEY": "tiger-lily-compatible",
    "DATAFORSEO_LOGIN": "tiger-lily@example.org",
    "DATAFORSEO_PASSWORD": "tiger-lily-dataforseo",
    "SERPER_API_KEY": "tiger-lily-serper",
    "SERPAPI_API_KEY": "tiger-lily-serpapi",
    "BRAVE_API_KEY": "tiger-lily-brave",
}
REST = {
    "COMPATIBLE_BASE_URL": "http://localhost:11434/v1/",
    "COMPATIBLE_MODEL": "llama3",
    "OPENAI_MODEL": "gpt-x",
    "SEARXNG_URL": "http://searxng.local:8080",
    "SEARCH_PROVIDER": "Brave",
}


def read(folder: Path, **environ: str) -> Settings:
    return from_env({"INSTANCE_DIR": str(folder), **environ})


def keyring_of(settings: Settings) -> Keyring:
    return Keyring.of(
        settings, secret_key=settings.secret_key, allow_hosts=settings.fetch_allow_hosts
    )


def test_every_service_can_be_set_in_the_environment(tmp_path: Path) -> None:
    keyring = keyring_of(read(tmp_path, **SECRETS, **REST))
    assert set(keyring.environment) == set(Provider)
    assert keyring.environment[Provider.COMPATIBLE] == Opened(
        Provider.COMPATIBLE,
        Where.ENVIRONMENT,
        "tiger-lily-compatible",
        "http://localhost:11434/v1",
        "llama3",
    )
    dataforseo = keyring.environment[Provider.DATAFORSEO]
    assert dataforseo.key == "tiger-lily@example.org:tiger-lily-dataforseo"
    assert keyring.preferred_search is Provider.BRAVE
    assert keyring.models == {Provider.OPENAI: "gpt-x", Provider.COMPATIBLE: "llama3"}


def test_without_settings_nothing_is_connected(tmp_path: Path) -> None:
    settings = read(tmp_path)
    keyring = keyring_of(settings)
    assert (keyring.environment, keyring.models, keyring.preferred_search) == ({}, {}, None)
    assert (settings.cap_order_usd, settings.cap_day_usd) == (1.0, 10.0)
    assert (settings.cap_month_usd, settings.cap_batch_usd) == (None, None)


@pytest.mark.parametrize(
    "environ", [{"DATAFORSEO_LOGIN": "me"}, {"COMPATIBLE_API_KEY": "k"}, {"OPENAI_MODEL": "m"}]
)
def test_half_a_setting_connects_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    assert keyring_of(read(tmp_path, **environ)).environment == {}


def test_no_secret_shows_in_any_repr(tmp_path: Path) -> None:
    settings = read(tmp_path, **SECRETS, **REST)
    keyring = keyring_of(settings)
    shown = f"{settings!r} {keyring!r} {list(keyring.environment.values())!r}"
    assert "tiger-lily" not in shown
    assert SECRETS["SECRET_KEY"] not in shown


WRONG = {
    "OPENAI_API_KEY": "tiger lily",
    "BRAVE_API_KEY": "tiger-\u00e5",
    "SEARXNG_URL": "http://localhost/?q=x",
    "COMPATIBLE_BASE_URL": "localhost:11434",
    "SEARCH_PROVIDER": "google",
    "CAP_ORDER_USD": "-1",
    "CAP_DAY_USD": "nan",
    "CAP_MONTH_USD": "10 USD",
}


def test_wrong_settings_are_named_without_their_values(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, **WRONG)
    assert set(caught.value.problems) == set(WRONG)
    assert "tiger" not in str(caught.value)


def test_amounts_are_read(tmp_path: Path) -> None:
    settings = read(tmp_path, CAP_ORDER_USD="0.50", CAP_MONTH_USD="200", CAP_DAY_USD="0")
    assert (settings.cap_order_usd, settings.cap_month_usd) == (0.5, 200.0)
    assert settings.cap_day_usd == 0


def test_every_provider_is_of_a_kind_and_every_search_service_known() -> None:
    assert set(TRAITS) == set(Provider)
    assert {each.value for each in of_kind(Kind.SEARCH)} == set(SERVICES)
    assert [each.value for each in of_kind(Kind.SEARCH)] == list(SERVICES)
