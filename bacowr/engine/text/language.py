"""Which language a text is in."""

import importlib
from functools import cache
from types import ModuleType

# Shorter texts are guessed too often wrong to be worth an answer.
MIN_CHARACTERS = 60
MAX_CHARACTERS = 5000


def named(tag: str | None) -> str | None:
    """Read a language tag (`sv-SE`, `en_GB`) as its two letters; None when it is none.

    `no` becomes `nb`, the form that most Norwegian pages mean.
    """
    code = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    if len(code) != 2 or not code.isalpha():  # noqa: PLR2004 - ISO 639-1 has two letters.
        return None
    return "nb" if code == "no" else code


def identified(text: str) -> str | None:
    """Tell the language of a text by its letters; None when there is too little of it."""
    return likeliest(text) if len(text.strip()) >= MIN_CHARACTERS else None


def likeliest(text: str) -> str | None:
    """Guess the language of a text however short; of a few words it is little more than a guess."""
    code, _ = _identifier().classify(text.strip()[:MAX_CHARACTERS])
    return named(str(code))


@cache
def _identifier() -> ModuleType:
    """Load the model with the first text: most processes never meet one, and it takes a second."""
    return importlib.import_module("py3langid")
