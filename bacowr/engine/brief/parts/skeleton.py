"""The skeleton: headings, writing tasks with length and facts, and empty paragraphs."""

from collections.abc import Sequence
from typing import TypeVar

from bacowr.engine.brief.labels import labeled
from bacowr.engine.brief.model import (
    Brief,
    DocumentKind,
    Fact,
    Quote,
    Section,
    Skeleton,
    SkeletonSection,
)
from bacowr.engine.brief.parts.outline import CLOSING
from bacowr.engine.brief.wording import say
from bacowr.engine.page.entities import content_words
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.stems import stem

PARAGRAPH_WORDS = 100
FACTS_OF_SECTION = 2
QUOTES_OF_SECTION = 1

T = TypeVar("T", Fact, Quote)


def skeleton(brief: Brief) -> Skeleton:
    """Build the frame of an article from a brief; every paragraph in it is empty."""
    label, banner = labeled(DocumentKind.SKELETON)
    facts, quotes = list(brief.facts), list(brief.quotes)
    sections = []
    for place, each in enumerate(brief.outline, start=1):
        kept = () if each.role in CLOSING else _fitting(each.topic, facts, FACTS_OF_SECTION)
        said = () if each.role in CLOSING else _fitting(each.topic, quotes, QUOTES_OF_SECTION)
        sections.append(
            SkeletonSection(
                heading=each.heading,
                level=2,
                words=each.words,
                prompts=(*_tasks(brief, place, each), *_of_sources(brief, kept, said)),
                paragraphs=("",) * max(1, round(each.words / PARAGRAPH_WORDS)),
            )
        )
    return Skeleton(
        kind=DocumentKind.SKELETON,
        label=label,
        banner=banner,
        demo=brief.demo,
        text_language=brief.text_language,
        language=brief.language,
        title=brief.titles[0].text,
        sections=tuple(sections),
    )


def _tasks(brief: Brief, place: int, section: Section) -> list[str]:
    language = brief.text_language
    if section.role in CLOSING:
        return [say(language, "prompt.closing")]
    prompts = [say(language, "prompt.intro")] if place == 1 else []
    prompts.append(say(language, "prompt.section", words=section.words, topic=section.topic))
    best = brief.placements[0]
    if best.section == place:
        prompts.append(
            say(
                language,
                "prompt.anchor",
                anchor=brief.anchor.text,
                url=brief.target_url,
                paragraph=best.paragraph,
                sentences=best.sentences_before,
            )
        )
    return prompts


def _of_sources(brief: Brief, facts: Sequence[Fact], quotes: Sequence[Quote]) -> list[str]:
    language = brief.text_language
    return [
        *(
            say(language, "prompt.fact", value=each.value, sentence=each.sentence, url=each.url)
            for each in facts
        ),
        *(say(language, "prompt.quote", text=each.text, url=each.url) for each in quotes),
    ]


def _fitting(topic: str, left: list[T], limit: int) -> tuple[T, ...]:
    """Take out of what is left the passages that share most words with a topic, if any does."""
    wanted = set(map(stem, content_words(topic, lexicon())))

    def shared(each: T) -> int:
        text = each.sentence if isinstance(each, Fact) else each.text
        return len(wanted & set(map(stem, content_words(text, lexicon()))))

    sharing = [each for each in left if shared(each)]
    chosen = tuple(sorted(sharing, key=lambda each: -shared(each))[:limit])
    for each in chosen:
        left.remove(each)
    return chosen
