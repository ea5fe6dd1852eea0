"""What the order form says before anything is spent."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.engine.pricing import STANDARD
from bacowr.jobs import queries
from bacowr.jobs.money import caps
from bacowr.jobs.spending import CapScope
from tests.web.conftest import Browser

ORDER = {
    "publisher_domain": "hemochhushall.example",
    "target_url": "https://varmebutiken.example/guider/valja-luftvarmepump",
    "anchor_text": "ett annat ankare",
}


def test_the_price_stands_beside_the_button(browser: Browser) -> None:
    page = browser.get("/jobs/new").text
    assert "About $0." in page
    assert "Caps: $1.00 an order, $10.00 a day" in page
    assert 'hx-get="/jobs/estimate"' in page
    assert "Anthropic (claude" in page


def test_the_price_follows_the_choice(browser: Browser) -> None:
    prices = {
        browser.get(f"/jobs/estimate?writing_strategy={each}&language=sv", htmx=True).text
        for each in ("multi_stage", "single_shot")
    }
    assert len(prices) == 2
    assert all(each.lstrip().startswith('<p class="price-line" id="price"') for each in prices)
    brief = browser.get("/jobs/estimate?brief_only=true&llm_provider=nonsense").text
    assert "Nothing is spent." in brief
    other = browser.get("/jobs/estimate?llm_provider=openai").text
    assert "OpenAI is to write but is not connected" in other
    assert "About" in browser.get("/jobs/estimate?llm_provider=openai&allow_fallback=true").text


def test_an_unknown_price_is_said_to_be_unknown(browser: Browser, app: Flask) -> None:
    plain = app.extensions["equipment"]
    bare = dataclasses.replace(STANDARD, prices={})
    unpriced = dataclasses.replace(plain, prices=bare)
    app.extensions["equipment"] = unpriced
    told = browser.get("/jobs/estimate").text
    assert "Nothing is spent." in told
    assert "held against the caps" in told
    app.extensions["equipment"] = dataclasses.replace(unpriced, caps={})
    assert "Price unknown" in browser.get("/jobs/estimate").text


def test_a_cap_of_the_team_is_told(browser: Browser, editor: User) -> None:
    caps.set_cap(CapScope.DAY, 2.5, by=editor)
    assert "$2.50 a day" in browser.get("/jobs/estimate").text


def test_without_a_model_the_form_says_what_you_get(browser: Browser, app: Flask) -> None:
    plain = app.extensions["equipment"]
    keyring = dataclasses.replace(plain.keyring, environment={})
    app.extensions["equipment"] = dataclasses.replace(plain, keyring=keyring)
    page = browser.get("/jobs/new").text
    assert "No language model is connected" in page
    assert "Order the brief" in page
    assert 'name="llm_provider"' not in page
    assert "About $" not in page


def test_the_terms_of_the_deal_are_taken(browser: Browser, editor: User) -> None:
    deal = {
        "deal_type": "paid",
        "agreed_rel": "follow",
        "rel_reason": "Ägaren vill det.",
        "advertiser": "Butiken AB",
        "anchor_is_fixed": "true",
        "writing_profile": "flow",
        "llm_provider": "anthropic",
        "writing_strategy": "single_shot",
        "vertical": "none",
        "brief_only": "false",
    }
    sent = browser.post("/jobs", ORDER | deal)
    job = queries.get(sent.location.rpartition("/")[2], owner=editor)
    assert {name: str(getattr(job, name)).lower() for name in deal} == {
        name: value.lower() for name, value in deal.items()
    }
    assert job.estimated_cost_usd
    brief = browser.post("/jobs", ORDER | {"anchor_text": "b", "brief_only": "true"})
    only = queries.get(brief.location.rpartition("/")[2], owner=editor)
    assert only.estimated_cost_usd is None


@pytest.mark.parametrize("deal", ["paid", "exchange"])
def test_a_paid_link_that_is_followed_needs_its_reason(browser: Browser, deal: str) -> None:
    answer = browser.post("/jobs", ORDER | {"deal_type": deal, "agreed_rel": "follow"})
    assert answer.status_code == 422
    assert 'id="rel_reason-fault"' in answer.text
    assert f'<option value="{deal}" selected>' in answer.text
