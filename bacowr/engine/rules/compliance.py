"""Whether a text keeps the rules of the regulated areas that it touches (domain 3.10, 3.12)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from bacowr.engine import urls
from bacowr.engine.checks.model import (
    Check,
    CheckName,
    Deduction,
    Evidence,
    Fact,
    Finding,
    Place,
    QcStatus,
    weighed,
)
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import Vertical
from bacowr.engine.policies import elements as required
from bacowr.engine.policies.application import Application, application
from bacowr.engine.policies.elements import Element, MissingStatement
from bacowr.engine.policies.loading import in_use
from bacowr.engine.policies.model import Pack, Packs
from bacowr.engine.policies.sourcing import cited_sites, shortages
from bacowr.engine.policies.speech import Commerce, banned_speech, commerce

MISSING_POINTS = 100
PLACE_POINTS = 10

_URL = re.compile(r"\]\((https?://[^)\s]+)\)")


def check(subject: Subject, packs: Packs | None = None) -> Check:
    """Check one article against the packs that apply; the in_use ones unless others are given."""
    case = _Case(subject, packs or in_use())
    findings = [
        *_areas(case),
        *_elements(case),
        *_banned(case),
        *_commerce(case),
        *_sources(case),
        *_manual(case),
        *_licenses(case),
        *_ages(case),
    ]
    return weighed(CheckName.COMPLIANCE, findings, _deductions(case), _facts(case))


def missing_statements(
    subject: Subject, packs: Packs | None = None
) -> tuple[MissingStatement, ...]:
    """List the statements that a repair may insert, with their exact text and place."""
    return required.missing_statements(_Case(subject, packs or in_use()).elements, subject.article)


def prescribed_urls(subject: Subject, packs: Packs | None = None) -> frozenset[str]:
    """Give the addresses that the rules themselves want linked; they need not be in the ledger."""
    case = _Case(subject, packs or in_use())
    return frozenset(
        url
        for pack in case.applied.packs
        for each in pack.required
        for url in (each.link, *_URL.findall(each.statement.get(case.language, "")))
        if url
    )


class _Case:
    """One article before the rules: everything that several findings draw on."""

    def __init__(self, subject: Subject, packs: Packs) -> None:
        self.subject, self.packs = subject, packs
        self.language, self.on = subject.article.language, subject.at.date()

    @cached_property
    def applied(self) -> Application:
        """Tell which packs apply."""
        text = self.subject.parsed.text
        return application(self.subject.order, self.subject.profiles, self.on, self.packs, text)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Look for what the packs require."""
        return required.elements(self.subject.article, self.applied, self.packs)

    @cached_property
    def commerce(self) -> Commerce:
        """Count the commercial paragraphs."""
        url = self.subject.article.target_url
        return commerce(self.subject.parsed, self.applied.packs, self.language, url)

    @property
    def ruled(self) -> tuple[Pack, ...]:
        """List the packs of regulated areas."""
        return tuple(each for each in self.applied.packs if each.vertical)


@dataclass(frozen=True)
class _At:
    """Where a finding stands, what it rests on and what may be done about it."""

    place: Place | None = None
    evidence: Evidence = field(default_factory=Evidence)
    suggestion: str | None = None
    is_fixable: bool = False
    is_decidable: bool = True


def _finding(code: str, status: QcStatus, message: str, at: _At | None = None) -> Finding:
    at = at or _At()
    return Finding(
        CheckName.COMPLIANCE,
        code,
        status,
        message,
        place=at.place,
        evidence=at.evidence,
        suggestion=at.suggestion,
        fixable=at.is_fixable,
        decidable=at.is_decidable,
    )


def _areas(case: _Case) -> Iterator[Finding]:
    applied, country = case.applied, case.subject.order.country.upper()
    for each in applied.overridden:
        text = (
            f"The signs say {each.vertical}, the order says {applied.named}: a person set "
            f"the rules for {each.vertical} aside."
        )
        at = _At(evidence=Evidence(text="; ".join(each.reasons)), is_decidable=False)
        yield _finding("area_overridden", QcStatus.NEEDS_SIGNOFF, text, at)
    for area in applied.without_rules:
        text = f"No rules for {area} in {country} are kept; a person has to check the text."
        at = _At(evidence=Evidence(text=area.value))
        yield _finding("no_rules", QcStatus.NEEDS_SIGNOFF, text, at)
    for pack in case.ruled:
        if case.language not in pack.languages:
            text = (
                f"{pack.id} is not worded in the language {case.language}; a person has to check."
            )
            at = _At(evidence=Evidence(text=pack.id))
            yield _finding("not_worded", QcStatus.NEEDS_SIGNOFF, text, at)


def _elements(case: _Case) -> Iterator[Finding]:
    for each in case.elements:
        code, name = each.required.code, each.required.name
        statement = each.statement(case.language)
        evidence = Evidence(text=name, url=each.pack.source_url)
        if each.is_missing:
            what = "is there without its link" if each.lacks_link else "is missing"
            text = f"{each.pack.id}: {name} {what}."
            at = _At(
                each.place, evidence, statement, is_fixable=bool(statement), is_decidable=False
            )
            yield _finding(f"missing_{code}", QcStatus.BLOCKED, text, at)
        elif not each.is_in_place:
            text = f"{each.pack.id}: {name} has to stand before the link."
            yield _finding(f"late_{code}", QcStatus.WARNING, text, _At(each.place, evidence))


