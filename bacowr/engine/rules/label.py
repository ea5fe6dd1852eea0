"""Whether advertising is marked, and the link's rel is what it has to be (domain 3.10, 3.12)."""

import re
from collections.abc import Iterator
from functools import cache

from bacowr.engine.article.parsed import Block, BlockKind
from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.checks.model import Check, CheckName, Evidence, Fact, Finding, Place, QcStatus
from bacowr.engine.checks.model import plain as plain_check
from bacowr.engine.checks.subject import Subject
from bacowr.engine.policies.labels import AdLabel, ad_label, label_rules
from bacowr.engine.policies.matching import first
from bacowr.engine.terms import DealType, Rel, Terms

# Default: a line this short can be meant as a label; longer ones are running text.
LABEL_WORDS = 8

_LABEL_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE})


def check(subject: Subject) -> Check:
    """Check the label and the rel of one article, and its text for labels and demands."""
    article = subject.article
    label = ad_label(article.terms, article.country, article.language)
    findings = [
        *_deal(article.terms),
        *_wording(subject, label),
        *_lines(subject, label),
        *_demands(subject),
        *_age(subject),
    ]
    return plain_check(CheckName.LABEL, findings, _facts(subject, label))


def _finding(code: str, status: QcStatus, message: str, *, is_decidable: bool = True) -> Finding:
    return Finding(CheckName.LABEL, code, status, message, decidable=is_decidable)


def _deal(terms: Terms) -> Iterator[Finding]:
    if terms.deal_type is DealType.UNKNOWN:
        text = (
            "Nobody has said what the link was given for, so no label is set and the link is "
            f"treated as paid: rel {terms.rel}."
        )
        yield _finding("deal_unknown", QcStatus.WARNING, text)
    if terms.is_follow_unexplained:
        text = "The link was given something for and is followed, without a written reason."
        yield _finding("follow_unexplained", QcStatus.BLOCKED, text, is_decidable=False)
    elif terms.is_advertising and terms.rel is Rel.FOLLOW:
        text = f"The link was given something for and is followed. Reason: {terms.rel_reason}"
        yield _finding("follow_paid", QcStatus.WARNING, text)


def _wording(subject: Subject, label: AdLabel | None) -> Iterator[Finding]:
    article = subject.article
    if article.terms.is_advertising and label is None:
        text = f"No wording is known that marks advertising in the language {article.language}."
        yield _finding("label_unknown", QcStatus.BLOCKED, text, is_decidable=False)
    if label and label.lacks_advertiser:
        source = label.wording.source_name
        text = f"The label must name the advertiser ({source}); no name is given."
        yield _finding("advertiser_missing", QcStatus.NEEDS_SIGNOFF, text, is_decidable=False)


def _lines(subject: Subject, label: AdLabel | None) -> Iterator[Finding]:
    """Look at the short lines of the text, which a reader may take for a label."""
    rules = label_rules()
    weak_words = rules.weak.get(subject.article.language, ())
    for block in subject.parsed.blocks:
        text = block.text.strip()
        is_short = block.words <= LABEL_WORDS
        weak = first(text, weak_words) if is_short and block.kind in _LABEL_KINDS else None
        if (label and text == label.text) or (is_short and _label_mark().match(text)):
            yield _on_line(block, "label_repeated", _repeated(label))
        elif weak:
            yield _on_line(block, "label_weak", _weak(weak[0], label))


@cache
def _label_mark() -> re.Pattern[str]:
    """Build the pattern of a line that is a label: its word alone, or a sign after it."""
    words = {word for each in label_rules().labels for word in each.accepted}
    listed = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(rf"(?:{listed})(?:\s*[:|\u2013\u2014-]|$)", re.IGNORECASE)


def _repeated(label: AdLabel | None) -> str:
    if label:
        return f"The text holds a label of its own; every export adds “{label.text}”."
    return "The text calls itself advertising, but the deal does not say so."


def _weak(word: str, label: AdLabel | None) -> str:
    if label:
        return f"“{word}” alone marks no advertising; every export adds “{label.text}”."
    return f"“{word}” reads like advertising, marks none by itself, and the deal does not say so."


def _on_line(block: Block, code: str, message: str) -> Finding:
    return Finding(
        CheckName.LABEL,
        code,
        QcStatus.WARNING,
        message,
        place=Place(*block.span),
        evidence=Evidence(text=block.text),
        decidable=True,
    )


def _demands(subject: Subject) -> Iterator[Finding]:
    phrases = label_rules().demands.get(subject.article.language, ())
    for block in subject.parsed.blocks:
        for sentence in block.sentences:
            match = first(sentence.text, phrases)
            if match:
                start = sentence.start + match.start()
                yield Finding(
                    CheckName.LABEL,
                    "follow_demanded",
                    QcStatus.NEEDS_SIGNOFF,
                    "The text demands a followed link; the site owner may always qualify it.",
                    place=Place(*block.at(start, start + len(match[0]))),
                    evidence=Evidence(text=sentence.text, marked=(match[0],)),
                    decidable=True,
                )


def _age(subject: Subject) -> Iterator[Finding]:
    rules = label_rules()
    if subject.article.terms.is_advertising and rules.is_stale(subject.at.date()):
        text = f"The label wordings date from {rules.checked_on}; look them up at their sources."
        yield _finding("wordings_old", QcStatus.WARNING, text)


def _facts(subject: Subject, label: AdLabel | None) -> Iterator[Fact]:
    terms, rules = subject.article.terms, label_rules()
    policy = Terms(terms.deal_type).rel
    allowed = "sponsored or nofollow" if policy is Rel.SPONSORED else "free"
    is_met = policy is not Rel.SPONSORED or terms.rel is not Rel.FOLLOW
    yield Fact("Deal", terms.deal_type.value)
    yield Fact("Policy rel", allowed)
    yield Fact("Agreed rel", terms.agreed_rel.value)
    yield Fact("Effective rel", terms.rel.value, allowed, is_met)
    if terms.is_advertising:
        yield Fact("Label", label.text if label else "none", "marked as advertising", bool(label))
    if label:
        yield Fact("Label source", f"{label.wording.source_name}, {rules.standing}")
    yield from _notes(subject)


def _notes(subject: Subject) -> Iterator[Fact]:
    article, rules = subject.article, label_rules()
    is_ai = article.kind is DocumentKind.AI_DRAFT or article.model is not None
    for each in rules.notes:
        if (each.for_ai and is_ai) or (each.for_advertising and article.terms.is_advertising):
            since = "since" if each.applies_from <= subject.at.date() else "from"
            dated = f"{since} {each.applies_from}, {rules.standing}"
            yield Fact(each.title, f"{each.text} ({dated}; {each.source_url})")
