"""What the article covers of its subject: a checklist that never changes a status (domain 8)."""

from collections import Counter
from collections.abc import Iterator

from bacowr.engine import urls
from bacowr.engine.article.parsed import Block, Parsed
from bacowr.engine.checks.context import terms, uses
from bacowr.engine.checks.model import Check, CheckName, Fact, plain, unmeasured
from bacowr.engine.checks.subject import Subject
from bacowr.engine.page.reading import Reading
from bacowr.engine.ports import SearchHit
from bacowr.engine.text.coverage import MIN_TOP, Coverage, Fields, coverage

NAME = CheckName.COVERAGE


def check(subject: Subject) -> Check:
    """Compare the article with the top pages, or their titles and snippets, else with a list.

    Fewer than five top pages are not enough to measure; the terms found on the read pages are then
    ticked off instead, and where there are none there is nothing to say.
    """
    background = [_of_page(each) for each in subject.fetched.readings]
    own, language = _of_article(subject.parsed), subject.article.language
    for name, top in _tops(subject):
        measured = coverage(own, top, background, language)
        if measured is not None:
            return plain(NAME, (), _facts(measured, name, len(top)))
    listed = terms(subject)
    reason = f"Not enough data: fewer than {MIN_TOP} pages at the top of the results were read."
    if not listed:
        return unmeasured(NAME, reason)
    return unmeasured(NAME, reason, _ticked(subject, listed))


def _tops(subject: Subject) -> Iterator[tuple[str, list[Fields]]]:
    """Give the pages of the results that were read, then the results as they were listed."""
    hits = {_key(hit.url): hit for each in subject.serp.findings.sets for hit in each.hits or ()}
    read = [each for each in subject.fetched.readings if _key(each.url) in hits]
    yield "pages at the top of the results", [_of_page(each) for each in read]
    yield "results, by title and snippet", [_of_hit(each) for each in hits.values()]


def _key(url: str) -> str:
    try:
        return urls.comparable(url)
    except ValueError:
        return url


def _of_page(reading: Reading) -> Fields:
    return Fields(reading.title or "", "\n".join(reading.headings_of(2)), reading.text)


def _of_hit(hit: SearchHit) -> Fields:
    return Fields(hit.title, "", hit.snippet)


def _of_article(parsed: Parsed) -> Fields:
    def joined(level: int) -> str:
        return "\n".join(_unlinked(each) for each in parsed.headings if each.level == level)

    return Fields(joined(1), joined(2), "\n".join(map(_unlinked, parsed.body)))


def _unlinked(block: Block) -> str:
    """Leave out the text of links: it is there for another's sake."""
    text, cut = "", 0
    for link in block.links:
        text += block.text[cut : link.start] + " "
        cut = link.end
    return text + block.text[cut:]


def _facts(measured: Coverage, name: str, pages: int) -> Iterator[Fact]:
    met = sum(each.is_met for each in measured.terms)
    said = f"{measured.share:.0%}, {met} of {len(measured.terms)} terms"
    yield Fact("Covered", said)
    yield Fact("Compared with", f"{pages} {name}")
    for each in measured.terms:
        stuffed = " (more than nearly all)" if each.is_stuffed else ""
        wanted = f"{each.low:g} or more, as on {each.pages} of {pages}"
        yield Fact(each.term, f"{each.uses}{stuffed}", wanted, each.is_met)


def _ticked(subject: Subject, listed: tuple[str, ...]) -> Iterator[Fact]:
    text = "\n".join(each.text for each in subject.parsed.blocks)
    counts = Counter(uses(text, listed, subject.article.language))
    for each in listed:
        yield Fact(each, str(counts[each]), "1 or more", counts[each] > 0)
