"""Which searches tell what readers of the subject want (domain 3.5)."""

from dataclasses import dataclass

from bacowr.engine.page.entities import without_suffix
from bacowr.engine.page.profile import ContentType, PageProfile
from bacowr.engine.ports import Query
from bacowr.engine.research.intent import Intent
from bacowr.engine.text.lexicon import LANGUAGES, lexicon

MAX_CHARACTERS = 100
MAX_CLUSTER = 4
MAX_TERM_WORDS = 3

_MODIFIERS = {
    Intent.COMMERCIAL: "commercial",
    Intent.TRANSACTIONAL: "transactional",
    Intent.SUPPORT: "support",
}


@dataclass(frozen=True)
class QueryPlan:
    """One main search and two to four neighbors, each with the reason for it.

    Both are empty when nothing is known of the target.
    """

    main: Query | None
    cluster: tuple[Query, ...]
    rationale: tuple[str, ...]


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
        rationale=tuple(f"{text}: {reason}" for text, reason in listed),
    )


def _main(profile: PageProfile) -> tuple[str, str]:
    if profile.candidate_queries:
        return profile.candidate_queries[0][:MAX_CHARACTERS].strip(), "first candidate"
    if profile.entities and profile.topics:
        return f"{profile.entities[0]} {profile.topics[0]}"[:MAX_CHARACTERS], "entity and topic"
    return without_suffix(profile.title or "")[:MAX_CHARACTERS].strip(), "title"


def _neighbors(
    profile: PageProfile, intent: Intent, language: str, main: str
) -> list[tuple[str, str]]:
    patterns = lexicon(language if language in LANGUAGES else "en").group("queries")
    term = _term(profile, main)
    kind = profile.content_type
    modifiers = patterns[_MODIFIERS.get(intent, "info")]
    found = [(each.format(term=term), f"intent {intent}") for each in modifiers]
    found += [(each, "another name with a topic") for each in profile.candidate_queries[2:3]]
    found += [
        (each.format(term=term), f"content type {kind}")
        for each in patterns.get(kind.value, ())
        if kind is not ContentType.ARTICLE
    ]
    found += [(each, "further candidate") for each in profile.candidate_queries[1:]]
    return found


def _term(profile: PageProfile, main: str) -> str:
    """Choose the words that a modifier is put on: short ones."""
    short = (each for each in (main, *profile.entities, *profile.topics) if each)
    term = next((each for each in short if len(each.split()) <= MAX_TERM_WORDS), main)
    return term.lower() if term.isascii() and term.istitle() else term
