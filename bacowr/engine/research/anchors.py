"""What an anchor is, what it promises and how risky it is (domain 3.4)."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine import urls
from bacowr.engine.order import AnchorType
from bacowr.engine.page.entities import content_words, without_suffix
from bacowr.engine.page.profile import PageProfile
from bacowr.engine.research.intent import Confidence, Intent
from bacowr.engine.text.lexicon import hits, lexicon, matcher
from bacowr.engine.text.words import lowered

PARTIAL_SHARE = 0.5
PARTIAL_WORDS = 3
MIN_LABEL_LETTERS = 3
# Default: fewer related terms than this around the anchor is a weak context.
WEAK_CONTEXT_TERMS = 3

_NAKED = re.compile(
    r"(?:https?://)?(?:www\.)?(?:[\w-]+\.)+[^\W\d_]{2,24}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_IP = re.compile(r"[\d.]+|.*:.*")

SWAPS: dict[AnchorType, tuple[AnchorType, ...]] = {
    AnchorType.EXACT: (AnchorType.PARTIAL, AnchorType.GENERIC, AnchorType.BRAND),
    AnchorType.PARTIAL: (AnchorType.BRAND, AnchorType.GENERIC),
    AnchorType.GENERIC: (AnchorType.BRAND,),
    AnchorType.BRAND: (),
    AnchorType.NAKED: (),
}


class TypeSign(StrEnum):
    """By what an anchor's type was told."""

    HINT = "hint"
    ADDRESS = "address"
    GENERIC_PHRASE = "generic_phrase"
    NAME = "name"
    IN_TITLE = "in_title"
    TITLE_WORDS = "title_words"
    PARTIAL_WORD = "partial_word"
    THREE_WORDS = "three_words"
    NONE = "none"


class IntentSign(StrEnum):
    """By what an anchor's intent was told."""

    WORD = "word"
    TIE = "tie"
    TYPE = "type"
    NONE = "none"


class AnchorRisk(StrEnum):
    """How much an anchor looks like an attempt on a ranking."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Anchor:
    """A classified anchor, with the reasons for every finding.

    There is no text yet, so `risk` is that in a weak context and `risk_in_context` what it becomes
    with three related terms around it and a trust source in its section.
    """

    text: str
    type: AnchorType
    type_sign: TypeSign
    type_evidence: str
    confidence: Confidence
    intent: Intent
    intent_sign: IntentSign
    intent_evidence: str
    risk: AnchorRisk
    risk_in_context: AnchorRisk
    commercial_words: tuple[str, ...]


@dataclass(frozen=True)
class Alternative:
    """Another anchor that may be proposed in its place; the swap is a person's decision."""

    text: str
    type: AnchorType


def classified(
    text: str, target_url: str, profile: PageProfile | None, hint: AnchorType | None = None
) -> Anchor:
    """Classify an anchor; without a target profile only the address can be compared."""
    kind, sign, evidence, confidence = _type(text, target_url, profile, hint)
    intent, intent_sign, intent_evidence = _intent(text, kind)
    lists = lexicon().group("intent")
    words = tuple(
        dict.fromkeys(hits(text, (*lists["transactional"], *lists["commercial_research"])))
    )
    return Anchor(
        text=text,
        type=kind,
        type_sign=sign,
        type_evidence=evidence,
        confidence=confidence,
        intent=intent,
        intent_sign=intent_sign,
        intent_evidence=intent_evidence,
        risk=risk(kind, words, weak_context=True),
        risk_in_context=risk(kind, words, weak_context=False),
        commercial_words=words,
    )


def risk(kind: AnchorType, commercial_words: tuple[str, ...], *, weak_context: bool) -> AnchorRisk:
    """Weigh an anchor in its context: fewer than three related terms or no trust source is weak."""
    if not weak_context:
        return AnchorRisk.LOW
    if kind is AnchorType.EXACT and commercial_words:
        return AnchorRisk.HIGH
    if kind in {AnchorType.GENERIC, AnchorType.PARTIAL}:
        return AnchorRisk.MEDIUM
    return AnchorRisk.LOW


def alternatives(
    anchor: Anchor, target_url: str, profile: PageProfile | None, language: str
) -> tuple[Alternative, ...]:
    """List anchors that the swaps of domain 3.4 allow; only words that the target itself shows."""
    offered = {
        AnchorType.PARTIAL: _partial_texts(profile),
        AnchorType.BRAND: _names(target_url, profile)[:1],
        AnchorType.GENERIC: ["läs mer" if language == "sv" else "read more"],
    }
    found = [
        Alternative(text, kind) for kind in SWAPS[anchor.type] for text in offered.get(kind, [])
    ]
    return tuple(each for each in found if each.text.casefold() != anchor.text.casefold())


