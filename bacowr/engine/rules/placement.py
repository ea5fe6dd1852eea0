"""Where the link stands, by the writing profile: a part of the anchor's check (domain 3.9)."""

from collections.abc import Iterator
from functools import partial

from bacowr.engine.article.parsed import Block, BlockKind, Parsed, PlacedLink
from bacowr.engine.checks.context import flow_of
from bacowr.engine.checks.faults import Fault, place
from bacowr.engine.checks.model import CheckName, Evidence, Finding, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import ProfileRules, thresholds
from bacowr.engine.text import words

_finding = partial(Finding, CheckName.ANCHOR)


def misplaced(subject: Subject) -> Iterator[Fault]:
    """List what is wrong with the places of the links; only warnings."""
    rules = thresholds().profiles[subject.order.writing_profile]
    for link in subject.target_links:
        if link.block.kind is BlockKind.HEADING:
            continue
        yield from _section(subject.parsed, link, rules)
        yield from _paragraph(subject.parsed, link, rules)
        yield from _context(subject.parsed, link, rules)
        yield from _distance(subject.parsed, link, rules)
    yield from _crowded(subject)


def words_before(parsed: Parsed, block: Block, offset: int) -> int:
    """Count the words of running text before a place in a block."""
    total = 0
    for each in parsed.body:
        if each is block:
            return total + words.count(block.text[:offset])
        total += each.words
    return total


def sentences_before(parsed: Parsed, block: Block, offset: int) -> int:
    """Count the whole sentences of a block's section before a place in the block."""
    total = 0
    for each, sentence in flow_of(parsed.section(block.section)):
        if each is block and sentence.end > offset:
            return total
        total += 1
    return total


def paragraph_number(parsed: Parsed, block: Block) -> int:
    """Count the blocks of running text in the section up to and with this one."""
    body = [each for each in parsed.section(block.section) if each.kind is not BlockKind.HEADING]
    return next((number for number, each in enumerate(body, start=1) if each is block), 0)


def last_section(parsed: Parsed) -> int:
    """Give the number of the last H2 section; 0 without any."""
    return parsed.blocks[-1].section if parsed.blocks else 0


def _section(parsed: Parsed, link: PlacedLink, rules: ProfileRules) -> Iterator[Fault]:
    section, last = link.block.section, last_section(parsed)
    if not rules.link_in_middle_section or last < thresholds().link.middle_from_sections:
        return
    if not 1 < section < last:
        where = "before the first H2" if section == 0 else f"in section {section} of {last}"
        message = f"The link stands {where}; a middle section is wanted."
        at = place(link.span)
        yield Fault(_finding("not_in_middle", QcStatus.WARNING, message, at, decidable=True))


def _paragraph(parsed: Parsed, link: PlacedLink, rules: ProfileRules) -> Iterator[Fault]:
    number = paragraph_number(parsed, link.block)
    if number > rules.link_paragraph:
        message = f"The link stands in paragraph {number} of its section; 1 or 2 is wanted."
        yield Fault(
            _finding(
                "late_in_section",
                QcStatus.WARNING,
                message,
                place(link.span),
                fixable=True,
                decidable=True,
            )
        )


def _context(parsed: Parsed, link: PlacedLink, rules: ProfileRules) -> Iterator[Fault]:
    before = sentences_before(parsed, link.block, link.link.start)
    if before < rules.context_sentences:
        message = (
            f"The link comes after {before} of the {rules.context_sentences} sentences"
            " that should lead up to it in its section."
        )
        yield Fault(
            _finding(
                "without_context",
                QcStatus.WARNING,
                message,
                place(link.span),
                fixable=True,
                decidable=True,
            )
        )


def _distance(parsed: Parsed, link: PlacedLink, rules: ProfileRules) -> Iterator[Fault]:
    number = words_before(parsed, link.block, link.link.start) + 1
    if number not in rules.link_words:
        message = f"The link stands at word {number:,}; word {rules.link_words} is wanted."
        yield Fault(
            _finding(
                "out_of_place",
                QcStatus.WARNING,
                message,
                place(link.span),
                fixable=True,
                decidable=True,
            )
        )


def _crowded(subject: Subject) -> Iterator[Fault]:
    most = thresholds().link.links_in_paragraph
    for block in subject.parsed.body:
        if len(block.links) > most:
            message = f"A paragraph has {len(block.links)} links; {most} is the most."
            link = PlacedLink(block.links[most], block)
            yield Fault(
                _finding(
                    "several_links_in_paragraph",
                    QcStatus.WARNING,
                    message,
                    place(link.span),
                    Evidence(link.link.text, link.url),
                    fixable=any(each.block is block for each in subject.target_links),
                    decidable=True,
                )
            )
