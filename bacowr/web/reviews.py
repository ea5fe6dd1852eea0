"""What the pages about an article show: text beside evidence, versions, sign-off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bacowr.engine.article.difference import Paragraph, difference
from bacowr.engine.checks.model import CheckName, Finding, QcStatus, Report
from bacowr.engine.policies.labels import label_line
from bacowr.engine.repairs.model import Change, Repair, carried_out
from bacowr.engine.shapes import from_json
from bacowr.engine.steps.step import Stage
from bacowr.jobs.articles import checking, comments, leaving, settling, signing, versions
from bacowr.jobs.articles.checking import Verdict
from bacowr.jobs.articles.comments import Remark
from bacowr.jobs.articles.signing import Question
from bacowr.jobs.models import Job
from bacowr.jobs.queries import JobDetail
from bacowr.jobs.states import SignoffStep
from bacowr.jobs.texts import Document, FindingDecision, Signoff
from bacowr.web.documents import Shown
from bacowr.web.marking import marked

WAITING = frozenset({QcStatus.NEEDS_SIGNOFF, QcStatus.BLOCKED})


@dataclass(frozen=True)
class Noted:
    """One finding, what a person decided about it, and the repair that is proposed for it."""

    finding: Finding
    decision: FindingDecision | None = None
    proposal: Change | None = None

    @property
    def is_undecided(self) -> bool:
        """Tell whether it waits for a person."""
        return self.decision is None and self.finding.status in WAITING


@dataclass(frozen=True)
class Evidence:
    """What the checks said of a text; `is_saved` when it is a stored version that can be decided.

    `undecided` counts what waits for a decision, `to_mend` what nobody can decide away.
    """

    report: Report
    findings: Sequence[Noted]
    is_saved: bool = False

    @property
    def undecided(self) -> int:
        """Count the findings that wait for a decision."""
        return sum(each.is_undecided and each.finding.decidable for each in self.findings)

    @property
    def to_mend(self) -> int:
        """Count the findings that have to be mended in the text."""
        return sum(each.is_undecided and not each.finding.decidable for each in self.findings)


@dataclass(frozen=True)
class Mending:
    """What the one automatic repair did or proposed; `takeable` is what fits the text as it is."""

    repair: Repair
    paragraphs: Sequence[Paragraph]
    takeable: frozenset[int]


@dataclass(frozen=True)
class Review:
    """The text beside its evidence."""

    html: Markup
    evidence: Evidence | None
    mending: Mending | None
    is_open: bool
    stays: str | None
    label: str | None
    remarks: Sequence[Remark] = ()


@dataclass(frozen=True)
class Said(Finding):
    """A comment as the text marks it: like a finding, and by a name of its own."""

    name: str = ""

    @property
    def key(self) -> str:
        """Give the name by which the page knows it."""
        return self.name


@dataclass(frozen=True)
class Compared:
    """Two versions and their difference."""

    before: Document
    after: Document
    paragraphs: Sequence[Paragraph]


@dataclass(frozen=True)
class Versions:
    """Every version, the newest first, with what the checks said of it."""

    documents: Sequence[Document]
    verdicts: dict[str, Verdict]
    compared: Compared | None
    is_open: bool


@dataclass(frozen=True)
class SignOff:
    """What a person has in front of them when signing."""

    digest: str
    paragraphs: Sequence[Paragraph]
    is_first: bool
    evidence: Evidence | None
    sources: Sequence[Any]
    checklists: dict[SignoffStep, tuple[Question, ...]]
    valid: dict[SignoffStep, Signoff]
    signatures: Sequence[Signoff]
    is_open: bool
    stays: str | None


def around_changes(paragraphs: Sequence[Paragraph]) -> list[Paragraph | None]:
    """Leave out what didn't change, but for the paragraphs beside a change; None marks a gap.

    Where nothing changed at all, everything stays.
    """
    if not any(each.is_changed for each in paragraphs):
        return list(paragraphs)
    last = len(paragraphs) - 1
    kept: list[Paragraph | None] = []
    for at, each in enumerate(paragraphs):
        beside = (max(0, at - 1), at, min(last, at + 1))
        if any(paragraphs[near].is_changed for near in beside):
            kept.append(each)
        elif not kept or kept[-1] is not None:
            kept.append(None)
    return kept


def evidence_of(report: Report) -> Evidence:
    """Show what the checks say of a text that isn't stored."""
    return Evidence(report, [Noted(each) for each in report.findings])


