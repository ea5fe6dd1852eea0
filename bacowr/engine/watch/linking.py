"""The agreed link itself: whether it is there, and as agreed."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from bacowr.engine.terms import Rel
from bacowr.engine.watch import directives
from bacowr.engine.watch.links import Found, folded
from bacowr.engine.watch.model import Agreed, Finding, FoundLink, Robots
from bacowr.engine.watch.verdicts import Verdict

_NOT_FOLLOWED = ("nofollow", "sponsored", "ugc")
_MOST_TOLD = 5


def judge_link(links: Sequence[FoundLink], agreed: Agreed, robots: Robots) -> tuple[Finding, ...]:
    """List what is wrong with the one link that comes closest to what was agreed."""
    judged = [tuple(_faults(each, agreed, robots)) for each in links]
    return min(judged, key=len)


def missing(found: Found, agreed: Agreed) -> Finding:
    """Say that the link is gone, or where its anchor or its site's links lead instead."""
    if found.same_anchor:
        href = found.same_anchor[0].href
        reason = f"The anchor leads to {href} instead of {agreed.target_url}."
        return Finding(Verdict.WRONG_TARGET, reason, _links(found.same_anchor))
    if found.same_site:
        href = found.same_site[0].href
        reason = f"Only another page of the target's site is linked to: {href}"
        return Finding(Verdict.WRONG_TARGET, reason, _links(found.same_site))
    reason = f"No link on the page leads to {agreed.target_url}."
    return Finding(Verdict.NOT_FOUND, reason)


def _faults(link: FoundLink, agreed: Agreed, robots: Robots) -> Iterator[Finding]:
    if not link.anchor:
        yield Finding(Verdict.EMPTY_ANCHOR, "The link has no text.", {"href": link.href})
    elif folded(link.anchor) != folded(agreed.anchor_text):
        reason = f"The anchor is “{link.anchor}” instead of “{agreed.anchor_text}”."
        yield Finding(
            Verdict.WRONG_ANCHOR, reason, {"found": link.anchor, "agreed": agreed.anchor_text}
        )
    if link.hidden_by:
        reason = f"Markup hides the link ({link.hidden_by})."
        yield Finding(Verdict.HIDDEN, reason, {"by": link.hidden_by, "href": link.href})
    yield from _rel_faults(link, agreed.rel, robots)


def _rel_faults(link: FoundLink, agreed: Rel, robots: Robots) -> Iterator[Finding]:
    on_link = [each for each in link.rel if each in _NOT_FOLLOWED]
    on_page = directives.source_of(robots, "nofollow")
    if agreed is Rel.FOLLOW:
        if on_link:
            yield _wrong_rel(agreed, " ".join(on_link), "attribute")
        if on_page:
            yield _wrong_rel(agreed, "nofollow", on_page)
    elif agreed is Rel.NOFOLLOW and "nofollow" not in on_link and not on_page:
        yield _wrong_rel(agreed, " ".join(on_link) or "follow", "attribute")
    elif agreed is Rel.SPONSORED and "sponsored" not in on_link:
        found = " ".join(on_link) or ("nofollow" if on_page else "follow")
        source = on_page if on_page and not on_link else "attribute"
        yield _wrong_rel(agreed, found, source)


def _wrong_rel(agreed: Rel, found: str, source: str) -> Finding:
    reason = f"The link is {found} by {source}; agreed was {agreed}."
    return Finding(
        Verdict.WRONG_REL, reason, {"found": found, "agreed": agreed.value, "source": source}
    )


def _links(links: Sequence[FoundLink]) -> dict[str, object]:
    return {"links": [asdict(each) for each in links[:_MOST_TOLD]]}
