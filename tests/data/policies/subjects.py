"""Subjects for the rules on compliance and labels, made of a text and a target's title."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import cast

from bacowr.engine.article.model import Article
from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.checks.model import Check
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import Order, Vertical
from bacowr.engine.page.profile import profile
from bacowr.engine.page.reading import Reading, read
from bacowr.engine.policies.model import Packs
from bacowr.engine.ports import Page, Source
from bacowr.engine.publisher.profile import PublisherProfile, publisher_profile
from bacowr.engine.record import Fetched, Intents, Profiles, Serp
from bacowr.engine.research.anchors import classified
from bacowr.engine.rules import compliance
from bacowr.engine.terms import Terms
from tests.data.policies.labeled import Labeled

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Setting:
    """Everything about a subject that a test may want to choose."""

    markdown: str
    language: str = "sv"
    country: str = "se"
    anchor: str = "läs artikeln"
    target_url: str = "https://shop.example/page"
    target_html: str = "<title>En sida</title>"
    publisher: str = "magasinet.example"
    publisher_html: str = ""
    sources: tuple[str, ...] = ()
    vertical: Vertical | None = None
    terms: Terms = field(default_factory=Terms)
    kind: DocumentKind = DocumentKind.AI_DRAFT
    at: datetime = AT


def subject(setting: Setting) -> Subject:
    """Make a subject; only what the two rules read is filled in."""
    order = Order(
        setting.publisher,
        setting.target_url,
        setting.anchor,
        language=setting.language,
        country=setting.country,
        vertical=setting.vertical,
    )
    target = _read(setting.target_url, setting.target_html)
    front = (_read(f"https://{setting.publisher}/", setting.publisher_html or "<p></p>"),)
    trust = tuple(_read(url, "<title>Source</title><p>Text.</p>") for url in setting.sources)
    target_profile = profile(target)
    return Subject(
        article=Article(
            setting.markdown,
            setting.language,
            setting.country,
            setting.anchor,
            setting.target_url,
            setting.terms,
            kind=setting.kind,
        ),
        order=order,
        fetched=Fetched(target, front, (), trust, (), None),
        profiles=Profiles(
            target=target_profile,
            target_topics={},
            publisher=_publisher(setting.publisher, front),
            anchor=classified(order.anchor_text, order.target_url, target_profile, None),
            alternatives=(),
            shared_terms=(),
            language=setting.language,
            language_is_guess=False,
        ),
        serp=cast("Serp", None),
        intents=cast("Intents", None),
        at=setting.at,
    )


def labeled_subject(text: Labeled) -> Subject:
    """Make the subject of a labeled text."""
    return subject(
        Setting(
            text.markdown,
            language=text.language,
            anchor=text.anchor,
            target_url=text.target_url,
            target_html=f"<title>{escape(text.target_title)}</title><p>{escape(text.anchor)}</p>",
        )
    )


@dataclass(frozen=True)
class Found:
    """What the rule said about a labeled text: codes of missing elements and banned phrases."""

    text: Labeled
    missing: frozenset[str]
    banned: frozenset[str]
    verticals: tuple[str, ...]


def found(text: Labeled, packs: Packs | None = None) -> Found:
    """Check a labeled text; its area is to be detected, nobody names it."""
    report = compliance.check(labeled_subject(text), packs)
    signs = [each.label for each in report.facts if each.label.startswith("Signs of ")]
    return Found(
        text,
        _codes(report, "missing_"),
        _codes(report, "banned_"),
        tuple(each.removeprefix("Signs of ") for each in signs),
    )


def _codes(report: Check, prefix: str) -> frozenset[str]:
    codes = (each.code for each in report.findings)
    return frozenset(each.removeprefix(prefix) for each in codes if each.startswith(prefix))


@cache
def _read(url: str, html: str) -> Reading:
    return read(Page(Source(url, url, AT.isoformat(), status=200), html))


@cache
def _publisher(domain: str, front: tuple[Reading, ...]) -> PublisherProfile:
    return publisher_profile(domain, front, ())
