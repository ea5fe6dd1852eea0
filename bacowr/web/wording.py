"""The words and signs that people see for states, stages and reasons."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bacowr.engine.brief.wording import say
from bacowr.jobs.models import JobEvent
from bacowr.jobs.states import DocumentKind, EventType, JobStatus, StepStatus


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
        "done": "Done",
    }
)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "TARGET_HTTP": "The target page could not be read, so no article may be written for it.",
        "BLOCKED_NO_SOURCES": "None of the pages could be read, so there is nothing to stand on.",
        "INTENT_OFF": "Anchor, target and publisher all miss what searchers want.",
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
    }
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
        DocumentKind.AI_DRAFT: "Draft",
        DocumentKind.HUMAN_TEXT: "Text",
    }
)

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


def event(happened: JobEvent) -> str:
    """Return what happened to an order in a few words."""
    words = EVENTS[happened.type]
    step = happened.data.get("step")
    return f"{words}: {stage(str(step)).lower()}" if step else words
