from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from bacowr.base import clock
from bacowr.jobs.models import JobEvent
from bacowr.jobs.states import DocumentKind, EventType, JobStatus, StepStatus
from bacowr.web import addresses, choices, moments, wording
from bacowr.web.listing import Listing


@time_machine.travel("2026-11-22T12:00:00Z", tick=False)
@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (9, "just now"),
        (10, "10 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86400, "1 d ago"),
        (7 * 86400, "15 Nov 2026"),
    ],
)
def test_a_moment_is_told_by_how_long_ago_it_was(seconds: int, words: str) -> None:
    assert moments.ago(clock.now() - timedelta(seconds=seconds)) == words


@time_machine.travel("2026-11-22T12:00:00Z", tick=False)
def test_a_moment_can_be_told_exactly() -> None:
    assert moments.exactly(clock.now()) == "2026-11-22 12:00:00 UTC"
    assert moments.moment(clock.now().isoformat()) == clock.now()


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "< 0.1 s"), (2.71, "2.7 s"), (42.4, "42 s"), (83, "1 min 23 s")]
)
def test_a_span_is_told_as_finely_as_it_matters(seconds: float, words: str) -> None:
    start = clock.now()
    assert moments.span(start, start + timedelta(seconds=seconds)) == words


def test_a_span_without_an_end_is_not_told() -> None:
    assert moments.span(clock.now(), None) == ""
    assert moments.span(None, clock.now()) == ""


def test_every_state_has_its_sign_and_every_event_its_words() -> None:
    assert set(wording.STATUSES) == set(JobStatus)
    assert set(wording.STEPS) == set(StepStatus)
    assert set(wording.EVENTS) == set(EventType)
    assert set(wording.LABELS) == set(wording.NAMES) == set(DocumentKind)


def test_the_label_is_that_of_the_document_furthest_on() -> None:
    assert wording.label({DocumentKind.SKELETON, DocumentKind.BRIEF}) == "Underlag"
    assert wording.label({DocumentKind.BRIEF, DocumentKind.HUMAN_TEXT}).startswith("Text")
    assert wording.label(()) == ""


def test_an_event_names_its_step() -> None:
    event = JobEvent(type=EventType.STEP_STARTED, data={"step": "fetch"})
    assert wording.event(event) == "Started: read the pages"
    assert wording.event(JobEvent(type=EventType.CREATED, data={})) == "Ordered"


def test_what_has_no_words_is_told_by_its_name() -> None:
    assert wording.stage("polish") == "Polish"
    assert wording.reason("NEW_REASON") == "NEW_REASON"
    assert wording.said("sv", "heading.nothing_of_the_kind") == "nothing_of_the_kind"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://xn--rv-via.se/p%C3%A4ls/", "räv.se/päls"),
        ("http://127.0.0.1:8000/?a=1", "127.0.0.1:8000?a=1"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("https://[broken", "https://[broken"),
        ("https://example.com/%E2%80%AEgpj", "https://example.com/%E2%80%AEgpj"),
        ("https://example.com:99999/", "https://example.com:99999/"),
    ],
)
def test_an_address_is_shown_as_people_read_it(url: str, shown: str) -> None:
    assert addresses.readable(url) == shown


def test_a_domain_that_is_none_is_shown_as_it_is() -> None:
    assert addresses.domain("xn--rv-via.se") == "räv.se"
    assert addresses.domain("xn--\x00") == "xn--\x00"


@given(st.text())
def test_any_text_can_be_shown_as_an_address(text: str) -> None:
    addresses.readable(text)
    addresses.domain(text)
    assert not addresses.is_followed(text) or text[:4].lower() == "http"


def test_a_rare_choice_is_kept_among_the_others() -> None:
    assert ("fo", "fo") in choices.languages("fo")
    assert choices.languages("sv") == choices.languages()
    assert ("fo", "fo") in choices.countries("fo")


@given(st.dictionaries(st.sampled_from(["q", "status", "page", "page_size"]), st.text()))
def test_any_address_of_the_list_makes_sense(arguments: dict[str, str]) -> None:
    listing = Listing.read(arguments)
    assert listing.page >= 1
    assert listing.page_size in {20, 50, 100}
    assert 1 <= listing.within(45) <= 3
