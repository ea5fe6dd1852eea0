"""Encryption of keys: what goes in comes out, for the same secret and provider only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.base.errors import Conflict
from bacowr.providers.secrecy import opened, sealed

SECRET = "a-secret-key-of-at-least-32-characters"


@given(st.text(), st.sampled_from(["serper", "openai"]))
def test_a_key_comes_back(key: str, provider: str) -> None:
    key = key.encode("utf-8", "ignore").decode()
    sealed_key = sealed(key, secret_key=SECRET, provider=provider)
    assert opened(sealed_key, secret_key=SECRET, provider=provider) == key


def test_the_key_does_not_show_and_is_never_encrypted_alike() -> None:
    one, other = (sealed("tiger-lily", secret_key=SECRET, provider="openai") for _ in range(2))
    assert "tiger-lily" not in one
    assert one != other


@pytest.mark.parametrize(
    ("secret_key", "provider", "damage"),
    [(SECRET + "x", "openai", ""), (SECRET, "serper", ""), (SECRET, "openai", "x"), ("", "", "")],
)
def test_another_secret_provider_or_text_does_not_open_it(
    secret_key: str, provider: str, damage: str
) -> None:
    ciphertext = damage + sealed("tiger-lily", secret_key=SECRET, provider="openai")
    with pytest.raises(Conflict, match="Enter it again") as caught:
        opened(ciphertext, secret_key=secret_key, provider=provider)
    assert "tiger-lily" not in str(caught.value)
