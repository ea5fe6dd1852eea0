"""One look at a published page, judged against what was agreed (domain 9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml.html import HtmlElement

from bacowr.engine import urls
from bacowr.engine.page.body import parse
from bacowr.engine.ports import Fault
from bacowr.engine.providers.decoding import decoded
from bacowr.engine.watch import directives, labels
from bacowr.engine.watch import links as page_links
from bacowr.engine.watch.blindness import blindness, challenge
from bacowr.engine.watch.linking import judge_link, missing
from bacowr.engine.watch.model import Agreed, Finding, Judgment, Robots, Seen, TargetSeen
from bacowr.engine.watch.rules import rules
from bacowr.engine.watch.text import containment, text_of
from bacowr.engine.watch.verdicts import Verdict

HTTP_ERROR = 400
# A server that lets no robot in says nothing about the page.
CLOSED_TO_ROBOTS = frozenset({401, 403, 405, 429, 999})
HTML_TYPES = ("text/html", "application/xhtml+xml")
_OUT_OF_REACH = frozenset({Fault.UNREACHABLE, Fault.TIMEOUT, Fault.REDIRECTS})


@dataclass(frozen=True)
class _Page:
    """A page that can be read."""

    tree: HtmlElement
    html: str
    seen: Seen
    agreed: Agreed
    robots: Robots


def judge(seen: Seen, agreed: Agreed, *, today: date, target: TargetSeen | None = None) -> Judgment:
    """Say all that is wrong with a published link, or `ok` when nothing is.

    What can't be seen stays unknown: a page that shows nothing without a browser has lost no link.
    """
    lasting = (*_expired(agreed, today), *_target_error(target))
    html = decoded(seen.body, seen.headers.get("content-type", ""))
    barrier = _barrier(seen, html)
    if barrier:
        robots = directives.read(None, seen.headers.get("x-robots-tag"))
        return Judgment((barrier, *_moved(seen), *lasting), robots=robots)
    tree = parse(html)
    robots = directives.read(tree, seen.headers.get("x-robots-tag"))
    return _judged(_Page(tree, html, seen, agreed, robots), lasting)


def _barrier(seen: Seen, html: str) -> Finding | None:
    """Say what kept the page from being read; None when nothing did."""
    reason = seen.reason or "The page could not be fetched."
    if seen.fault is Fault.ROBOTS:
        return Finding(Verdict.ROBOTS_BLOCKED, reason)
    if seen.fault in _OUT_OF_REACH:
        return Finding(Verdict.UNREACHABLE, reason, {"fault": str(seen.fault)})
    if seen.fault is not None:
        return Finding(Verdict.UNKNOWN, reason, {"cause": str(seen.fault)})
    if seen.status is None or seen.status >= HTTP_ERROR:
        told = Finding(
            Verdict.HTTP_ERROR, f"The server answers {seen.status}.", {"status": seen.status}
        )
        return challenge(seen, html) or told
    return _no_html(seen, html)


def _no_html(seen: Seen, html: str) -> Finding | None:
    kind = seen.headers.get("content-type", "").partition(";")[0].strip().lower()
    looks_like = "<" in html[:500] and "<html" in html[:5000].lower()
    if not html.strip():
        return Finding(Verdict.INVALID_CONTENT, "The page is empty.", {"content_type": kind})
    if kind in HTML_TYPES or (not kind and looks_like):
        return None
    reason = f"The page is not HTML but {kind or 'of no stated type'}."
    return Finding(Verdict.INVALID_CONTENT, reason, {"content_type": kind})


def _judged(page: _Page, lasting: tuple[Finding, ...]) -> Judgment:
    found = page_links.find(page.tree, page.seen.final_url, page.agreed)
    canonical = _canonical(page)
    blind = None if found.to_target else blindness(page.tree, page.seen, page.html)
    share = None if blind else _containment(page)
    label = labels.find(page.tree, page.agreed) if page.agreed.terms.is_advertising else None
    findings: list[Finding] = []
    if found.to_target:
        findings += judge_link(found.to_target, page.agreed, page.robots)
    else:
        findings.append(blind or missing(found, page.agreed))
    if not blind:
        findings += [*_label_missing(page, label), *_content_changed(share)]
    findings += [*_noindex(page), *_elsewhere(page, canonical), *_moved(page.seen), *lasting]
    told = tuple(findings) or (Finding(Verdict.OK, "The link stands as agreed."),)
    links = (*found.to_target, *found.same_anchor, *found.same_site)
    return Judgment(told, links, page.robots, canonical, label, share)


def _expired(agreed: Agreed, today: date) -> Iterator[Finding]:
    if agreed.expires_on and today > agreed.expires_on:
        evidence = {"expires_on": agreed.expires_on.isoformat()}
        yield Finding(Verdict.EXPIRED, f"It was agreed on until {agreed.expires_on}.", evidence)


def _target_error(target: TargetSeen | None) -> Iterator[Finding]:
    if target is None:
        return
    status = target.status or 0
    if target.fault in _OUT_OF_REACH:
        reason = f"The target page can't be reached: {target.reason}"
        yield Finding(Verdict.TARGET_ERROR, reason, {"fault": str(target.fault)})
    elif status >= HTTP_ERROR and status not in CLOSED_TO_ROBOTS:
        reason = f"The target page's server answers {status}."
        yield Finding(Verdict.TARGET_ERROR, reason, {"status": status})


def _label_missing(page: _Page, label: str | None) -> Iterator[Finding]:
    if page.agreed.terms.is_advertising and label is None:
        wanted = list(labels.words_of(page.agreed))[:8]
        reason = "Nothing on the page marks the link as advertising."
        yield Finding(Verdict.LABEL_MISSING, reason, {"looked_for": wanted})


def _containment(page: _Page) -> float | None:
    if not page.agreed.signed_text:
        return None
    return containment(page.agreed.signed_text, text_of(page.tree))


def _content_changed(share: float | None) -> Iterator[Finding]:
    least = rules().containment_least
    if share is not None and share < least:
        reason = f"The page holds {share:.0%} of the signed text; {least:.0%} is the least."
        yield Finding(Verdict.CONTENT_CHANGED, reason, {"containment": share, "least": least})


def _noindex(page: _Page) -> Iterator[Finding]:
    if place := directives.source_of(page.robots, "noindex"):
        reason = f"The page keeps itself out of search engines ({place})."
        yield Finding(Verdict.NOINDEX, reason, {"source": place})


def _canonical(page: _Page) -> str | None:
    path = "//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href"
    href = next(iter(page.tree.xpath(path)), None)
    return page_links.whole(page.seen.final_url, str(href)) if href else None


def _elsewhere(page: _Page, canonical: str | None) -> Iterator[Finding]:
    if canonical is None:
        return
    own = {urls.comparable(each) for each in (page.seen.url, page.seen.final_url)}
    if _spelled(canonical) not in own:
        reason = f"The page names another address as the real one: {canonical}"
        yield Finding(Verdict.CANONICAL_ELSEWHERE, reason, {"canonical": canonical})


def _moved(seen: Seen) -> Iterator[Finding]:
    if seen.redirects and urls.comparable(seen.final_url) != urls.comparable(seen.url):
        evidence = {"redirects": list(seen.redirects), "final_url": seen.final_url}
        yield Finding(Verdict.REDIRECTED, f"The page leads on to {seen.final_url}", evidence)


def _spelled(url: str) -> str:
    try:
        return urls.comparable(url)
    except ValueError:
        return url
