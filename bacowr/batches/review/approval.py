"""What is missing before an item can be approved: no red finding may be open."""

from collections.abc import Sequence

from bacowr.engine.checks.model import QcStatus, Report
from bacowr.jobs.articles import checking, settling, signing, versions
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus

SIGN_OFF = "NEEDS_SIGNOFF"


def missing(job: Job) -> Sequence[str]:
    """Say in sentences what stands against approving a job; none when nothing does."""
    if job.status not in settling.OPEN:
        return (f"The order is {job.status}: there is nothing to approve.",)
    document = versions.latest(job)
    report = checking.report_of(document) if document else None
    faults = [*_blocked(job, report), *(_undecided(report) if report else ())]
    if not faults and _needs_signature(job, report) and not signing.is_signed(job):
        faults.append("It needs a sign-off: sign both steps, the facts and the compliance.")
    return tuple(faults)


def open_findings(job: Job) -> Sequence[str]:
    """Name the red findings that stand against approving a job: rule, key and message of each."""
    document = versions.latest(job)
    report = checking.report_of(document) if document else None
    if report is None:
        return ()
    decided = checking.decisions_of(job)
    red = [
        each
        for each in report.findings
        if each.status is QcStatus.BLOCKED or each in signing.undecided(report)
    ]
    return tuple(
        f"{each.code} ({each.key}): {each.message}" for each in red if each.key not in decided
    )


def findings_of(job: Job) -> int | None:
    """Count what the checks found in the text that counts; None when it was never checked."""
    document = versions.latest(job)
    report = checking.report_of(document) if document else None
    return len(report.findings) if report else None


def _blocked(job: Job, report: Report | None) -> Sequence[str]:
    if job.status is JobStatus.BLOCKED and job.block_reason != SIGN_OFF:
        return (f"It is blocked ({job.block_reason}): that has to be mended first.",)
    if report is not None and report.status is QcStatus.BLOCKED:
        return ("The checks block it: a red finding has to be mended in the text.",)
    return ()


def _undecided(report: Report) -> Sequence[str]:
    number = len(signing.undecided(report))
    if not number:
        return ()
    return (f"{number} red finding{'s' if number > 1 else ''} to decide on: accept or ignore.",)


def _needs_signature(job: Job, report: Report | None) -> bool:
    if job.status is JobStatus.BLOCKED:
        return True
    return report is not None and report.status is QcStatus.NEEDS_SIGNOFF
