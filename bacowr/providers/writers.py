"""From a keyring to what a writer is built of."""

from bacowr.engine.order import LlmProvider
from bacowr.engine.providers.writers.catalog import WriterConfig, default_model
from bacowr.providers.catalog import Kind
from bacowr.providers.credentials import Shown, all_opened
from bacowr.providers.keyring import Keyring, Opened, Where


def writer_configs(keyring: Keyring) -> list[WriterConfig]:
    """List what is set up for writing, the service to prefer first; reads the database."""
    return [config_of(each) for each in all_opened(Kind.WRITER, keyring)]


def config_of(opened: Opened) -> WriterConfig:
    """Return what a writer is built of."""
    return WriterConfig(
        provider=LlmProvider(opened.provider),
        key=opened.key or None,
        base_url=opened.base_url,
        model=opened.model,
        trusted_address=opened.where is Where.ENVIRONMENT,
        is_own=opened.where is Where.TEAM,
    )


def model_of(shown: Shown) -> str | None:
    """Name the model that a service writes with: the one that is set, else the usual one."""
    if shown.traits.kind is not Kind.WRITER:
        return None
    return shown.model or default_model(LlmProvider(shown.provider)) or None
