"""Which language a text is in."""

import py3langid

# Shorter texts are guessed too often wrong to be worth an answer.
MIN_CHARACTERS = 60


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
    sample = text.strip()[:5000]
    if len(sample) < MIN_CHARACTERS:
        return None
    code, _ = py3langid.classify(sample)
    return named(str(code))
