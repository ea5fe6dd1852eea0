"""What search results say about the intent behind a query (domain 3.5).

Without results everything here is unknown; nothing is guessed in their place.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bacowr.engine.page.entities import content_phrases
from bacowr.engine.ports import NoResults, Query, SearchHit, SearchResults
from bacowr.engine.research.intent import Confidence, Intent
from bacowr.engine.text.lexicon import hits, lexicon

TITLE_WEIGHT, URL_WEIGHT, SNIPPET_WEIGHT = 3, 2, 1
SECONDARY_SHARE = 0.3
MAIN_WEIGHT, CLUSTER_WEIGHT = 2, 1
TOP_FOR_SUBTOPICS = 5
MIN_RESULTS_FOR_SUBTOPIC = 2
MAX_SUBTOPICS = 8
FEW_RESULTS, MANY_RESULTS = 5, 8
AGREEMENT = 0.5


@dataclass(frozen=True)
class SerpSet:
    """One query with its results; `hits` is None when they were not fetched."""

    query: Query
    hits: tuple[SearchHit, ...] | None
    reason: NoResults | None
    dominant: Intent
    secondary: tuple[Intent, ...]
    subtopics: tuple[str, ...]


@dataclass(frozen=True)
class SerpFindings:
    """All sets of an order taken together."""

    fetched: bool
    sets: tuple[SerpSet, ...]
    dominant: Intent
    confidence: Confidence
    required_subtopics: tuple[str, ...]
    reason: NoResults | None


def findings(results: Sequence[SearchResults]) -> SerpFindings:
    """Take the results of all queries together; the first, main one counts twice."""
    sets = tuple(_set(each) for each in results)
    fetched = [each for each in sets if each.hits is not None]
    if not fetched:
        reason = next((each.reason for each in sets if each.reason), NoResults.NOTHING_TO_ASK)
        return SerpFindings(
            fetched=False,
            sets=sets,
            dominant=Intent.UNKNOWN,
            confidence=Confidence.LOW,
            required_subtopics=(),
            reason=reason,
        )
    votes: Counter[Intent] = Counter()
    for place, each in enumerate(fetched):
        votes[each.dominant] += MAIN_WEIGHT if place == 0 else CLUSTER_WEIGHT
    dominant = votes.most_common(1)[0][0]
    return SerpFindings(
        fetched=True,
        sets=sets,
        dominant=dominant,
        confidence=_confidence(fetched, dominant),
        required_subtopics=_shared([each.subtopics for each in fetched]),
        reason=None,
    )


def page_intent(found: Sequence[SearchHit]) -> tuple[Intent, tuple[Intent, ...]]:
    """Weigh the intent words of results: 1/rank times (title 3, address 2, snippet 1)."""
    scores: Counter[Intent] = Counter()
    for hit in found:
        for name, terms in lexicon().group("intent").items():
            weight = (
                TITLE_WEIGHT * bool(hits(hit.title, terms))
                + URL_WEIGHT * bool(hits(hit.url.replace("-", " ").replace("/", " "), terms))
                + SNIPPET_WEIGHT * bool(hits(hit.snippet, terms))
            )
            if weight:
                scores[Intent(name)] += weight / hit.rank  # type: ignore[assignment]  # A share.
    if not scores:
        return Intent.MIXED, ()
    (dominant, most), *others = scores.most_common()
    return dominant, tuple(each for each, score in others if score > SECONDARY_SHARE * most)


def _set(results: SearchResults) -> SerpSet:
    if results.hits is None:
        return SerpSet(results.query, None, results.reason, Intent.UNKNOWN, (), ())
    dominant, secondary = page_intent(results.hits)
    return SerpSet(results.query, results.hits, None, dominant, secondary, _subtopics(results))


def _subtopics(results: SearchResults) -> tuple[str, ...]:
    terms = lexicon(results.query.language)
    counts: Counter[str] = Counter()
    for hit in (results.hits or ())[:TOP_FOR_SUBTOPICS]:
        counts.update(dict.fromkeys(content_phrases(f"{hit.title}. {hit.snippet}", terms), 1))
    return tuple(
        each
        for each, count in counts.most_common(MAX_SUBTOPICS)
        if count >= MIN_RESULTS_FOR_SUBTOPIC
    )


def _shared(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    counts = Counter(each for listed in lists for each in listed)
    need = min(MIN_RESULTS_FOR_SUBTOPIC, len(lists))
    return tuple(each for each, count in counts.most_common(10) if count >= need)


def _confidence(fetched: Sequence[SerpSet], dominant: Intent) -> Confidence:
    steps = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
    mean = sum(len(each.hits or ()) for each in fetched) / len(fetched)
    level = 0 if mean < FEW_RESULTS else 2 if mean >= MANY_RESULTS else 1
    agreeing = sum(each.dominant is dominant for each in fetched) / len(fetched)
    return steps[max(0, level - (agreeing < AGREEMENT))]
