"""Anchor: the link to the target, its words, its place and its risk (domain 3.4, 3.9, 3.10)."""

from collections.abc import Iterator
from functools import partial

from bacowr.engine.article.parsed import BlockKind, PlacedLink
from bacowr.engine.checks.anchoring import Context, context_of
from bacowr.engine.checks.citing import compared
from bacowr.engine.checks.faults import Fault, counted, judged, place
from bacowr.engine.checks.model import Check, CheckName, Evidence, Fact, Finding, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import points, thresholds
from bacowr.engine.order import AnchorType
from bacowr.engine.research.anchors import AnchorRisk
from bacowr.engine.rules.placement import misplaced

NAME = CheckName.ANCHOR

_finding = partial(Finding, NAME)


def check(subject: Subject) -> Check:
    """Check that the link is there, once, on the agreed words, in a fit place."""
    contexts = tuple(context_of(subject, each) for each in subject.target_links)
    faults = [
        *_presence(subject),
        *_words(subject),
        *_headings(subject),
        *_types(contexts),
        *_risks(contexts),
        *misplaced(subject),
    ]
    return judged(NAME, faults, _facts(subject, contexts))


def _presence(subject: Subject) -> Iterator[Fault]:
    links, rules = subject.target_links, thresholds().link
    strayed = [each for each in subject.other_links if _is_meant(each, subject)]
    for each in strayed:
        message = f"The anchor leads to {each.url} and not to the target page."
        yield Fault(
            _finding(
                "wrong_href",
                QcStatus.BLOCKED,
                message,
                place(each.span),
                Evidence(each.link.text, each.url),
                f"Link it to {subject.order.target_url}.",
            )
        )
    if not links:
        message = "The text has no link to the target page."
        finding = _finding(
            "missing",
            QcStatus.BLOCKED,
            message,
            evidence=Evidence(subject.article.anchor_text, subject.order.target_url),
        )
        yield Fault(finding, points(NAME, "missing"))
    elif len(links) > rules.most_uses:
        message = f"The target is linked {len(links)} times; {rules.most_uses} is the most."
        finding = _finding("overused", QcStatus.NEEDS_SIGNOFF, message, place(links[-1].span))
        yield Fault(finding, points(NAME, "overused"))
    elif len(links) > rules.uses:
        message = f"The target is linked {len(links)} times; once is wanted."
        at = place(links[-1].span)
        yield Fault(_finding("used_twice", QcStatus.WARNING, message, at, decidable=True))


def _is_meant(link: PlacedLink, subject: Subject) -> bool:
    """Tell whether a link is the deal's by its words or nearly its address, but leads astray."""
    anchor = subject.article.anchor_text.casefold()
    same_page = compared(link.url) == compared(subject.order.target_url)
    return same_page or _squeezed(link.link.text).casefold() == anchor


def _words(subject: Subject) -> Iterator[Fault]:
    """Hold the clickable words against the agreed anchor, or an alternative that was accepted."""
    order, article = subject.order, subject.article
    if article.anchor_text != order.anchor_text and not _may_swap(subject):
        message = f"The order's anchor is “{order.anchor_text}”, not “{article.anchor_text}”."
        evidence = Evidence(article.anchor_text)
        yield Fault(_finding("anchor_changed", QcStatus.NEEDS_SIGNOFF, message, evidence=evidence))
    for link in subject.target_links:
        text = _squeezed(link.link.text)
        if text != article.anchor_text:
            message = f"The target is linked from “{text}”, not from “{article.anchor_text}”."
            yield Fault(
                _finding(
                    "other_words",
                    QcStatus.BLOCKED,
                    message,
                    place(link.span),
                    Evidence(text, link.url),
                    f"Link the words “{article.anchor_text}”.",
                )
            )


def _may_swap(subject: Subject) -> bool:
    offered = {each.text for each in subject.profiles.alternatives}
    return not subject.order.anchor_is_fixed and subject.article.anchor_text in offered


def _headings(subject: Subject) -> Iterator[Fault]:
    for link in subject.target_links:
        if link.block.kind is not BlockKind.HEADING:
            continue
        level = link.block.level
        status, cost = {
            1: (QcStatus.BLOCKED, points(NAME, "in_h1")),
            2: (QcStatus.NEEDS_SIGNOFF, points(NAME, "in_h2")),
        }.get(level, (QcStatus.WARNING, 0.0))
        message = f"The link to the target stands in a heading (H{level})."
        at, evidence = place(link.span), Evidence(link.block.text)
        yield Fault(_finding(f"in_h{level}", status, message, at, evidence), cost)


def _types(contexts: tuple[Context, ...]) -> Iterator[Fault]:
    for each in contexts[:1]:
        if each.type in {AnchorType.EXACT, AnchorType.GENERIC}:
            said = {
                AnchorType.EXACT: "The anchor is the target's own title or a part of it.",
                AnchorType.GENERIC: "The anchor's words say nothing of the target.",
            }[each.type]
            evidence = Evidence(each.link.link.text)
            finding = _finding(
                f"{each.type}_anchor", QcStatus.PASS, said, place(each.link.span), evidence
            )
            yield Fault(finding, points(NAME, each.type.value))


def _risks(contexts: tuple[Context, ...]) -> Iterator[Fault]:
    for each in contexts:
        if each.risk is AnchorRisk.LOW:
            continue
        high = each.risk is AnchorRisk.HIGH
        yield Fault(
            _finding(
                f"risk_{each.risk}",
                QcStatus.NEEDS_SIGNOFF if high else QcStatus.WARNING,
                f"The anchor's risk is {each.risk}: {each.reason}.",
                place(each.link.span),
                Evidence(each.link.link.text, passage=" ".join(each.window.sentences)),
                "Give it related words and a source in its section, or another anchor.",
                fixable=True,
            )
        )


def _facts(subject: Subject, contexts: tuple[Context, ...]) -> Iterator[Fact]:
    rules, links = thresholds().link, len(subject.target_links)
    met = 0 < links <= rules.uses
    yield Fact("Links to the target", counted(links, "link"), str(rules.uses), met)
    for each in contexts[:1]:
        yield Fact("Anchor type", each.type.value)
        yield Fact("Risk in its context", each.risk.value, "low", each.risk is AnchorRisk.LOW)
        number = str(len(each.window.found)) if each.has_terms else "unknown"
        wanted = f"{thresholds().terms.weak_window} or more"
        yield Fact("Related terms around it", number, wanted, not each.is_poor)
        yield Fact(
            "Trust source in its section",
            "yes" if each.has_source else "no",
            "yes",
            each.has_source,
        )


def _squeezed(text: str) -> str:
    return " ".join(text.split())
