"""What was approved in a batch, packed: an archive of files with an index, a table, or JSON.

Only signed articles leave, and never what came of sample pages: of each that stays it is said why.
Making a file of an article is left to whoever asks (`HandOver`), who notes who took it.
"""

import csv
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol

from bacowr.backlinks.tables import safe
from bacowr.base import clock
from bacowr.base.errors import Conflict
from bacowr.batches.models import Batch, ReviewItem
from bacowr.batches.review import queries
from bacowr.jobs.articles import leaving, versions
from bacowr.jobs.models import Job
from bacowr.jobs.scores import shown_score

ABOUT = ("row", "publisher", "target_url", "anchor", "qc_status", "qc_score", "approved_at")
LEFT_OUT = "left_out_because"
ARTICLE = "article"
IN_MEMORY = 2**20
INDEX = "index.csv"


class Handed(Protocol):
    """A finished file."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def content(self) -> bytes:
        """What is in it."""


HandOver = Callable[[Job, str], Handed]
"""Makes a file of a job's article in a form: md, html, docx or json."""


@dataclass(frozen=True)
class Parcel:
    """One approved item, and why it stays; None when it may leave."""

    item: ReviewItem
    stays: str | None

    @property
    def job(self) -> Job:
        """The job of it."""
        return self.item.job


def parcels(batch: Batch) -> Sequence[Parcel]:
    """List what was approved; raise Conflict when nothing at all may leave."""
    found = [Parcel(item, _why_it_stays(item)) for item in queries.approved(batch)]
    if not found:
        raise Conflict("Nothing of this batch is approved yet.")
    if all(each.stays for each in found):
        raise Conflict(f"Nothing that is approved may leave yet. {found[0].stays}")
    return found


def archive(found: Sequence[Parcel], forms: Sequence[str], hand_over: HandOver) -> IO[bytes]:
    """Write the articles in these forms into an archive, and give it open at its beginning.

    Big archives are kept in a file that is gone once closed.
    """
    packed = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # The answer closes it.
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
            rows = [
                _write(target, f"{place:04}", each, forms, hand_over)
                for place, each in enumerate(found, 1)
            ]
            lines = _lines([(*ABOUT, *forms, LEFT_OUT), *rows])
            target.writestr(INDEX, "".join(lines).encode("utf-8-sig"))
    except BaseException:
        packed.close()
        raise
    packed.seek(0)
    return packed


def table(found: Sequence[Parcel], hand_over: HandOver) -> bytes:
    """Write the articles into a table, as Markdown; no cell of it can become a formula."""
    rows = [[*_about(each), _text(each, hand_over) or "", each.stays or ""] for each in found]
    return "".join(_lines([(*ABOUT, ARTICLE, LEFT_OUT), *rows])).encode("utf-8-sig")


def told(batch: Batch, found: Sequence[Parcel], hand_over: HandOver) -> dict[str, Any]:
    """Give the articles as older clients know an export; scores are from 0 to 1."""
    return {
        "batch_id": batch.id,
        "batch_name": batch.name,
        "exported_at": clock.now().isoformat(),
        "total_approved": len(found),
        "items": [_told(each, hand_over) for each in found if each.stays is None],
        "left_out": [{"job_id": each.job.id, "reason": each.stays} for each in found if each.stays],
    }


def _told(parcel: Parcel, hand_over: HandOver) -> dict[str, Any]:
    item, job = parcel.item, parcel.job
    return {
        "job_id": job.id,
        "publisher_domain": job.publisher_domain,
        "target_url": job.target_url,
        "anchor_text": job.anchor_text,
        "article_text": _text(parcel, hand_over),
        "qc_score": shown_score(job.qc_score),
        "qc_status": job.qc_status,
        "reviewer_notes": item.notes,
        "reviewed_at": item.reviewed_at.isoformat() if item.reviewed_at else None,
    }


def _why_it_stays(item: ReviewItem) -> str | None:
    return leaving.why_it_stays(item.job, versions.latest(item.job))


def _write(
    target: zipfile.ZipFile, place: str, parcel: Parcel, forms: Sequence[str], hand_over: HandOver
) -> Sequence[str]:
    names = [""] * len(forms)
    for at, form in enumerate(forms if parcel.stays is None else ()):
        file = hand_over(parcel.job, form)
        names[at] = f"{form}/{place}-{file.name}"
        target.writestr(names[at], file.content)
    return [*_about(parcel), *names, parcel.stays or ""]


def _about(parcel: Parcel) -> Sequence[str]:
    item, job = parcel.item, parcel.job
    return [
        "" if job.batch_row is None else str(job.batch_row),
        job.publisher_domain,
        job.target_url,
        job.anchor_text,
        job.qc_status or "",
        "" if job.qc_score is None else f"{job.qc_score:.1f}",
        item.reviewed_at.isoformat() if item.reviewed_at else "",
    ]


def _text(parcel: Parcel, hand_over: HandOver) -> str | None:
    return None if parcel.stays else hand_over(parcel.job, "md").content.decode()


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(map(safe, row))
        yield line.getvalue()
