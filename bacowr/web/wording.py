"""The words and signs that people see for states, stages and reasons."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bacowr.engine.brief.wording import say
from bacowr.engine.checks.model import CheckName, QcStatus
from bacowr.engine.outcome import AbortCode
from bacowr.engine.ports import NoResults, Purpose
from bacowr.engine.repairs.model import Operation
from bacowr.jobs.models import JobEvent
from bacowr.jobs.states import DocumentKind, EventType, JobStatus, SignoffStep, StepStatus


@dataclass(frozen=True)
class Sign:
    """How a state is shown: its word, its icon and its tone."""

    word: str
    icon: str
    tone: str


STATUSES: Mapping[str, Sign] = MappingProxyType(
    {
        JobStatus.PENDING: Sign("Pending", "hourglass", "idle"),
        JobStatus.PROCESSING: Sign("Processing", "loader-2", "busy"),
        JobStatus.DELIVERED: Sign("Delivered", "circle-check", "ok"),
        JobStatus.BLOCKED: Sign("Blocked", "ban", "warn"),
        JobStatus.ABORTED: Sign("Aborted", "circle-x", "bad"),
        JobStatus.CANCELED: Sign("Canceled", "x", "idle"),
    }
)

STEPS: Mapping[str, Sign] = MappingProxyType(
    {
        StepStatus.QUEUED: Sign("to come", "circle-dashed", "idle"),
        StepStatus.RUNNING: Sign("running", "loader-2", "busy"),
        StepStatus.DONE: Sign("done", "circle-check", "ok"),
        StepStatus.FAILED: Sign("failed", "circle-x", "bad"),
    }
)

STAGES: Mapping[str, str] = MappingProxyType(
    {
        "receive": "Receive the order",
        "fetch": "Read the pages",
        "profile": "Profile publisher, target and anchor",
        "serp": "Look at search results",
        "intent": "Align the intents",
        "brief": "Put the brief together",
        "write": "Write",
        "qc": "Check quality",
        "autofix": "Fix once",
        "recheck": "Check again",
        "done": "Done",
    }
)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "TARGET_HTTP": "The target page could not be read, so no article may be written for it.",
        "BLOCKED_NO_SOURCES": "None of the pages could be read, so there is nothing to stand on.",
        "INTENT_OFF": "Anchor, target and publisher all miss what searchers want.",
        "QC_BLOCKED": "The checks found what must be mended before anybody can sign.",
        "NEEDS_SIGNOFF": "The text is written; a person has to decide on what was found, and sign.",
    }
)

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        EventType.CREATED: "Ordered",
        EventType.CLAIMED: "Taken by a worker",
        EventType.STEP_STARTED: "Started",
        EventType.STEP_FINISHED: "Finished",
        EventType.STEP_FAILED: "Failed",
        EventType.HANDED_BACK: "Handed back to the queue",
        EventType.LEASE_EXPIRED: "Worker fell silent; back in the queue",
        EventType.DELIVERED: "Delivered",
        EventType.BLOCKED: "Blocked",
        EventType.ABORTED: "Aborted",
        EventType.CANCELED: "Canceled",
        EventType.RETRIED: "Sent on its way again",
        EventType.EDITED: "Edited",
        EventType.DECIDED: "A finding was decided on",
        EventType.SIGNED: "Signed",
        EventType.SENT_BACK: "Sent back to be done anew",
    }
)

# What a person can do about an order that came to nothing.
ADVICE: Mapping[str, str] = MappingProxyType(
    {
        AbortCode.CAP_REACHED: "Raise the cap, or wait until the day or the month is over, and try"
        " again: the calls that were paid for are kept and not made again.",
        AbortCode.PRICE_UNKNOWN: "An admin can say what the model costs with `flask providers"
        " set-price`. Then try again: the calls that were paid for are kept.",
        AbortCode.TOKENS_SPENT: "Ask an admin for a larger quota, or wait for the next month; then"
        " try again. The calls that were paid for are kept and not made again.",
        AbortCode.WRITER_FAILED: "Check the key and the balance of the service that writes, then"
        " try again. What was read and found out is kept.",
        AbortCode.WRITER_REFUSED: "The model declined to write this. Look at the target and the"
        " anchor, or order it from another model.",
        AbortCode.WRITER_EMPTY: "The model's answers held no usable text. Try again, or order it"
        " from another model.",
    }
)

QC: Mapping[str, Sign] = MappingProxyType(
    {
        QcStatus.PASS: Sign("Pass", "circle-check", "ok"),
        QcStatus.WARNING: Sign("Warning", "alert-triangle", "warn"),
        QcStatus.NEEDS_SIGNOFF: Sign("Needs sign-off", "user", "sign"),
        QcStatus.BLOCKED: Sign("Blocked", "ban", "bad"),
    }
)

CHECKS: Mapping[str, str] = MappingProxyType(
    {
        CheckName.PREFLIGHT: "Before writing",
        CheckName.DRAFT: "Length and structure",
        CheckName.ANCHOR: "Anchor and link",
        CheckName.LABEL: "Label and rel",
        CheckName.TRUST: "Sources",
        CheckName.GROUNDING: "Grounding of claims",
        CheckName.INTENT: "Search intent",
        CheckName.LSI: "Words around the link",
        CheckName.FIT: "Fit with the publisher",
        CheckName.COMPLIANCE: "Law and policy",
        CheckName.ORIGINALITY: "Originality",
        CheckName.COMPETITOR: "Competitors",
        CheckName.READABILITY: "Readability",
        CheckName.COVERAGE: "Coverage of the subject",
    }
)

OPERATIONS: Mapping[str, str] = MappingProxyType(
    {
        Operation.INSERT_STATEMENT: "Insert a statement",
        Operation.EDIT_TONE: "Tone down",
        Operation.SWAP_SOURCE: "Swap a source",
        Operation.ADD_SOURCE: "Add a source",
        Operation.MOVE_LINK: "Move the link",
        Operation.SWAP_ANCHOR: "Swap the anchor",
        Operation.REWORD: "Reword a paragraph",
    }
)

PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        Purpose.OUTLINE: "Outline",
        Purpose.CONTENT: "Text",
        Purpose.POLISH: "Polish",
        Purpose.SINGLE: "Whole article",
        Purpose.FIX: "Mend",
        Purpose.PROBE: "Test of the key",
    }
)

NO_RESULTS: Mapping[str, str] = MappingProxyType(
    {
        NoResults.NOT_CONNECTED: "no search service is connected",
        NoResults.NOTHING_TO_ASK: "there was nothing to ask for",
        NoResults.PROVIDER_DOWN: "the search service did not answer",
        NoResults.KEY_REFUSED: "the search service refused its key",
        NoResults.LIMITED: "the search service takes no more searches for now",
    }
)

SIGNOFF: Mapping[str, str] = MappingProxyType(
    {SignoffStep.FACTS: "Facts", SignoffStep.COMPLIANCE: "Compliance"}
)

# The labels are Swedish wherever a document goes (domain 4): they leave the product with it.
LABELS: Mapping[str, str] = MappingProxyType(
    {
        DocumentKind.BRIEF: "Underlag",
        DocumentKind.SKELETON: "Skelett",
        DocumentKind.AI_DRAFT: "Utkast \N{EN DASH} AI",
        DocumentKind.HUMAN_TEXT: "Text \N{EN DASH} människa",
    }
)

# What a tab says: the word of this page, then the label that the document carries.
NAMES: Mapping[str, str] = MappingProxyType(
    {
        DocumentKind.BRIEF: "Brief",
        DocumentKind.SKELETON: "Skeleton",
        DocumentKind.AI_DRAFT: "Article",
        DocumentKind.HUMAN_TEXT: "Article",
    }
)

CENT = 0.01
FURTHEST_FIRST = (
    DocumentKind.HUMAN_TEXT,
    DocumentKind.AI_DRAFT,
    DocumentKind.BRIEF,
    DocumentKind.SKELETON,
)


def said(language: str, key: str, **values: object) -> str:
    """Return a phrase of a document; the end of its key when no such phrase is kept any more.

    Documents outlive the words of the version that wrote them.
    """
    try:
        return say(language, key, **values)
    except KeyError:
        return key.rpartition(".")[2]


def tab(kind: DocumentKind) -> str:
    """Return the title of a document's tab, with its label."""
    return f"{NAMES[kind]} · {LABELS[kind]}"


def label(kinds: Collection[DocumentKind]) -> str:
    """Return the label of what an order has come to: of its documents, the one furthest on."""
    furthest = (each for each in FURTHEST_FIRST if each in kinds)
    return next((LABELS[each] for each in furthest), "")


def stage(name: str) -> str:
    """Return a stage's title; its own name when it has none."""
    return STAGES.get(name, name.capitalize())


def reason(code: str) -> str:
    """Return why an order is blocked, in a sentence; the code itself when it has none."""
    return REASONS.get(code, code)


def money(usd: float | None) -> str:
    """Return a sum in US dollars, as finely as it matters; "unknown" when it is."""
    if usd is None:
        return "unknown"
    return f"${usd:,.2f}" if usd >= CENT or not usd else f"${usd:.4f}"


def of(options: Collection[tuple[str, str]], value: str) -> str:
    """Return what a list calls one of its values; the value itself when it isn't in it."""
    return dict(options).get(value, value)


def event(happened: JobEvent) -> str:
    """Return what happened to an order in a few words."""
    words = EVENTS[happened.type]
    step = happened.data.get("step")
    return f"{words}: {stage(str(step)).lower()}" if step else words
