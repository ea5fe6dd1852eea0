"""Whether a page shows its text only to a browser, so that nothing can be said about it."""

import re

from lxml.html import HtmlElement

from bacowr.engine import urls
from bacowr.engine.watch.model import Finding, Seen
from bacowr.engine.watch.rules import rules
from bacowr.engine.watch.text import own_words, text_of
from bacowr.engine.watch.verdicts import Verdict

_TOO_MANY_REQUESTS = 429
_REFUSED = frozenset({401, 403, 429, 503})
_PAYWALL = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)
# Consent banners stand before a text as well; only a short page is nothing but a banner.
_LONGEST_WALL_WORDS = 400


def challenge(seen: Seen, html: str) -> Finding | None:
    """Tell a refusal of robots from an error: the page may be there for people."""
    if seen.status == _TOO_MANY_REQUESTS:
        return _unknown("The site asks for fewer requests.", "too_many_requests", seen)
    if seen.status not in _REFUSED:
        return None
    head = html[:5000].lower()
    marked = next((each for each in rules().marks.challenge_words if each in head), None)
    if seen.headers.get("cf-mitigated") == "challenge" or marked:
        return _unknown("The site wants to see a browser first.", "challenge", seen)
    return None


def blindness(tree: HtmlElement, seen: Seen, html: str) -> Finding | None:
    """Say why a page without the link shows nothing; None when its text is there to be read.

    To be asked only where the link was not found.
    """
    text = text_of(tree).lower()
    if _is_wall(seen, text):
        return _unknown("A consent wall stands before the text.", "consent_wall", seen)
    if own_words(tree) < rules().fewest_words and _needs_script(tree, html):
        return _unknown("The page shows its text with JavaScript only.", "javascript", seen)
    if _PAYWALL.search(html):
        return _unknown("The page shows its text to subscribers only.", "paywall", seen)
    return None


def _is_wall(seen: Seen, text: str) -> bool:
    marks = rules().marks
    host = urls.host_of(seen.final_url)
    if seen.redirects and host.startswith(marks.consent_hosts):
        return True
    if len(text.split()) >= _LONGEST_WALL_WORDS:
        return False
    return sum(each in text for each in marks.consent_words) > 1


def _needs_script(tree: HtmlElement, html: str) -> bool:
    marks = rules().marks
    if any(each in html.lower() for each in marks.script_words):
        return True
    roots = (
        element for name in marks.script_roots for element in tree.xpath("//*[@id=$id]", id=name)
    )
    has_empty_root = any(not text_of(each).strip() for each in roots)
    return has_empty_root or bool(tree.xpath("//script[@src] | //script[@type='module']"))


def _unknown(reason: str, cause: str, seen: Seen) -> Finding:
    return Finding(Verdict.UNKNOWN, reason, {"cause": cause, "status": seen.status})
