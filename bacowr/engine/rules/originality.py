"""What a text shares with the pages it was written from, and with its batch (domain 3.10, 8)."""

from collections.abc import Iterator
from functools import lru_cache, partial

from bacowr.engine.article.parsed import parse
from bacowr.engine.checks.faults import counted
from bacowr.engine.checks.model import (
    Check,
    CheckName,
    Evidence,
    Fact,
    Finding,
    Place,
    QcStatus,
    plain,
)
from bacowr.engine.checks.subject import Subject
from bacowr.engine.originality.limits import limits
from bacowr.engine.originality.own_text import plain_runs, runs
from bacowr.engine.originality.shingles import Overlap, ShingleIndex
from bacowr.engine.originality.standing import standing
from bacowr.engine.originality.structure import Trait, build, likenesses
from bacowr.engine.ports import Neighbor

NAME = CheckName.ORIGINALITY

_finding = partial(Finding, NAME)
_SAME = {
    Trait.HEADINGS: "Headings follow one pattern in this text and in",
    Trait.OPENING: "The opening words are those of",
    Trait.SKELETON: "The sentence around a link has the build of one in",
    Trait.DOMAINS: "The linked sites are exactly those of",
}


def check(subject: Subject) -> Check:
    """Compare the text with every read page and every other article of its batch.

    The target's page is compared as well. Quotations, labels and prescribed statements count as
    nobody's; a copied share warns from 3 and blocks from 15 per cent. A like build warns.
    """
    pages = tuple((each.url, each.text) for each in subject.fetched.readings if each.text)
    own = runs(subject.parsed, standing(subject.article))
    least = limits().warning
    titles = {each.id: each.title for each in subject.neighbors}
    copied: list[tuple[Overlap, str | None]] = [
        *((each, None) for each in _pages(pages).overlaps(own, least)),
        *((each, titles[each.key]) for each in _batch(subject.neighbors).overlaps(own, least)),
    ]
    findings = [
        finding for overlap, title in copied for finding in _copied(overlap, subject, title)
    ]
    findings += _alike(subject)
    return plain(NAME, findings, _facts([each for each, _ in copied], subject))


def _copied(overlap: Overlap, subject: Subject, title: str | None) -> Iterator[Finding]:
    rules = limits()
    if overlap.share < rules.warning:
        return
    status = QcStatus.BLOCKED if overlap.share >= rules.blocked else QcStatus.WARNING
    other = f"the batch's article \u201c{title}\u201d" if title is not None else overlap.key
    url = None if title is not None else overlap.key
    for number, passage in enumerate(overlap.passages[: rules.most_passages]):
        text = subject.article.markdown[passage.start : passage.end]
        evidence = Evidence(text, url, text, share=overlap.share)
        place = Place(passage.start, passage.end)
        words = counted(passage.words, "word")
        if number == 0:
            message = (
                f"{overlap.share:.1%} of the text stands word for word in {other}; "
                f"the longest passage has {words}."
            )
            yield _finding("copied", status, message, place, evidence, "Write it in other words.")
        else:
            message = f"{words} in a row stand in {other}, too."
            yield _finding("copied_passage", QcStatus.WARNING, message, place, evidence)


def _alike(subject: Subject) -> Iterator[Finding]:
    own = build(subject.parsed, subject.article.language, subject.article.target_url)
    for each in subject.neighbors:
        other = build(parse(each.text), subject.article.language, subject.article.target_url)
        for like in likenesses(own, other):
            message = f"{_SAME[like.trait]} the batch's article \u201c{each.title}\u201d."
            evidence = Evidence(like.what, passage=each.title, share=like.share)
            yield _finding(f"same_{like.trait}", QcStatus.WARNING, message, evidence=evidence)


def _facts(copied: list[Overlap], subject: Subject) -> Iterator[Fact]:
    most = max((each.share for each in copied), default=0.0)
    rules = limits()
    yield Fact(
        "Largest share in one other text",
        f"{most:.1%}",
        f"below {rules.warning:.0%}",
        most < rules.warning,
    )
    yield Fact("Pages compared", str(len(subject.fetched.readings)))
    yield Fact("Articles of the batch compared", str(len(subject.neighbors)))


@lru_cache(maxsize=4)
def _pages(pages: tuple[tuple[str, str], ...]) -> ShingleIndex:
    index = ShingleIndex()
    for url, text in pages:
        index.add(url, plain_runs(text))
    return index


@lru_cache(maxsize=4)
def _batch(neighbors: tuple[Neighbor, ...]) -> ShingleIndex:
    index = ShingleIndex()
    for each in neighbors:
        index.add(each.id, runs(parse(each.text)))
    return index