_Typed = tuple[AnchorType, TypeSign, str, Confidence]


def _type(
    text: str, target_url: str, profile: PageProfile | None, hint: AnchorType | None
) -> _Typed:
    """Try the rules of domain 3.4 in order; the first hit wins."""
    if hint is not None:
        return hint, TypeSign.HINT, "", Confidence.HIGH
    if _NAKED.fullmatch(text.strip()):
        return AnchorType.NAKED, TypeSign.ADDRESS, "", Confidence.HIGH
    lists = lexicon().group("anchor")
    if not lowered(matcher(lists["generic"]).sub(" ", text)):
        return AnchorType.GENERIC, TypeSign.GENERIC_PHRASE, "", Confidence.HIGH
    if name := _named(text, _names(target_url, profile)):
        return AnchorType.BRAND, TypeSign.NAME, name, Confidence.HIGH
    title = lowered(without_suffix(profile.title or "")) if profile else []
    if _inside(lowered(text), title):
        return AnchorType.EXACT, TypeSign.IN_TITLE, "", Confidence.HIGH
    return _loose_type(text, title, lists["partial"])


def _loose_type(text: str, title: list[str], partial_words: tuple[str, ...]) -> _Typed:
    content = content_words(text, lexicon())
    shared = [each for each in content if each in title]
    if content and len(shared) / len(content) > PARTIAL_SHARE:
        return AnchorType.PARTIAL, TypeSign.TITLE_WORDS, ", ".join(shared), Confidence.MEDIUM
    if shown := hits(text, partial_words):
        return AnchorType.PARTIAL, TypeSign.PARTIAL_WORD, shown[0], Confidence.MEDIUM
    if len(lowered(text)) >= PARTIAL_WORDS:
        return AnchorType.PARTIAL, TypeSign.THREE_WORDS, "", Confidence.MEDIUM
    return AnchorType.GENERIC, TypeSign.NONE, "", Confidence.LOW


def _intent(text: str, kind: AnchorType) -> tuple[Intent, IntentSign, str]:
    counted = {Intent(name): hits(text, terms) for name, terms in lexicon().group("intent").items()}
    most = max(len(each) for each in counted.values())
    best = [intent for intent, found in counted.items() if found and len(found) == most]
    if len(best) == 1:
        return best[0], IntentSign.WORD, counted[best[0]][0]
    if best:
        tie = {
            AnchorType.BRAND: Intent.NAVIGATIONAL,
            AnchorType.EXACT: Intent.COMMERCIAL,
            AnchorType.PARTIAL: Intent.COMMERCIAL,
        }
        return tie.get(kind, Intent.MIXED), IntentSign.TIE, ", ".join(best)
    if kind in {AnchorType.BRAND, AnchorType.NAKED}:
        return Intent.NAVIGATIONAL, IntentSign.TYPE, ""
    if kind is AnchorType.EXACT:
        return Intent.COMMERCIAL, IntentSign.TYPE, ""
    return Intent.INFO, IntentSign.NONE, ""


def _names(target_url: str, profile: PageProfile | None) -> list[str]:
    host = urls.host_of(target_url)
    label = "" if _IP.fullmatch(host) else urls.domain_label(host)
    named = [profile.site_name, profile.organization] if profile else []
    listed = [*named, label if len(label) >= MIN_LABEL_LETTERS else None]
    return list(dict.fromkeys(each for each in listed if each))


def _named(text: str, names: list[str]) -> str | None:
    """Find a name in a text, as words or, written together, as in a domain."""
    tokens = lowered(text)
    squeezed = {
        _squeezed("".join(tokens[i:j]))
        for i in range(len(tokens))
        for j in range(i + 1, min(i + 4, len(tokens)) + 1)
    }
    return next(
        (each for each in names if _inside(lowered(each), tokens) or _squeezed(each) in squeezed),
        None,
    )


def _squeezed(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if each.isalnum())


def _inside(part: list[str], whole: list[str]) -> bool:
    size = len(part)
    return bool(part) and any(whole[i : i + size] == part for i in range(len(whole) - size + 1))


def _partial_texts(profile: PageProfile | None) -> list[str]:
    if profile is None:
        return []
    return list(
        dict.fromkeys(each for each in (*profile.topics, *profile.entities) if " " in each)
    )[:2]
