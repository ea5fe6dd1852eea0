"""From a job to what is handed over: only a signed article leaves the house (domain 3.15)."""

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import transaction
from bacowr.base.errors import Conflict
from bacowr.exports.article import export
from bacowr.exports.model import File, Format, Handover
from bacowr.jobs.articles import leaving, versions
from bacowr.jobs.models import Job


@transaction
def hand_over(job: Job, format_: Format, *, by: User) -> File:
    """Make a file of a job's article with all its evidence, and note who took it.

    Raise Conflict when the article may not leave: it isn't signed, or it is of sample pages.
    """
    document = leaving.exportable(job)
    article = versions.article_of(document)
    if article is None:
        raise Conflict("There is no article to export.")
    handover = Handover(
        article,
        publisher=job.publisher_domain,
        title=document.data.get("title", ""),
        evidence=leaving.evidence(job, document),
    )
    audit.record("job.export", job, actor=by, kind="article", format=format_)
    return export(handover, format_, clock.now())
