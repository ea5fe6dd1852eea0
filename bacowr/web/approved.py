"""What was approved in a batch, packed: each article in three forms, and an index of them."""

from typing import IO

from bacowr.accounts.models import User
from bacowr.batches.models import Batch
from bacowr.batches.review import packing
from bacowr.exports import naming
from bacowr.exports.handing_over import hand_over
from bacowr.exports.model import Format

FORMATS = (Format.DOCX, Format.HTML, Format.MARKDOWN)


def file_name(batch: Batch) -> str:
    """Name the archive after the batch, in ASCII."""
    return f"{naming.slug(batch.name)[: naming.MAX_CHARACTERS].strip('-.') or 'batch'}.zip"


def pack(batch: Batch, *, by: User) -> IO[bytes]:
    """Pack what was approved and may leave, and note who took it (`packing.archive`)."""
    found = packing.parcels(batch)
    return packing.archive(found, FORMATS, lambda job, form: hand_over(job, Format(form), by=by))
