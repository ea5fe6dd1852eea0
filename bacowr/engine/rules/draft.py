"""Draft: length, structure and unfinished text, by the writing profile (domain 3.9, 3.10)."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial

from bacowr.engine.article.parsed import Block, BlockKind
from bacowr.engine.checks.faults import Fault, counted, judged, place
from bacowr.engine.checks.model import Check, CheckName, Evidence, Fact, Finding, Place, QcStatus
from bacowr.engine.checks.phrases import phrases
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import ProfileRules, Range, points, thresholds
from bacowr.engine.order import WritingProfile
from bacowr.engine.page.entities import capitalized, without_suffix
from bacowr.engine.text.lexicon import lexicon, matcher

NAME = CheckName.DRAFT
MAX_SERP_ENTITIES = 10
MIN_RESULTS_WITH_NAME = 2

_finding = partial(Finding, NAME)
_BRACES = re.compile(r"\{\{[^{}]*\}\}|<<[^<>]+>>|\[\[[^\[\]]+\]\]|(?<!\S)\[(?:…|\.\.\.)\](?!\S)")


def check(subject: Subject) -> Check:
    """Check the text against its profile, and for text that was never finished."""
    rules = thresholds().profiles[subject.order.writing_profile]
    faults = [
        *_length(subject, rules),
        *_headings(subject, rules),
        *_paragraphs(subject, rules),
        *_lists(subject, rules),
        *_placeholders(subject),
        *_telltale(subject),
        *_searched(subject, rules),
    ]
    return judged(NAME, faults, _facts(subject, rules))


def _length(subject: Subject, rules: ProfileRules) -> Iterator[Fault]:
    words = subject.parsed.words
    if words in rules.words:
        return
    hard = words not in rules.hard_words
    status = QcStatus.NEEDS_SIGNOFF if hard else QcStatus.WARNING
    short = words < rules.words.least
    message = f"The text has {words:,} words; {rules.words} are wanted."
    shortfall = 100 * (rules.words.least - words) / rules.words.least
    cost = min(points(NAME, "most_for_shortfall"), round(shortfall, 1)) if short else 0
    code = ("too_short" if short else "too_long") + ("_hard" if hard else "")
    suggestion = "Add what is missing." if short else "Cut what repeats."
    finding = _finding(code, status, message, suggestion=suggestion, decidable=True)
    yield Fault(finding, cost)


def _headings(subject: Subject, rules: ProfileRules) -> Iterator[Fault]:
    found = subject.parsed.headings
    h1s = [each for each in found if each.level == 1]
    h2s = [each for each in found if each.level == 2]  # noqa: PLR2004 - H2.
    if len(h1s) < rules.h1.least:
        finding = _finding("no_h1", QcStatus.WARNING, "The text has no H1.")
        yield Fault(finding, points(NAME, "no_h1"))
    if len(h1s) > rules.h1.most:
        message = f"The text has {len(h1s)} H1; one is wanted."
        finding = _finding("several_h1", QcStatus.PASS, message, _at(h1s[1]), _words(h1s[1]))
        yield Fault(finding, points(NAME, "several_h1"))
    if len(h2s) < rules.h2.least:
        message = f"The text has {len(h2s)} H2; {rules.h2} are wanted."
        yield Fault(_finding("few_h2", QcStatus.PASS, message), points(NAME, "few_h2"))
    if rules.headings.least and len(h2s) > rules.h2.most:
        message = f"The text has {len(h2s)} H2; {rules.h2} are wanted."
        extra = h2s[rules.h2.most]
        yield Fault(_finding("many_h2", QcStatus.WARNING, message, _at(extra), decidable=True))
    if len(found) > rules.headings.most:
        message = f"The text has {len(found)} headings; this profile allows {rules.headings.most}."
        extra = found[rules.headings.most]
        yield Fault(_finding("many_headings", QcStatus.WARNING, message, _at(extra), _words(extra)))


def _paragraphs(subject: Subject, rules: ProfileRules) -> Iterator[Fault]:
    fitting = _fitting(subject, rules)
    if fitting < rules.paragraphs:
        number = counted(fitting, "paragraph")
        message = f"The text has {number} of the wanted size; {rules.paragraphs} are wanted."
        finding = _finding("few_paragraphs", QcStatus.PASS, message)
        yield Fault(finding, points(NAME, "few_paragraphs"))


def _fitting(subject: Subject, rules: ProfileRules) -> int:
    return sum(
        len(each.text) in rules.paragraph_characters and each.words in rules.paragraph_words
        for each in subject.parsed.paragraphs
    )


def _lists(subject: Subject, rules: ProfileRules) -> Iterator[Fault]:
    found = [each for each in subject.parsed.blocks if each.kind is BlockKind.LIST_ITEM]
    if found and not rules.lists:
        message = "The text has a list; this profile allows none."
        yield Fault(_finding("list", QcStatus.WARNING, message, _at(found[0]), _words(found[0])))


def _placeholders(subject: Subject) -> Iterator[Fault]:
    for block in subject.parsed.blocks:
        for start, end in _unfinished(block):
            words = block.text[start:end]
            yield Fault(
                _finding(
                    "placeholder",
                    QcStatus.BLOCKED,
                    f"The text still holds a placeholder: {words}",
                    place(block.at(start, end)),
                    Evidence(words),
                    "Write what belongs there, or take it out.",
                )
            )


def _unfinished(block: Block) -> Iterator[tuple[int, int]]:
    words, exact, bracketed, whole = _placeholder_patterns()
    if block.text.strip(" .:").casefold() in whole:
        yield 0, len(block.text)
        return
    taken: list[tuple[int, int]] = []
    for pattern in (_BRACES, bracketed, words, exact):
        for match in pattern.finditer(block.text):
            if not any(start <= match.start() < end for start, end in taken):
                taken.append(match.span())
    yield from sorted(taken)


@cache
def _placeholder_patterns() -> tuple[
    re.Pattern[str], re.Pattern[str], re.Pattern[str], frozenset[str]
]:
    lists = phrases().placeholders
    named = "|".join(re.escape(each) for each in sorted(lists.bracketed, key=len, reverse=True))
    return (
        matcher(lists.words),
        re.compile(rf"(?<![\w-])(?:{'|'.join(lists.exact)})(?![\w-])"),
        re.compile(rf"\[\s*(?:{named})(?![\w-])[^\]\n]{{0,40}}\]", re.IGNORECASE),
        frozenset(lists.whole),
    )


def _telltale(subject: Subject) -> Iterator[Fault]:
    listed = phrases().telltale.get(subject.article.language)
    if listed is None:
        return
    swaps = {each.phrase: each.swap for each in listed.phrases}
    pattern = matcher(tuple(swaps))
    for block in subject.parsed.blocks:
        if block.kind is BlockKind.QUOTE:
            continue
        plain = block.text.replace("\u2019", "'")
        for match in pattern.finditer(plain):
            swap = swaps.get(match[0].casefold())
            yield Fault(
                _finding(
                    "telltale_phrase",
                    QcStatus.WARNING,
                    f"Readers know this phrase from texts that nobody wrote: {match[0]}",
                    place(block.at(*match.span())),
                    Evidence(match[0]),
                    _advice(swap),
                    fixable=swap is not None and block.kind is not BlockKind.HEADING,
                    decidable=True,
                )
            )


def _advice(swap: str | None) -> str:
    if swap is None:
        return "Say it in words of your own."
    return f"Write “{swap}”." if swap else "Leave it out."


def _searched(subject: Subject, rules: ProfileRules) -> Iterator[Fault]:
    """Ask for names from the search results, where the profile wants them."""
    names = _names(subject)
    wanted = min(rules.serp_entities, len(names))
    text = subject.parsed.text
    used = [each for each in names if matcher((each.lower(),)).search(text)]
    if len(used) < wanted:
        missing = ", ".join(each for each in names if each not in used)
        message = (
            f"The text uses {len(used)} of the names in the search results; {wanted} are wanted."
        )
        yield Fault(
            _finding(
                "few_search_names",
                QcStatus.WARNING,
                message,
                evidence=Evidence(missing),
                decidable=True,
            )
        )


def _names(subject: Subject) -> tuple[str, ...]:
    if subject.order.writing_profile is not WritingProfile.FLOW:
        return ()
    hits = [hit for each in subject.serp.findings.sets for hit in each.hits or ()]
    found: Counter[str] = Counter()
    for hit in hits:
        found.update(dict.fromkeys(capitalized(without_suffix(hit.title), lexicon()), 1))
    shared = [name for name, count in found.most_common() if count >= MIN_RESULTS_WITH_NAME]
    return tuple(shared[:MAX_SERP_ENTITIES])


def _facts(subject: Subject, rules: ProfileRules) -> Iterator[Fact]:
    parsed = subject.parsed
    h1 = sum(each.level == 1 for each in parsed.headings)
    h2 = sum(each.level == 2 for each in parsed.headings)  # noqa: PLR2004 - H2.
    yield _fact("Words", parsed.words, rules.words)
    yield _fact("H1", h1, rules.h1)
    yield _fact("H2", h2, rules.h2)
    fitting = _fitting(subject, rules)
    wanted = f"{rules.paragraphs} or more"
    yield Fact("Paragraphs of the wanted size", str(fitting), wanted, fitting >= rules.paragraphs)


def _fact(label: str, value: int, wanted: Range) -> Fact:
    said = str(wanted.least) if wanted.least == wanted.most else str(wanted)
    return Fact(label, f"{value:,}", said, value in wanted)


def _at(block: Block) -> Place:
    return place(block.span)


def _words(block: Block) -> Evidence:
    return Evidence(block.text)
