"""Sixty labeled texts for the policy packs, thirty in Swedish and thirty in English.

Every regulated case is one text in two: a clean twin, and a faulty one that lacks some required
elements and says something banned. Both come from one source, so that nothing else differs.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_MARK = re.compile(r"\{\{(!?)(\w+)\|(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True)
class Labeled:
    """One text, what it lacks and what it says; `present` are the elements it does have."""

    name: str
    language: str
    vertical: str | None
    anchor: str
    target_url: str
    target_title: str
    markdown: str
    missing: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    banned: frozenset[str] = frozenset()

    @property
    def is_clean(self) -> bool:
        """Tell whether there is nothing to find."""
        return not self.missing and not self.banned


def texts() -> tuple[Labeled, ...]:
    """Read all texts."""
    return tuple(each for language in ("sv", "en") for each in _of_language(language))


def lacking_one() -> tuple[Labeled, ...]:
    """Give every regulated text once for each of its elements, lacking that one."""
    return tuple(
        _labeled(case, language, frozenset({code}), is_faulty=False)
        for language in ("sv", "en")
        for case in _cases(language)
        for code in sorted(_elements(case))
    )


def _of_language(language: str) -> Iterator[Labeled]:
    for case in _cases(language):
        yield _labeled(case, language, frozenset(), is_faulty=False)
        if "drop" in case:
            yield _labeled(case, language, frozenset(case["drop"]), is_faulty=True)


def _cases(language: str) -> list[dict[str, Any]]:
    content = (_FOLDER / f"{language}.toml").read_text("utf-8")
    cases: list[dict[str, Any]] = tomllib.loads(content)["cases"]
    return cases


def _elements(case: dict[str, Any]) -> frozenset[str]:
    return frozenset(code for sign, code, _ in _MARK.findall(case["markdown"]) if not sign)


def _labeled(
    case: dict[str, Any], language: str, dropped: frozenset[str], *, is_faulty: bool
) -> Labeled:
    banned = frozenset(code for sign, code, _ in _MARK.findall(case["markdown"]) if sign)

    def kept(match: re.Match[str]) -> str:
        is_wanted = is_faulty if match[1] else match[2] not in dropped
        return match[3] if is_wanted else ""

    return Labeled(
        name=f"{language}_{case['name']}" + ("_faulty" if is_faulty else ""),
        language=language,
        vertical=case.get("vertical"),
        anchor=case["anchor"],
        target_url=case["target_url"],
        target_title=case["target_title"],
        markdown=_MARK.sub(kept, case["markdown"]).strip() + "\n",
        missing=dropped,
        present=_elements(case) - dropped,
        banned=banned if is_faulty else frozenset(),
    )


@dataclass(frozen=True)
class Wording:
    """One sentence, and whether it states a required element."""

    language: str
    code: str
    sentence: str
    states: bool


def wordings() -> tuple[Wording, ...]:
    """Read single sentences that state an element, and others that only look like it."""
    data = tomllib.loads((_FOLDER / "wordings.toml").read_text("utf-8"))
    return tuple(
        Wording(language, code, sentence, key == "says")
        for language, codes in data.items()
        for code, listed in codes.items()
        for key, sentences in listed.items()
        for sentence in sentences
    )
