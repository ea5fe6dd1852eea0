"""Related terms: in the article, and in the sentences around the link (domain 3.10, 8).

The field calls them LSI terms; no latent semantic indexing is meant.
"""

from collections.abc import Iterator
from functools import partial

from bacowr.engine.checks.context import Window, counts, terms, window
from bacowr.engine.checks.faults import Fault, judged, place
from bacowr.engine.checks.model import (
    Check,
    CheckName,
    Evidence,
    Fact,
    Finding,
    Place,
    QcStatus,
    unmeasured,
)
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import points, thresholds

NAME = CheckName.LSI

_finding = partial(Finding, NAME)


def check(subject: Subject) -> Check:
    """Count the related terms; only ever a warning, and unmeasured without a list of terms."""
    listed = terms(subject)
    if not listed:
        return unmeasured(NAME, "There is no list of related terms: nothing was read about them.")
    used = counts(subject, listed)
    faults = list(_in_article(listed, tuple(used)))
    facts = [_article_fact(listed, tuple(used))]
    for link in subject.target_links[:1]:
        around = window(subject, link, listed)
        faults += _in_window(around, place(link.span), listed)
        facts += _window_facts(around)
    return judged(NAME, faults, facts)


def _in_article(listed: tuple[str, ...], used: tuple[str, ...]) -> Iterator[Fault]:
    wanted = min(thresholds().terms.in_article, len(listed))
    if len(used) < wanted:
        missing = ", ".join(each for each in listed if each not in used)
        message = f"The text uses {len(used)} of the related terms; {wanted} are wanted."
        finding = _finding(
            "few_in_article", QcStatus.WARNING, message, evidence=Evidence(missing), fixable=True
        )
        yield Fault(finding, points(NAME, "few_in_article"))


def _in_window(around: Window, at: Place, listed: tuple[str, ...]) -> Iterator[Fault]:
    rules, number = thresholds().terms, len(around.found)
    passage = " ".join(around.sentences)
    if number < rules.weak_window:
        missing = ", ".join(each for each in listed if each not in around.found)
        message = f"{number} related terms stand around the link; {rules.window} are wanted."
        evidence = Evidence(missing, passage=passage)
        finding = _finding("few_in_window", QcStatus.PASS, message, at, evidence, fixable=True)
        yield Fault(finding, points(NAME, "few_in_window"))
    if number > rules.window.most:
        message = f"{number} related terms crowd around the link; {rules.window} are wanted."
        evidence = Evidence(", ".join(around.found), passage=passage)
        finding = _finding("many_in_window", QcStatus.PASS, message, at, evidence, fixable=True)
        yield Fault(finding, points(NAME, "many_in_window"))
    share = around.diversity
    if share is not None and number >= rules.weak_window and share < rules.diversity:
        message = f"The terms around the link repeat: {share:.2f} of them differ."
        evidence = Evidence(", ".join(around.found), passage=passage, share=round(share, 2))
        yield Fault(_finding("repeated_terms", QcStatus.WARNING, message, at, evidence))


def _article_fact(listed: tuple[str, ...], used: tuple[str, ...]) -> Fact:
    wanted = min(thresholds().terms.in_article, len(listed))
    said = f"{len(used)} of {len(listed)}: {', '.join(used)}" if used else f"0 of {len(listed)}"
    return Fact("Related terms in the article", said, f"{wanted} or more", len(used) >= wanted)


def _window_facts(around: Window) -> Iterator[Fact]:
    rules, number = thresholds().terms, len(around.found)
    yield Fact("Around the link", str(number), str(rules.window), number in rules.window)
    share = around.diversity
    if share is not None:
        wanted = f"{rules.diversity} or more"
        yield Fact("Diversity", f"{share:.2f}", wanted, share >= rules.diversity)
