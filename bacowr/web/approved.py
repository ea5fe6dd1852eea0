"""What was approved in a batch, packed: each article in three forms, and an index of them."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO

from bacowr.accounts.models import User
from bacowr.backlinks.tables import safe
from bacowr.base.errors import Conflict
from bacowr.batches.models import Batch, ReviewItem
from bacowr.batches.review import queries
from bacowr.exports import naming
from bacowr.exports.handing_over import hand_over
from bacowr.exports.model import Format
from bacowr.jobs.articles import leaving, versions

FORMATS = (Format.DOCX, Format.HTML, Format.MARKDOWN)
HEADINGS = (
    "row",
    "publisher",
    "target_url",
    "anchor",
    "qc_status",
    "qc_score",
    "approved_at",
    *FORMATS,
    "left_out_because",
)
IN_MEMORY = 2**20
INDEX = "index.csv"


def file_name(batch: Batch) -> str:
    """Name the archive after the batch, in ASCII."""
    return f"{naming.slug(batch.name)[: naming.MAX_CHARACTERS].strip('-.') or 'batch'}.zip"


def pack(batch: Batch, *, by: User) -> IO[bytes]:
    """Write what was approved and may leave into an archive, and give it open at its beginning.

    Only signed articles leave, and never what came of sample pages; the index says of each that is
    left out why. Raise Conflict when nothing at all may leave. Big archives are kept in a file
    that is gone once closed.
    """
    listed = [(item, _why_it_stays(item)) for item in queries.approved(batch)]
    if not any(reason is None for _, reason in listed):
        raise Conflict(_nothing(listed))
    packed = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # The answer closes it.
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            rows = [_write(archive, place, *each, by) for place, each in enumerate(listed, 1)]
            archive.writestr(INDEX, "".join(_lines([HEADINGS, *rows])).encode("utf-8-sig"))
    except BaseException:
        packed.close()
        raise
    packed.seek(0)
    return packed


def _nothing(listed: Sequence[tuple[ReviewItem, str | None]]) -> str:
    if not listed:
        return "Nothing of this batch is approved yet."
    return f"Nothing that is approved may leave yet. {listed[0][1]}"


def _why_it_stays(item: ReviewItem) -> str | None:
    return leaving.why_it_stays(item.job, versions.latest(item.job))


def _write(
    archive: zipfile.ZipFile, place: int, item: ReviewItem, reason: str | None, by: User
) -> Sequence[str]:
    job, names = item.job, [""] * len(FORMATS)
    if reason is None:
        for at, form in enumerate(FORMATS):
            file = hand_over(job, form, by=by)
            names[at] = f"{form}/{place:04}-{file.name}"
            archive.writestr(names[at], file.content)
    return [
        "" if job.batch_row is None else str(job.batch_row),
        job.publisher_domain,
        job.target_url,
        job.anchor_text,
        job.qc_status or "",
        "" if job.qc_score is None else f"{job.qc_score:.1f}",
        item.reviewed_at.isoformat() if item.reviewed_at else "",
        *names,
        reason or "",
    ]


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(map(safe, row))
        yield line.getvalue()
