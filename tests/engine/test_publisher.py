"""The publisher: tone, topics, style and language."""

from collections.abc import Callable

import pytest

from bacowr.engine import markets
from bacowr.engine.page.reading import Reading
from bacowr.engine.publisher.profile import publisher_profile
from bacowr.engine.publisher.style import Address, TitleShape, house_style, title_shape
from bacowr.engine.publisher.tone import Commerciality, ToneClass
from bacowr.engine.research.intent import (
    Intent,
)
from bacowr.engine.research.topics import shared_terms, terms_of, topics_of

Read = Callable[..., Reading]
KNOWN = [each for each in Intent if each is not Intent.UNKNOWN]


def page(title: str, body: str = "", lang: str = "sv") -> str:
    return f'<html lang="{lang}"><title>{title}</title><main><p>{body}</p></main></html>'


@pytest.mark.parametrize(
    ("domain", "title", "tone"),
    [
        ("kth.edu", "Start", ToneClass.ACADEMIC),
        ("www.ox.ac.uk", "Home", ToneClass.ACADEMIC),
        ("site.se", "Uppsala universitet", ToneClass.ACADEMIC),
        ("irs.gov", "Home", ToneClass.AUTHORITY_PUBLIC),
        ("site.se", "Malmö kommun", ToneClass.AUTHORITY_PUBLIC),
        ("site.se", "Tips och guider", ToneClass.CONSUMER_MAGAZINE),
        ("site.se", "Anders blogg", ToneClass.HOBBY_BLOG),
        ("site.se", "Start", ToneClass.UNKNOWN),
    ],
)
def test_the_first_trigger_gives_the_tone(
    reading: Read, domain: str, title: str, tone: ToneClass
) -> None:
    assert publisher_profile(domain, [reading(page(title))], []).tone is tone


def test_a_text_in_the_first_person_is_a_blog(reading: Read) -> None:
    article = reading(page("Taket", "Jag bytte taket. Min granne hjälpte mig. " * 10))
    assert publisher_profile("site.se", [reading(page("Start"))], [article]).tone is (
        ToneClass.HOBBY_BLOG
    )


def test_authority_words_in_an_article_make_no_authority(reading: Read) -> None:
    article = reading(page("Kommunen byggde om", "Kommunen byggde om skolan. " * 10))
    assert publisher_profile("site.se", [reading(page("Start"))], [article]).tone is (
        ToneClass.UNKNOWN
    )


def test_ad_words_make_a_publisher_commercial_and_academia_never_is(reading: Read) -> None:
    front = reading(page("Start", "Innehåller annonslänkar och reklam. " * 3))
    assert publisher_profile("site.se", [front], []).commerciality is Commerciality.HIGH
    assert publisher_profile("site.edu", [front], []).commerciality is Commerciality.LOW
    plain = reading(page("Start"))
    assert publisher_profile("site.se", [plain], []).commerciality is Commerciality.MEDIUM


def test_of_an_unread_publisher_nothing_is_assumed() -> None:
    found = publisher_profile("tidning.se", [], [])
    assert not found.available
    assert (found.language, found.language_is_guess) == ("sv", True)
    assert found.tone is ToneClass.UNKNOWN
    assert found.commerciality is None
    assert found.topics == {}
    assert found.style is None


@pytest.mark.parametrize(
    ("domain", "code"), [("a.se", "sv"), ("a.nu", "sv"), ("a.fi", "fi"), ("a.com", "en")]
)
def test_a_language_is_guessed_from_the_top_level_domain(domain: str, code: str) -> None:
    assert markets.guessed_language(domain) == code


def test_the_language_is_that_of_most_pages(reading: Read) -> None:
    pages = [reading(page("a", lang=each)) for each in ("en", "sv", "sv")]
    found = publisher_profile("site.com", pages, [])
    assert (found.language, found.language_is_guess) == ("sv", False)


def test_topics_need_several_words_and_a_share(reading: Read) -> None:
    house = reading(page("Huset", "Huset har värmepump, nytt tak och isolering. " * 5))
    assert list(topics_of([house])) == ["housing"]
    assert topics_of([reading(page("Huset", "Huset."))]) == {}
    assert topics_of([]) == {}


def test_terms_are_ordered_by_weight_and_shared_ones_by_the_target(reading: Read) -> None:
    target = reading(
        page("Takpannor", "Takpannor håller länge. Takpannor av betong. Betong. Skruv.")
    )
    other = reading(page("Hus", "Ett hus med takpannor."))
    assert terms_of([target])[:2] == ("takpannor", "betong")
    assert "skruv" not in terms_of([target])
    assert shared_terms(target, [other]) == ("takpannor",)


@pytest.mark.parametrize(
    ("title", "shape"),
    [
        ("Vad kostar ett tak?", TitleShape.QUESTION),
        ("Så byter du tak", TitleShape.HOW),
        ("How to mend a roof | Site", TitleShape.HOW),
        ("Fem tak vi minns", TitleShape.NUMBER),
        ("10 roofs", TitleShape.NUMBER),
        ("Stora guiden till tak", TitleShape.GUIDE),
        ("Tak: allt om plåt", TitleShape.COLON),
        ("Taket läcker", TitleShape.PLAIN),
    ],
)
def test_a_title_has_a_shape(title: str, shape: TitleShape) -> None:
    assert title_shape(title) is shape


def test_the_house_style_is_measured_on_articles(reading: Read) -> None:
    one = reading(page("Så gör du", "Du tar din hammare. Du slår. " * 10))
    two = reading(page("Så målar du", "Ni målar era väggar långsamt. " * 2))
    style = house_style([one, two])
    assert style is not None
    assert style.articles == 2
    assert style.address is Address.DU
    assert style.title_patterns[0].shape is TitleShape.HOW
    assert style.title_patterns[0].count == 2
    assert style.lix_low is not None
    assert style.lix_high is not None
    assert style.lix_low < style.lix_high
    assert house_style([]) is None


@pytest.mark.parametrize(("body", "address"), [("Ni tar er hammare. ", "ni"), ("Taket. ", "none")])
def test_the_reader_is_addressed_as_most_often(reading: Read, body: str, address: str) -> None:
    style = house_style([reading(page("Taket", body * 9))])
    assert style is not None
    assert style.address == address
