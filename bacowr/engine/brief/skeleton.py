"""The skeleton: headings, writing tasks with length and facts, and empty paragraphs."""

from bacowr.engine.brief.labels import labeled
from bacowr.engine.brief.model import Brief, DocumentKind, Section, Skeleton, SkeletonSection
from bacowr.engine.brief.outline import CLOSING
from bacowr.engine.brief.wording import say

PARAGRAPH_WORDS = 100


def skeleton(brief: Brief) -> Skeleton:
    """Build the frame of an article from a brief; every paragraph in it is empty."""
    label, banner = labeled(DocumentKind.SKELETON)
    sections = tuple(
        SkeletonSection(
            heading=each.heading,
            level=2,
            words=each.words,
            prompts=tuple(_prompts(brief, place, each)),
            paragraphs=("",) * max(1, round(each.words / PARAGRAPH_WORDS)),
        )
        for place, each in enumerate(brief.outline, start=1)
    )
    return Skeleton(
        kind=DocumentKind.SKELETON,
        label=label,
        banner=banner,
        demo=brief.demo,
        text_language=brief.text_language,
        language=brief.language,
        title=brief.titles[0].text,
        sections=sections,
    )


def _prompts(brief: Brief, place: int, section: Section) -> list[str]:
    language = brief.text_language
    if section.role in CLOSING:
        return [say(language, "prompt.closing")]
    prompts = [say(language, "prompt.intro")] if place == 1 else []
    prompts.append(say(language, "prompt.section", words=section.words, topic=section.topic))
    parts = len([each for each in brief.outline if each.role not in CLOSING])
    prompts += [
        say(language, "prompt.fact", value=each.value, url=each.url)
        for each in brief.facts[place - 1 :: parts][:2]
    ]
    prompts += [
        say(language, "prompt.quote", url=each.url) for each in brief.quotes[place - 1 :: parts][:1]
    ]
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
