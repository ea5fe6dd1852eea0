"""Declaring a setting, and reading the kinds of text that several settings are made of."""

import dataclasses
import re
from collections.abc import Callable
from typing import TypeVar

from bacowr.base import addresses
from bacowr.base.addresses import AddressRefused

T = TypeVar("T")

_SECRET = re.compile(r"[!-~]{1,4000}")
_AMOUNT = re.compile(r"\d{1,7}(\.\d{1,4})?")


def setting(
    parse: Callable[[str], T],
    default: T,
    *,
    help: str,  # noqa: A002  # The word.
    secret: bool = False,
) -> T:
    """Declare one setting: how its text is read, what it is when unset, what it is for.

    A secret one stays out of the settings' repr.
    """
    metadata = {"parse": parse, "help": help}
    field: T = dataclasses.field(default=default, repr=not secret, metadata=metadata)
    return field


def secret_text(text: str) -> str:
    """Read a key or password: visible ASCII, as it travels in a header."""
    if not _SECRET.fullmatch(text):
        raise ValueError("must be letters, digits and signs without spaces")
    return text


def web_address(text: str) -> str:
    """Read where a service is, without a closing slash; it may be inside the house.

    Raise AddressRefused, a ValueError, for what is no such address.
    """
    parts = addresses.split(text)
    if parts.query or parts.fragment:
        raise AddressRefused("The address must end before any ? or #.")
    return text.rstrip("/")


def amount(text: str) -> float:
    """Read an amount of money."""
    if not _AMOUNT.fullmatch(text):
        raise ValueError("must be an amount such as 10 or 0.50")
    return float(text)


def one_of(*choices: str) -> Callable[[str], str]:
    """Read one word of a closed set, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text.lower()

    return parse
