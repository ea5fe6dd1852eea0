"""Small edits of tone: a tell-tale phrase gives way to a plain one (domain 3.11)."""

import re
from collections.abc import Iterator

from bacowr.engine.article.parsed import BlockKind
from bacowr.engine.checks.model import Finding
from bacowr.engine.checks.phrases import phrases
from bacowr.engine.checks.subject import Subject
from bacowr.engine.policies.model import Packs
from bacowr.engine.repairs.markup import block_at
from bacowr.engine.repairs.model import Change, Edit, Operation, change
from bacowr.engine.rules import draft

_AFTER = re.compile(r",?[ \t]+(?=[^\W\d_])")


def changes(subject: Subject, _packs: Packs | None = None) -> Iterator[Change]:
    """Swap or drop the phrases for which the data says how; never in headings or links."""
    for finding in draft.check(subject).findings:
        if finding.code == "telltale_phrase" and finding.fixable and finding.place:
            edit = _edit(subject, finding)
            if edit is not None:
                reason = f"Readers know “{finding.evidence.text}” from texts that nobody wrote."
                yield change(subject.article.markdown, [edit], Operation.EDIT_TONE, reason)


def _edit(subject: Subject, finding: Finding) -> Edit | None:
    assert finding.place is not None  # noqa: S101 - the caller has asked; this tells the checker.
    markdown = subject.article.markdown
    start, end = finding.place.start, finding.place.end
    written = markdown[start:end]
    block = block_at(subject.parsed, start)
    plain = written.replace("\u2019", "'")
    if block is None or block.kind is BlockKind.HEADING or plain != finding.evidence.text:
        return None
    if any(start < last and first < end for first, last in (_spans(subject))):
        return None
    swap = _swaps(subject.article.language).get(plain.casefold())
    if swap:
        return Edit(start, end, _cased(swap, written))
    return _dropped(markdown, start, end)


def _spans(subject: Subject) -> list[tuple[int, int]]:
    return [each.span for each in subject.parsed.links]


def _swaps(language: str) -> dict[str, str | None]:
    listed = phrases().telltale.get(language)
    return {each.phrase: each.swap for each in listed.phrases} if listed else {}


def _dropped(markdown: str, start: int, end: int) -> Edit | None:
    gap = _AFTER.match(markdown, end)
    if gap is None:
        return None
    first = markdown[gap.end()]
    return Edit(start, gap.end() + 1, _cased(first, markdown[start]))


def _cased(text: str, like: str) -> str:
    return text[0].upper() + text[1:] if like[0].isupper() else text
