"""Whether the read pages bear out what the article states (domain 3.8, 3.10, 8)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from bacowr.engine.checks.faults import counted
from bacowr.engine.checks.model import (
    Check,
    CheckName,
    Evidence,
    Fact,
    Finding,
    QcStatus,
    plain,
    unmeasured,
)
from bacowr.engine.checks.subject import Subject
from bacowr.engine.grounding.claims import Claim, Known, claims
from bacowr.engine.grounding.figures import numbers
from bacowr.engine.grounding.judging import Grounded, Support, ground
from bacowr.engine.grounding.passages import Passages, passages_of, source_texts
from bacowr.engine.grounding.weighing import models
from bacowr.engine.originality.standing import standing

NAME = CheckName.GROUNDING

_finding = partial(Finding, NAME)


def check(subject: Subject) -> Check:
    """Hold every checkable sentence against the pages that were read.

    An unsupported one asks for a person until somebody has decided on it, and so does one whose
    figure its passage does not hold; other partly supported ones are warnings. Without any page a
    checkable sentence blocks: no context, no claim.
    """
    passages = passages_of(source_texts(subject.sources), subject.article.language)
    targets = {each.url for each in subject.target_links}
    found = claims(subject.parsed, Known(targets, passages.names, standing(subject.article)))
    if not found:
        return unmeasured(NAME, "No sentence states a number, a name, a date or a source.")
    if not passages.lines:
        return plain(NAME, [_groundless(found)], [Fact("Claims", str(len(found)))])
    judged = ground([each.text for each in found], passages)
    findings = [
        finding
        for claim, said in zip(found, judged, strict=True)
        for finding in _findings(claim, said)
    ]
    return plain(NAME, findings, _facts(judged, passages))


def _groundless(found: Sequence[Claim]) -> Finding:
    number = counted(len(found), "sentence")
    message = f"No context, no claim: no page was read that could bear out {number}."
    return _finding("no_sources", QcStatus.BLOCKED, message, found[0].place)


def _findings(claim: Claim, said: Grounded) -> Iterator[Finding]:
    if said.support is Support.SUPPORTED:
        return
    figures = [each for each in said.marked if numbers(each)]
    if said.support is Support.NONE:
        code, status = "unsupported", QcStatus.NEEDS_SIGNOFF
        message = "No read page bears this out."
    elif figures:
        code, status = "figure_unsupported", QcStatus.NEEDS_SIGNOFF
        message = f"The likeliest passage does not hold the figure {', '.join(figures)}."
    else:
        code, status = "partly_supported", QcStatus.WARNING
        message = "The likeliest passage bears this out only in part."
    yield _finding(
        code,
        status,
        message,
        claim.place,
        Evidence(claim.text, said.url, said.passage, said.marked, said.share),
        "Check it against the passage; correct it, cite a page that says so, or take it out.",
        decidable=True,
    )


def _facts(judged: Sequence[Grounded], passages: Passages) -> Iterator[Fact]:
    counts = Counter(each.support for each in judged)
    yield Fact("Claims", str(len(judged)))
    yield Fact("Pages they were held against", str(len(passages.sources)))
    for label, support in (
        ("Supported", Support.SUPPORTED),
        ("Partly supported", Support.PARTIAL),
        ("Not supported", Support.NONE),
    ):
        yield Fact(label, str(counts[support]))
    yield Fact("Method", f"A comparison of words, fitted on {models().fitted_on}: no verdict")