def _banned(case: _Case) -> Iterator[Finding]:
    for each in banned_speech(case.subject.parsed, case.applied.packs, case.language):
        text = f"{each.pack.id}: “{each.words}” ({each.banned.name})."
        evidence = Evidence(text=each.sentence, url=each.pack.source_url, marked=(each.words,))
        at = _At(each.place, evidence)
        yield _finding(f"banned_{each.banned.code}", each.banned.status, text, at)


def _commerce(case: _Case) -> Iterator[Finding]:
    limits = [each for each in case.applied.packs if each.commercial_share is not None]
    strictest = min(limits, key=lambda each: each.commercial_share or 0.0, default=None)
    if strictest is None or strictest.commercial_share is None:
        return
    if case.commerce.exceeds(strictest.commercial_share):
        status = QcStatus.NEEDS_SIGNOFF if strictest.vertical else QcStatus.WARNING
        text = (
            f"{strictest.id}: {len(case.commerce.commercial)} of {case.commerce.paragraphs} "
            f"paragraphs are commercial; the limit is {strictest.commercial_share:.0%}."
        )
        signs = "; ".join(sign for _, sign in case.commerce.commercial)
        at = _At(evidence=Evidence(text=signs, share=case.commerce.share))
        yield _finding("too_commercial", status, text, at)


def _sources(case: _Case) -> Iterator[Finding]:
    cited = [each.url for each in case.subject.other_links]
    read = [url for e in case.subject.sources for url in (e.url, e.source.url)]
    for each in shortages(case.ruled, cited_sites(cited, read)):
        text = f"{each.pack.id}: the text has to cite {each.wanted}."
        at = _At(evidence=Evidence(text=each.pack.id, url=each.pack.source_url))
        yield _finding("sources_short", each.status, text, at)


def _manual(case: _Case) -> Iterator[Finding]:
    for pack in case.ruled:
        for each in pack.manual:
            text = f"{pack.id}: {each.message}"
            at = _At(evidence=Evidence(text=each.code, url=pack.source_url))
            yield _finding(f"look_{each.code}", QcStatus.NEEDS_SIGNOFF, text, at)


def _licenses(case: _Case) -> Iterator[Finding]:
    domain = urls.registrable(urls.host_of(case.subject.article.target_url))
    for pack in case.ruled:
        if not pack.license_statement:
            continue
        listed = case.packs.license_list(pack)
        at = _At(evidence=Evidence(text=domain, url=listed.source_url if listed else None))
        if listed is None:
            text = (
                f"{pack.id}: no list of license holders is kept, so the license can't be checked."
            )
            yield _finding("license_unknown", QcStatus.NEEDS_SIGNOFF, text, at)
        elif listed.holder_of(domain) is None:
            text = f"{pack.id}: {domain} is not on the list of {listed.checked_on}."
            yield _finding("license_not_found", QcStatus.NEEDS_SIGNOFF, text, at)
        if listed and listed.is_stale(case.on):
            text = f"{pack.id}: the list of license holders dates from {listed.checked_on}."
            yield _finding("license_list_old", QcStatus.WARNING, text, at)


def _ages(case: _Case) -> Iterator[Finding]:
    for pack in case.ruled:
        if pack.is_stale(case.on):
            text = f"{pack.id} dates from {pack.checked_on}; look its rules up at their source."
            at = _At(evidence=Evidence(text=pack.id, url=pack.source_url))
            yield _finding("rules_old", QcStatus.WARNING, text, at)


def _deductions(case: _Case) -> Iterator[Deduction]:
    missing = [each.required.name for each in case.elements if each.is_missing]
    if missing:
        yield Deduction(MISSING_POINTS, f"missing: {', '.join(missing)}")
    for each in case.elements:
        if not each.is_missing and not each.is_in_place:
            yield Deduction(PLACE_POINTS, f"wrong place: {each.required.name}")


def _facts(case: _Case) -> Iterator[Fact]:
    applied = case.applied
    for each in applied.detected:
        yield Fact(f"Signs of {each.vertical}", "; ".join(each.reasons))
    if applied.named is not None:
        said = "none" if applied.named is Vertical.NONE else applied.named.value
        yield Fact("Area named on the order", said)
    if not applied.verticals:
        yield Fact("Regulated area", "none")
    for pack in applied.packs:
        shown = f"version {pack.version}, {pack.source_name}, {pack.standing}"
        yield Fact(f"Rules {pack.id}", shown, "checked at the source", pack.verified)
    for pack, word in applied.exempt:
        yield Fact(f"Rules {pack.id}", f"don't apply: “{word}” is exempt")
    share = f"{len(case.commerce.commercial)} of {case.commerce.paragraphs}"
    yield Fact("Commercial paragraphs", share)
