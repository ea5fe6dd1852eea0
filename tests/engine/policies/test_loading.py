from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from bacowr.base.errors import Invalid
from bacowr.engine.order import Vertical
from bacowr.engine.policies.loading import load, shipped
from bacowr.engine.policies.matching import first
from bacowr.engine.policies.model import Pack, Packs

LICENSES = """
[[lists]]
country = "se"
vertical = "gambling"
source_name = "Spelinspektionen's register"
source_url = "https://www.spelinspektionen.se/"
checked_on = 2026-11-01
[[lists.holders]]
name = "Spelhuset AB"
domains = ["spelhuset.example"]
"""

REGULATED = {each for each in Vertical if each is not Vertical.NONE}

each_pack = pytest.mark.parametrize("pack", shipped().packs, ids=lambda each: each.id)


def test_every_area_has_a_pack() -> None:
    assert {each.vertical for each in shipped().packs} == {None, *REGULATED}


@each_pack
def test_shipped_pack_says_that_nobody_verified_it(pack: Pack) -> None:
    assert not pack.verified
    assert "not verified at the source" in pack.standing
    assert pack.source_url.startswith("https://")


@each_pack
def test_shipped_pack_is_worded_in_its_languages(pack: Pack) -> None:
    assert {"sv", "en"} <= set(pack.languages)
    for banned in pack.banned:
        assert set(banned.phrases) == set(pack.languages), banned.code


@each_pack
def test_prescribed_statement_is_recognized_as_what_it_states(pack: Pack) -> None:
    for required in pack.required:
        for language, statement in required.statement.items():
            plain = statement.replace("*", "").replace("[", "").replace("]", "")
            assert first(plain, required.signs[language]), (required.code, language)


def test_statements_exist_wherever_code_can_know_them() -> None:
    without = {
        each.code for pack in shipped().packs for each in pack.required if not each.statement
    }
    assert without == {"effective_rate", "jurisdiction"}


def test_pack_is_stale_after_180_days() -> None:
    pack = shipped().packs[0]
    assert not pack.is_stale(pack.checked_on + timedelta(days=180))
    assert pack.is_stale(pack.checked_on + timedelta(days=181))


def test_own_pack_takes_the_place_of_the_shipped_one(
    packs_in: Callable[..., Packs], pack: Callable[[str], str]
) -> None:
    loaded = {each.id: each for each in packs_in(mine=pack("legal")).packs}
    assert loaded["legal"].version == "7"
    assert loaded["legal"].standing == "checked at the source on 2026-11-01"
    assert len(loaded) == len(shipped().packs)


def test_own_pack_with_a_name_of_its_own_is_added(
    packs_in: Callable[..., Packs], pack: Callable[[str], str]
) -> None:
    assert len(packs_in(mine=pack("house")).packs) == len(shipped().packs) + 1


def test_license_holders_are_read(packs_in: Callable[..., Packs]) -> None:
    (listed,) = packs_in(license_holders=LICENSES).licenses
    holder = listed.holder_of("spelhuset.example")
    assert holder
    assert holder.name == "Spelhuset AB"
    assert not listed.is_stale(date(2026, 11, 22))


def test_directory_without_files_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path).packs == shipped().packs
    assert load() is shipped()


def test_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no directory"):
        load(tmp_path / "gone")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("version", "verson"), "unknown fields: verson"),
        (('version = "7"', ""), "version"),
        (('["sv"]', '"sv"'), "languages must be a list"),
        (("true", '"yes"'), "verified must be true or false"),
        (("2026-01-01", '"2026-01-01"'), "valid_from must be a date"),
        (("2026-01-01", "2026-01-01T00:00:00"), "valid_from must be a date"),
        (("verified", "valid_to = 2025-01-01\nverified"), "valid_to lies before"),
        (("verified", "commercial_share = 15\nverified"), "between 0 and 1"),
        (('"legal"', '"law"'), "'law' is not a valid Vertical"),
        (("verified", 'exempt = {sv = "bolån"}\nverified'), "exempt.sv must be a list of phrases"),
        (
            ("verified", 'required = [{code = "a", name = "b", signs = {}}]\nverified'),
            "a has no signs in sv",
        ),
        (("id =", "id"), "Expected '=' after a key"),
    ],
)
def test_faulty_pack_is_refused_with_its_name(
    packs_in: Callable[..., Packs],
    pack: Callable[[str], str],
    change: tuple[str, str],
    fault: str,
) -> None:
    with pytest.raises(Invalid) as raised:
        packs_in(mine=pack("house").replace(*change))
    assert fault in raised.value.fields["mine.toml"][0]


def test_two_files_with_one_id_are_refused(
    packs_in: Callable[..., Packs], pack: Callable[[str], str]
) -> None:
    with pytest.raises(Invalid) as raised:
        packs_in(one=pack("house"), two=pack("house"))
    assert raised.value.fields == {"two.toml": ["The id house is taken by another file."]}


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Invalid) as raised:
        load(tmp_path)
    assert list(raised.value.fields) == ["odd.toml"]
