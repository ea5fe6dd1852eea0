"""What can be wrong with a published link, and how bad it is."""

from enum import StrEnum


class Verdict(StrEnum):
    """One thing that a check can find (domain 9)."""

    OK = "ok"
    NOT_FOUND = "not_found"
    WRONG_TARGET = "wrong_target"
    WRONG_ANCHOR = "wrong_anchor"
    WRONG_REL = "wrong_rel"
    EMPTY_ANCHOR = "empty_anchor"
    HIDDEN = "hidden"
    NOINDEX = "noindex"
    ROBOTS_BLOCKED = "robots_blocked"
    CANONICAL_ELSEWHERE = "canonical_elsewhere"
    REDIRECTED = "redirected"
    HTTP_ERROR = "http_error"
    UNREACHABLE = "unreachable"
    TARGET_ERROR = "target_error"
    INVALID_CONTENT = "invalid_content"
    LABEL_MISSING = "label_missing"
    CONTENT_CHANGED = "content_changed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


# The worst first: the one that is told where there is room for only one.
GRAVITY = (
    Verdict.NOT_FOUND,
    Verdict.HTTP_ERROR,
    Verdict.UNREACHABLE,
    Verdict.INVALID_CONTENT,
    Verdict.WRONG_TARGET,
    Verdict.HIDDEN,
    Verdict.EMPTY_ANCHOR,
    Verdict.LABEL_MISSING,
    Verdict.WRONG_REL,
    Verdict.NOINDEX,
    Verdict.CANONICAL_ELSEWHERE,
    Verdict.WRONG_ANCHOR,
    Verdict.TARGET_ERROR,
    Verdict.CONTENT_CHANGED,
    Verdict.REDIRECTED,
    Verdict.EXPIRED,
    Verdict.ROBOTS_BLOCKED,
    Verdict.UNKNOWN,
    Verdict.OK,
)

# With one of these, nobody who reads the page finds the agreed link.
LOST = frozenset(
    {
        Verdict.NOT_FOUND,
        Verdict.HTTP_ERROR,
        Verdict.UNREACHABLE,
        Verdict.INVALID_CONTENT,
        Verdict.WRONG_TARGET,
    }
)

# These say that nothing could be seen, which is no fault of the link.
UNSEEN = frozenset({Verdict.ROBOTS_BLOCKED, Verdict.UNKNOWN})


def worst(verdicts: frozenset[Verdict] | set[Verdict] | tuple[Verdict, ...]) -> Verdict:
    """Give the verdict that matters most; `ok` when there is none."""
    return min(verdicts, key=GRAVITY.index, default=Verdict.OK)
