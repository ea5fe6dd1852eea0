"""What a search service is: how it is asked, and how its answers and refusals are read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bacowr.base.posting import Post
from bacowr.engine.ports import NoResults, Query, SearchHit


@dataclass(frozen=True)
class Access:
    """Where a service is and what opens it."""

    base_url: str
    key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Refusal:
    """Why a service gave no results, in a word and in one sentence."""

    reason: NoResults
    message: str


@dataclass(frozen=True)
class Service:
    """One search service.

    `question` writes the call; `read` gives the hits of an answer with status 200 and raises
    hits.Unreadable when it isn't in the service's form; `refusal` reads what the service says in a
    way of its own, and is asked before the status is judged.
    """

    name: str
    label: str
    base_url: str
    question: Callable[[Query, Access], Post]
    read: Callable[[Any], tuple[SearchHit, ...]]
    refusal: Callable[[int, Any], Refusal | None]
