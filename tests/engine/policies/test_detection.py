"""Which area an order comes under, and above all: which it does not."""

from datetime import date

import pytest

from bacowr.engine.order import Vertical
from bacowr.engine.policies.application import Application, application
from bacowr.engine.policies.detection import Detected, verticals_of
from bacowr.engine.policies.loading import shipped
from tests.data.policies.subjects import Setting, subject

HEALTH_SITE = (
    "<title>Må bra</title><h2>Hälsa</h2><p>"
    + "Läkaren talar om hälsa, sömn, kost och träning. " * 5
    + "</p>"
)


def detected(setting: Setting) -> dict[Vertical, Detected]:
    made = subject(setting)
    listed = verticals_of(made.order, made.profiles, shipped(), made.parsed.text)
    return {each.vertical: each for each in listed}


def applied(setting: Setting, on: date = date(2026, 11, 22)) -> Application:
    made = subject(setting)
    return application(made.order, made.profiles, on, shipped(), made.parsed.text)


@pytest.mark.parametrize(
    "words",
    [
        "En lång, lång dag. Långt bort, långsamt, långa gånger. Gången är lång.",
        "Ett lånord är ett ord som lånats in. Svenska lånord och lånorden.",
        "Ett skådespel, skådespelet och samspelet. Spelningen på fredag; spelningar i höst.",
        "Ett aktiebolag och aktiebolagen. Aktiebolagets styrelse är aktiv.",
        "Botaniska trädgårdar, botaniker och robotar. Robotarna är botaniska.",
        "Ett kreditvärdigt resonemang om rättvisa, rättigheter och lagar mat. Lagom, lagrad.",
        "Etern bär ljudet. Bonus för laget. Fondvägg, fondtapet och en fondvägg till.",
        "The along loan word, the town of Cassino? No: a lone wolf, a belonging, a play.",
        "Broker of peace, healthy debate, a wealthy stockade, a shareable fund of jokes.",
        "Lägenhet, lagrum i huset, klagomål, slaget och laget. Bolaget och förlaget.",
    ],
)
def test_words_inside_other_words_trigger_nothing(words: str) -> None:
    # Repeated, because a word in running text must come back to count.
    setting = Setting(f"{words}\n\n{words}\n\n{words}", anchor=words[:60], target_html=words)
    assert detected(setting) == {}


@pytest.mark.parametrize(
    ("anchor", "area"),
    [
        ("bästa casinot online", Vertical.GAMBLING),
        ("privatlån utan säkerhet", Vertical.CREDIT),
        ("indexfonder", Vertical.FINANCE),
        ("kosttillskott för sömn", Vertical.HEALTH),
        ("receptfria läkemedel", Vertical.MEDICAL),
        ("advokat i Malmö", Vertical.LEGAL),
        ("buy bitcoin", Vertical.CRYPTO),
        ("nettikasinot", Vertical.GAMBLING),
        ("kviklån i dag", Vertical.CREDIT),
        ("aksjefond", Vertical.FINANCE),
    ],
)
def test_one_strong_sign_in_the_anchor_is_enough(anchor: str, area: Vertical) -> None:
    found = detected(Setting("Text.", anchor=anchor))
    assert list(found) == [area]
    assert "the anchor" in found[area].reasons[0]


def test_reason_names_the_word_and_its_place() -> None:
    found = detected(Setting("Text.", target_url="https://bolag.example/casino/bonus"))
    assert found[Vertical.GAMBLING].reasons == ("“casino” in the target's address",)


def test_address_is_read_as_addresses_are_spelled() -> None:
    found = detected(Setting("Text.", target_url="https://bolag.example/privatlan"))
    assert found[Vertical.CREDIT].reasons == ("“privatlan” in the target's address",)
    assert detected(Setting("Text.", target_url="https://spel.example/lan/lan-online")) == {}


def test_structured_data_of_the_target_is_a_strong_sign() -> None:
    html = '<script type="application/ld+json">{"@type": "LoanOrCredit"}</script><title>X</title>'
    assert list(detected(Setting("Text.", target_html=html))) == [Vertical.CREDIT]


def test_one_weak_sign_is_not_enough_and_two_are() -> None:
    assert detected(Setting("Text.", anchor="låg ränta")) == {}
    assert list(detected(Setting("Text.", anchor="lån med låg ränta"))) == [Vertical.CREDIT]


def test_two_forms_of_one_word_are_one_sign() -> None:
    assert detected(Setting("Text.", anchor="lånet och lånen")) == {}


