"""A link to the target in its context, and the risk that follows (domain 3.4)."""

from dataclasses import dataclass

from bacowr.engine.article.parsed import PlacedLink
from bacowr.engine.checks.citing import cited
from bacowr.engine.checks.context import Window, terms, window
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import thresholds
from bacowr.engine.order import AnchorType
from bacowr.engine.page.entities import content_words
from bacowr.engine.research.anchors import Anchor, AnchorRisk, classified, risk
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.stems import stem


@dataclass(frozen=True)
class Context:
    """What stands around one link to the target, and how risky the anchor is there.

    `is_poor` when fewer than three related terms stand around it; `has_terms` tells whether there
    is a list of terms at all.
    """

    link: PlacedLink
    type: AnchorType
    window: Window
    has_terms: bool
    has_source: bool
    risk: AnchorRisk
    reason: str

    @property
    def is_poor(self) -> bool:
        """Tell whether too few related terms stand around the link."""
        return len(self.window.found) < thresholds().terms.weak_window


def context_of(subject: Subject, link: PlacedLink) -> Context:
    """Measure the context of a link and weigh its anchor in it."""
    listed = terms(subject)
    around = window(subject, link, listed)
    source = has_source(subject, link.block.section)
    anchor = _anchor(subject, link)
    poor = len(around.found) < thresholds().terms.weak_window
    level, reason = _weighed(subject, link, anchor, weak=poor or not source)
    return Context(link, anchor.type, around, bool(listed), source, level, reason)


def has_source(subject: Subject, section: int) -> bool:
    """Tell whether a section links to an approved source."""
    return any(each.is_approved and each.link.block.section == section for each in cited(subject))


def _anchor(subject: Subject, link: PlacedLink) -> Anchor:
    text = " ".join(link.link.text.split())
    if text == subject.profiles.anchor.text:
        return subject.profiles.anchor
    return classified(text, subject.order.target_url, subject.profiles.target)


def _weighed(
    subject: Subject, link: PlacedLink, anchor: Anchor, *, weak: bool
) -> tuple[AnchorRisk, str]:
    """Try the conditions of domain 3.4 in their order."""
    links = subject.target_links
    if len(links) > thresholds().link.most_uses:
        return AnchorRisk.HIGH, "the target is linked over twice"
    if link.block.level in {1, 2}:
        return AnchorRisk.HIGH, f"it stands in an H{link.block.level}"
    if _is_repeated(link, links):
        return AnchorRisk.HIGH, "the same anchor stands twice in its section"
    if anchor.type is AnchorType.PARTIAL:
        weak = not _shares_a_term(link, subject.article.language)
        reason = "its words share nothing with its paragraph"
    else:
        reason = "it has few related words around it, or no source in its section"
    if anchor.commercial_words and anchor.type is AnchorType.EXACT:
        reason = f"“{anchor.commercial_words[0]}” sells, and {reason}"
    return risk(anchor.type, anchor.commercial_words, weak_context=weak), reason


def _is_repeated(link: PlacedLink, links: tuple[PlacedLink, ...]) -> bool:
    same = [
        each
        for each in links
        if each.block.section == link.block.section
        and each.link.text.casefold() == link.link.text.casefold()
    ]
    return len(same) > 1


def _shares_a_term(link: PlacedLink, language: str) -> bool:
    text = link.block.text
    around = f"{text[: link.link.start]} | {text[link.link.end :]}"
    return bool(_subject_stems(link.link.text, language) & _subject_stems(around, language))


def _subject_stems(text: str, language: str) -> set[str]:
    return {stem(each, language) for each in content_words(text, lexicon(language))}
