"""What came of an order: which part of it is shown, and the tabs that lead to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bacowr.jobs.articles import versions
from bacowr.jobs.queries import JobDetail
from bacowr.jobs.states import DocumentKind, StepStatus
from bacowr.jobs.texts import Document
from bacowr.web import wording


class View(StrEnum):
    """The ways of looking at an order, in the order of their tabs."""

    ARTICLE = "article"
    BRIEF = "brief"
    SKELETON = "skeleton"
    SOURCES = "sources"
    SEARCHES = "searches"
    VERSIONS = "versions"
    SIGN = "sign"


@dataclass(frozen=True)
class Tab:
    """One way of looking at what came of an order."""

    view: str
    title: str
    count: int | None = None


@dataclass(frozen=True)
class Shown:
    """What is on the page, and the tabs beside it.

    `document` is the one that is shown or that the view is about; `article` is the version that
    counts, whatever is shown, and `is_older` tells that the older BACOWR wrote it.
    """

    view: View
    document: Document
    tabs: Sequence[Tab]
    is_exportable: bool
    article: Document | None = None
    is_older: bool = False


def shown(detail: JobDetail, view: str) -> Shown | None:
    """Choose what to show of an order: the view that was asked for, else the first there is."""
    found = {each.kind: each for each in detail.documents}
    if not found:
        return None
    article = _article(found)
    is_older = article is not None and versions.article_of(article) is None
    tabs = [*_texts(found, article), *_records(detail, found)]
    if article is not None and not is_older:
        tabs += [Tab(View.VERSIONS, "Versions", article.version), Tab(View.SIGN, "Sign-off")]
    names = {tab.view for tab in tabs}
    chosen = View(view if view in names else tabs[0].view)
    document = _document(chosen, found, article) or next(iter(found.values()))
    is_exportable = not detail.job.is_demo
    return Shown(chosen, document, tabs, is_exportable, article, is_older)


def _article(found: dict[DocumentKind, Document]) -> Document | None:
    written = [found[kind] for kind in versions.KINDS if kind in found]
    return max(written, key=lambda each: each.version, default=None)


def _texts(found: dict[DocumentKind, Document], article: Document | None) -> list[Tab]:
    tabs = [Tab(View.ARTICLE, wording.tab(article.kind))] if article else []
    kinds = (DocumentKind.BRIEF, DocumentKind.SKELETON)
    return tabs + [Tab(View(kind), wording.tab(kind)) for kind in kinds if kind in found]


def _records(detail: JobDetail, found: dict[DocumentKind, Document]) -> list[Tab]:
    tabs = []
    if DocumentKind.BRIEF in found:
        tabs.append(Tab(View.SOURCES, "Sources", len(found[DocumentKind.BRIEF].data["sources"])))
    if any(step.name == "serp" and step.status is StepStatus.DONE for step in detail.steps):
        tabs.append(Tab(View.SEARCHES, "Searches"))
    return tabs


def _document(
    view: View, found: dict[DocumentKind, Document], article: Document | None
) -> Document | None:
    match view:
        case View.BRIEF | View.SOURCES:
            return found.get(DocumentKind.BRIEF)
        case View.SKELETON:
            return found.get(DocumentKind.SKELETON)
        case View.SEARCHES:
            return found.get(DocumentKind.BRIEF)
        case _:
            return article
