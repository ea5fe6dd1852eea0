"""The page on policy packs says what the data says."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bacowr.engine.policies.labels import ad_label
from bacowr.engine.policies.loading import shipped
from bacowr.engine.policies.model import Pack, Packs
from bacowr.engine.terms import DealType, Terms

PAGE = (Path(__file__).parents[3] / "docs" / "policies.md").read_text("utf-8")
LANGUAGES = ("sv", "en", "da", "nb", "fi")


@pytest.mark.parametrize("pack", shipped().packs, ids=lambda each: each.id)
def test_page_tells_source_and_dates_of_each_pack(pack: Pack) -> None:
    country = {"se": "Sweden"}.get(pack.country or "", "all")
    row = (
        f"| `{pack.id}` | {country} | {pack.valid_from} | {pack.source_name} | {pack.checked_on} |"
    )
    assert row in PAGE


@pytest.mark.parametrize(
    ("country", "name"),
    [("se", "Sweden"), ("dk", "Denmark"), ("fi", "Finland"), ("gb", "elsewhere")],
)
def test_page_tells_the_word_of_each_label(country: str, name: str) -> None:
    labels = [ad_label(Terms(DealType.PAID), country, each) for each in LANGUAGES]
    words = " | ".join(each.text for each in labels if each)
    assert f"| {name} | {words} |" in PAGE


def test_examples_of_the_page_can_be_loaded(packs_in: Callable[..., Packs]) -> None:
    own, holders = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    packs = packs_in(own=own, license_holders=holders)
    assert "dk-gambling" in {each.id for each in packs.packs}
    assert packs.licenses[0].holder_of("spelhuset.example")