def review(detail: JobDetail, shown: Shown) -> Review:
    """Put the text beside its evidence."""
    job, document = detail.job, shown.document
    report, mending = checking.report_of(document), _mending(detail, document)
    evidence = _saved(job, report, mending) if report else None
    made = versions.article_of(document)
    remarks = comments.placed(comments.of(job), document)
    found = (*(report.findings if report else ()), *_said(remarks))
    return Review(
        html=marked(document.text, found),
        evidence=evidence,
        mending=mending,
        is_open=job.status in settling.OPEN and not shown.is_older,
        stays=leaving.why_it_stays(job, document),
        label=label_line(made) if made else None,
        remarks=remarks,
    )


def _said(remarks: Sequence[Remark]) -> Iterator[Said]:
    """Mark the passages of what nobody has taken care of."""
    for each in remarks:
        if each.place is not None and each.comment.resolved_at is None:
            status, text = QcStatus.PASS, each.comment.text
            yield Said(CheckName.DRAFT, "comment", status, text, each.place, name=each.key)


def compare(job: Job, before_id: str, after_id: str) -> Versions:
    """List the versions, with the difference of two of them; by default of the last two."""
    listed = versions.of(job)
    by_id = {each.id: each for each in listed}
    after = by_id.get(after_id) or listed[-1]
    before = by_id.get(before_id) or (listed[-2] if len(listed) > 1 else None)
    compared = None
    if before is not None and before.id != after.id:
        compared = Compared(before, after, difference(before.text, after.text))
    is_open = job.status in settling.OPEN
    return Versions(list(reversed(listed)), checking.verdicts_of(job), compared, is_open)


def sign_off(detail: JobDetail, shown: Shown) -> SignOff:
    """Gather what is to be looked at before signing."""
    job, document = detail.job, shown.document
    report, first = checking.report_of(document), versions.of(job)[0]
    found, signatures = checking.material(job), signing.of(job)
    return SignOff(
        digest=signing.shown_digest(job, document),
        paragraphs=difference(first.text if first.id != document.id else "", document.text),
        is_first=first.id == document.id,
        evidence=_saved(job, report, None) if report else None,
        sources=[each for each in found.fetched.ledger if each.usable] if found else [],
        checklists={step: signing.checklist(step) for step in SignoffStep},
        valid={each.step: each for each in signatures if each.voided_at is None},
        signatures=signatures,
        is_open=job.status in settling.OPEN,
        stays=leaving.why_it_stays(job, document),
    )


def proposals(job: Job, outputs: dict[str, Any], document: Document) -> dict[int, str]:
    """Give what the proposed repairs that fit the text would make of it, by their numbers."""
    repair = _repair(outputs)
    if repair is None or document.job_id != job.id:
        return {}
    fitting = {}
    for number, change in enumerate(repair.proposals):
        try:
            fitting[number] = carried_out(document.text, change)
        except ValueError:
            continue
    return fitting


def _saved(job: Job, report: Report, mending: Mending | None) -> Evidence:
    decided = checking.rows_of(job)
    proposed = mending.repair.proposals if mending else ()
    noted = [
        Noted(each, decided.get(each.key), next((p for p in proposed if _meets(p, each)), None))
        for each in report.findings
    ]
    return Evidence(report, noted, is_saved=True)


def _meets(change: Change, finding: Finding) -> bool:
    at = finding.place
    return (
        finding.fixable
        and at is not None
        and change.place.start < at.end
        and at.start < change.place.end
    )


def _repair(outputs: dict[str, Any]) -> Repair | None:
    made = outputs.get(Stage.AUTOFIX, {}).get("repair")
    return from_json(Repair, made) if made else None


def _mending(detail: JobDetail, document: Document) -> Mending | None:
    outputs = {each.name: each.output for each in detail.steps if each.output is not None}
    repair = _repair(outputs)
    if repair is None or not (repair.changes or repair.proposals or repair.needs_writer):
        return None
    written = outputs.get(Stage.WRITE, {}).get("article")
    before = written["markdown"] if written else ""
    paragraphs = difference(before, repair.article.markdown) if repair.applied else ()
    takeable = frozenset(proposals(detail.job, outputs, document))
    return Mending(repair, paragraphs, takeable)