def test_word_in_the_text_has_to_come_back() -> None:
    once = "Räntan på lånet."
    assert detected(Setting(once)) == {}
    assert list(detected(Setting(f"{once} {once}"))) == [Vertical.CREDIT]


def test_word_in_a_long_text_has_to_come_back_more_often() -> None:
    once, filling = "Räntan på lånet.", "Ett ord till. " * 300
    assert detected(Setting(f"{once} {once} {filling}")) == {}
    assert list(detected(Setting(f"{once * 4} {filling}"))) == [Vertical.CREDIT]


def test_strong_word_three_times_in_the_text_is_enough() -> None:
    assert detected(Setting("Ett casino. Två casinon.")) == {}
    assert list(detected(Setting("Ett casino. Två casinon. Tre casinon."))) == [Vertical.GAMBLING]


def test_publisher_counts_beside_a_sign_in_the_order() -> None:
    alone = Setting("Text.", publisher_html=HEALTH_SITE)
    assert detected(alone) == {}
    beside = Setting("Text.", anchor="hjälp mot stress", publisher_html=HEALTH_SITE)
    found = detected(beside)[Vertical.HEALTH]
    assert "“health” in the publisher's profile" in found.reasons
    assert detected(Setting("Text.", anchor="hjälp mot stress")) == {}


def test_publisher_and_the_text_alone_are_not_enough() -> None:
    text = "Stress är vanligt. Stress tar tid."
    assert detected(Setting(text, publisher_html=HEALTH_SITE)) == {}


def test_publisher_named_for_an_area_is_only_a_weak_sign() -> None:
    assert detected(Setting("Text.", publisher="casino-nytt.example")) == {}


def test_missing_target_is_no_fault() -> None:
    made = subject(Setting("Text.", anchor="casino"))
    profiles = type(made.profiles)(**{**vars(made.profiles), "target": None})
    assert verticals_of(made.order, profiles, shipped())


def test_pack_of_the_country_and_the_general_one_apply() -> None:
    found = applied(Setting("Text.", anchor="casino"))
    assert {each.id for each in found.packs} == {"se-gambling", "general"}
    assert found.without_rules == ()


def test_area_without_rules_in_the_country_is_named() -> None:
    found = applied(Setting("Text.", anchor="casino", country="dk"))
    assert {each.id for each in found.packs} == {"general"}
    assert found.without_rules == (Vertical.GAMBLING,)


def test_pack_that_is_not_yet_in_force_does_not_apply() -> None:
    found = applied(Setting("Text.", anchor="casino"), on=date(2025, 8, 31))
    assert found.without_rules == (Vertical.GAMBLING,)
    found = applied(Setting("Text.", anchor="casino"), on=date(2025, 9, 1))
    assert found.without_rules == ()


def test_mortgage_is_exempt_from_the_rules_on_credit() -> None:
    text = "Räntan på bolånet. Räntan är låg. Lånet löper. Lånet är ett bolån."
    found = applied(Setting(text, anchor="vårt lån"))
    assert [(pack.id, word) for pack, word in found.exempt] == [("se-credit", "bolånet")]
    assert {each.id for each in found.packs} == {"general"}


def test_mortgage_in_the_anchor_is_exempt_at_once() -> None:
    found = applied(Setting("Text.", anchor="bolån och lån med låg ränta"))
    assert [word for _, word in found.exempt] == ["bolån"]


def test_mortgage_does_not_hide_a_strong_sign() -> None:
    found = applied(Setting("Bolån. Bolånet.", anchor="privatlån eller bolån"))
    assert found.exempt == ()
    assert "se-credit" in {each.id for each in found.packs}


def test_named_area_takes_the_place_of_the_detected_ones() -> None:
    found = applied(Setting("Text.", anchor="casino", vertical=Vertical.LEGAL))
    assert found.verticals == (Vertical.LEGAL,)
    assert [each.vertical for each in found.overridden] == [Vertical.GAMBLING]
    assert {each.id for each in found.packs} == {"legal", "general"}


def test_none_switches_all_areas_off() -> None:
    found = applied(Setting("Text.", anchor="casino", vertical=Vertical.NONE))
    assert found.verticals == ()
    assert [each.vertical for each in found.overridden] == [Vertical.GAMBLING]
    assert {each.id for each in found.packs} == {"general"}


def test_named_area_is_never_exempt() -> None:
    found = applied(Setting("Text.", anchor="bolån med låg ränta", vertical=Vertical.CREDIT))
    assert "se-credit" in {each.id for each in found.packs}
