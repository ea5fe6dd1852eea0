"""From an exception to a sentence: what happened, where, and what mends it."""

from __future__ import annotations

import re
import sysconfig
import traceback
from typing import TYPE_CHECKING

from alembic.util import CommandError

from bacowr.dbops.errors import Refused
from bacowr.dbops.report import Finding
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.symptoms import ROLLED_BACK, SYMPTOMS, UNTOUCHED

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = re.compile(r"(\w://[^:@/\s]*:)[^@\s]+(@)|(password=)('[^']*'|\S+)", re.IGNORECASE)
REFERRED = re.compile(r"Revision (\S+) referenced from (.+?) is not present")
LIBRARY = sysconfig.get_path("stdlib")
VERSIONS = re.compile(r"[\\/]versions[\\/].*\.py$")


def explain(error: BaseException) -> Finding:
    """Say in words what an error means. Never shows a password or a traceback."""
    chain = list(_chain(error))
    for one in chain:
        if isinstance(one, Refused):
            return one.finding
        if isinstance(one, RefusedChange):
            place = _place(one)
            return Finding("change-refused", str(one), place)
    where = next((place for one in chain if (place := _place(one))), "")
    found = _broken_file(chain, where) or _known_text(chain, where) or _by_type(chain, where)
    return found or _unknown(chain, where)


def without_password(text: str) -> str:
    """Hide the password of every URL in a text."""
    return PASSWORD.sub(lambda found: f"{found[1] or found[3]}***{found[2] or ''}", text)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _place(error: BaseException) -> str:
    """Return file and line of the revision in which an error arose."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _is_revision(frame.filename)]
    return f"{ours[-1].filename}:{ours[-1].lineno}" if ours else ""


def _is_revision(filename: str) -> bool:
    """Tell whether a file lies in a folder of versions, which Python's own may do as well."""
    own = filename.startswith(LIBRARY) or "site-packages" in filename
    return not own and VERSIONS.search(filename) is not None


def _broken_file(chain: list[BaseException], where: str) -> Finding | None:
    """Recognize a revision file that can't even be loaded."""
    for error in chain:
        if isinstance(error, SyntaxError):
            what = "revision's file" if VERSIONS.search(error.filename or "") else "file"
            message = f"A {what} is not Python: {error.msg}. {UNTOUCHED}"
            return Finding("revision-syntax", message, where, "Correct the file.")
        if isinstance(error, ImportError) and where:
            message = f"A revision's file imports what isn't there: {error}. {UNTOUCHED}"
            remedy = "Correct the import, or install the package; a revision imports no models."
            return Finding("revision-import", message, where, remedy)
    return None


def _known_text(chain: list[BaseException], where: str) -> Finding | None:
    texts = [without_password(str(error)) for error in chain]
    for symptom in SYMPTOMS:
        for text in texts:
            match = symptom.search(text)
            if match is None:
                continue
            groups = [group for group in match.groups() if group is not None] + ["", ""]
            return Finding(
                symptom.code,
                " ".join(symptom.message.format(*groups).replace(" .", ".").split()),
                where,
                symptom.remedy.format(*groups),
            )
    return None


def _by_type(chain: list[BaseException], where: str) -> Finding | None:
    for error in chain:
        referred = REFERRED.search(str(error))
        if referred or (isinstance(error, KeyError) and _in_revision_map(error)):
            lost = referred[1] if referred else str(error.args[0])
            return Finding(
                "unknown-parent",
                f"A revision stands on {lost}, which has no file. {UNTOUCHED}",
                where,
                f"Restore the file of {lost}, or correct down_revision in the file that names it.",
            )
        if isinstance(error, AssertionError) and _in_module(error, "alembic"):
            return Finding(
                "foreign-transaction",
                "A transaction that Alembic didn't begin is open on the connection, so an "
                f"autocommit block can't be entered. {ROLLED_BACK}",
                where,
                "Take statements before `context.configure()` out of env.py.",
            )
    return None


def _in_revision_map(error: BaseException) -> bool:
    return _in_module(error, "script/revision.py")


def _in_module(error: BaseException, part: str) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and part in frames[-1].filename.replace("\\", "/")


def _unknown(chain: list[BaseException], where: str) -> Finding:
    error = chain[0]
    said = without_password(_first_line(error))
    kind = "" if isinstance(error, CommandError) else f"{type(error).__name__}: "
    note = f" {ROLLED_BACK}" if where else ""
    return Finding(
        "failed",
        f"{kind}{said}".rstrip(".") + f".{note}",
        where,
        "`flask db doctor` looks for causes; the whole error is in the log at level DEBUG.",
    )


def _first_line(error: BaseException) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip().split("\n", maxsplit=1)[0]
