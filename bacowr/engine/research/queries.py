"""Which searches tell what readers of the subject want (domain 3.5)."""

from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.page.entities import without_suffix
from bacowr.engine.page.profile import ContentType, PageProfile
from bacowr.engine.ports import Query
from bacowr.engine.research.intent import Intent
from bacowr.engine.text.lexicon import LANGUAGES, lexicon

MAX_CHARACTERS = 100
MAX_CLUSTER = 4

_MODIFIERS = {
    Intent.COMMERCIAL: "commercial",
    Intent.TRANSACTIONAL: "transactional",
    Intent.SUPPORT: "support",
}


class QueryReason(StrEnum):
    """Why a search was chosen."""

    FIRST_CANDIDATE = "first_candidate"
    ENTITY_AND_TOPIC = "entity_and_topic"
    TITLE = "title"
    INTENT = "intent"
    CONTENT_TYPE = "content_type"
    CANDIDATE = "candidate"


@dataclass(frozen=True)
class Reasoned:
    """A search and the reason for it."""

    text: str
    reason: QueryReason


@dataclass(frozen=True)
class QueryPlan:
    """One main search and two to four neighbors, each with the reason for it.

    Both are empty when nothing is known of the target.
    """

    main: Query | None
    cluster: tuple[Query, ...]
    reasons: tuple[Reasoned, ...]


def plan(profile: PageProfile | None, intent: Intent, language: str, country: str) -> QueryPlan:
    """Plan the searches for a target."""
    if profile is None:
        return QueryPlan(None, (), ())
    main, why = _main(profile)
    if not main:
        return QueryPlan(None, (), ())
    chosen = {main.casefold(): (main, why)}
    for text, reason in _neighbors(profile, intent, language, main):
        cut = text[:MAX_CHARACTERS].strip()
        chosen.setdefault(cut.casefold(), (cut, reason))
    listed = list(chosen.values())[: 1 + MAX_CLUSTER]
    return QueryPlan(
        main=Query(main, language, country),
        cluster=tuple(Query(text, language, country) for text, _ in listed[1:]),
        reasons=tuple(Reasoned(text, reason) for text, reason in listed),
    )


def _main(profile: PageProfile) -> tuple[str, QueryReason]:
    if profile.candidate_queries:
        return profile.candidate_queries[0][:MAX_CHARACTERS].strip(), QueryReason.FIRST_CANDIDATE
    if profile.entities and profile.topics:
        return f"{profile.entities[0]} {profile.topics[0]}"[
            :MAX_CHARACTERS
        ], QueryReason.ENTITY_AND_TOPIC
    return without_suffix(profile.title or "")[:MAX_CHARACTERS].strip(), QueryReason.TITLE


def _neighbors(
    profile: PageProfile, intent: Intent, language: str, main: str
) -> list[tuple[str, QueryReason]]:
    patterns = lexicon(language if language in LANGUAGES else "en").group("queries")
    term = profile.subject or main
    kind = profile.content_type
    modifiers = patterns[_MODIFIERS.get(intent, "info")]
    found = [(each.format(term=term), QueryReason.INTENT) for each in modifiers]
    found += [(each, QueryReason.ENTITY_AND_TOPIC) for each in profile.candidate_queries[2:3]]
    found += [
        (each.format(term=term), QueryReason.CONTENT_TYPE)
        for each in patterns.get(kind.value, ())
        if kind is not ContentType.ARTICLE
    ]
    found += [(each, QueryReason.CANDIDATE) for each in profile.candidate_queries[1:]]
    return found
