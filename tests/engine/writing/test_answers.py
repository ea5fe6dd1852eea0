"""What surrounds a writer's text is stripped; an answer that is none is an error."""

import pytest

from bacowr.engine.outcome import AbortCode, Aborted
from bacowr.engine.ports import Ending, Written
from bacowr.engine.writing.answers import answer, unfinished
from bacowr.engine.writing.model import Answer, Why

TEXT = "# Titel\n\nEn mening om el. En till om värme.\n\n## Del\n\nSista stycket slutar här."


def of(text: str, ending: Ending = Ending.COMPLETE) -> Answer:
    return answer(Written(text, "p", "model-x", 1, 1, ending))


@pytest.mark.parametrize(
    "wrapped",
    [
        TEXT,
        f"\n\n{TEXT}\n\n",
        f"```markdown\n{TEXT}\n```",
        f"~~~\n{TEXT}\n~~~\n",
        f"```markdown\n{TEXT}",
        f"Here is the article:\n\n{TEXT}",
        f"Sure! Here's your article.\n\n```md\n{TEXT}\n```\n\nLet me know if you want changes!",
        f"Självklart! Här kommer texten.\n\n{TEXT}",
        f"Absolut.\n\n---\n\n{TEXT}",
        f"{TEXT}\n\n---\n\n*Word count: 17*",
        f"{TEXT}\n\nAntal ord: 17",
        f"{TEXT}\n\n**Note:** I kept the slot.\n\nI hope this helps!",
        f"{TEXT}\n\nSäg till om du vill att jag ändrar något.",
        f"{TEXT}\n\n---\n\nSkrivet enligt planen.",
        f"{TEXT}\n\n---",
        TEXT.replace("\n", "\r\n"),
        f"\u200b\ufeff{TEXT}",
    ],
)
def test_fences_greetings_and_notes_are_stripped(wrapped: str) -> None:
    assert of(wrapped).text == TEXT


def test_what_was_stripped_is_listed() -> None:
    wrapped = f"Here is the article:\n\n{TEXT}\n\n---\n\nDone.\n\nNote: short."
    assert [(each.what, each.why) for each in of(wrapped).removed] == [
        ("Here is the article:", Why.PREAMBLE),
        ("Note: short.", Why.NOTE),
        ("Done.", Why.NOTE),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Notera: det här är en vanlig inledning.\n\nOch det här är fortsättningen.",
        "# Titel\n\nHär är det kallt.\n\nSälj inte huset.",
        "# Titel\n\nDel ett.\n\n---\n\n## Del två\n\nMer text.",
        "# Titel\n\nDel ett.\n\n---\n\nMer om {{LINK}} här.",
        "Här är det kallt",
    ],
)
def test_text_that_only_looks_like_wrapping_is_kept(text: str) -> None:
    assert of(text).text == text


def test_a_greeting_without_a_title_is_stripped() -> None:
    assert of("Här är texten:\n\nFörsta stycket.").text == "Första stycket."


def test_a_long_beginning_before_the_title_is_text() -> None:
    text = "ord " * 70 + "\n\n# Titel\n\nMer."
    assert of(text).text.startswith("ord ord")


@pytest.mark.parametrize(
    "ending",
    [
        '\n\n===HINTS===\n{"links_extension": {"a": 1}, "other": 2}',
        '\n\n```json\n{"links_extension": {"a": 1}}\n```',
        '\n\n{"links_extension": {"a": 1}}',
        '\n\n=== HINTS ===\n```json\n{"links_extension": {"a": 1}}\n```\n',
    ],
)
def test_hints_are_parted_from_the_text(ending: str) -> None:
    found = of(TEXT + ending)
    assert found.text == TEXT
    assert found.hints == {"links_extension": {"a": 1}}


def test_hints_after_a_fence_are_found() -> None:
    found = of(f'```markdown\n{TEXT}\n```\n\n===HINTS===\n{{"qc_extension": {{}}}}')
    assert (found.text, found.hints) == (TEXT, {"qc_extension": {}})


@pytest.mark.parametrize("broken", ["{not json}", "no braces", "{" * 5000 + "}" * 5000, "[1]"])
def test_hints_that_cannot_be_read_are_dropped(broken: str) -> None:
    found = of(f"{TEXT}\n===HINTS===\n{broken}")
    assert (found.text, found.hints) == (TEXT, {})


@pytest.mark.parametrize("empty", ["", "  \n\n", "```\n```", "---", "\u200b", "***\n\n..."])
def test_an_empty_answer_is_an_error(empty: str) -> None:
    with pytest.raises(Aborted) as caught:
        of(empty)
    assert caught.value.code is AbortCode.WRITER_EMPTY
    assert "model-x" in caught.value.message


@pytest.mark.parametrize(
    "refusal",
    [
        "I'm sorry, but I can't help with that.",
        "I can't write promotional content for gambling.",
        "As an AI language model, I cannot do this.",
        "Jag kan tyvärr inte hjälpa till med detta.",
        "Beklager, det kan jeg ikke gøre.",
        "Valitettavasti en voi auttaa tässä.",
    ],
)
def test_a_refusal_is_an_error_that_says_so(refusal: str) -> None:
    with pytest.raises(Aborted) as caught:
        of(refusal)
    assert caught.value.code is AbortCode.WRITER_REFUSED
    assert refusal in caught.value.message


def test_an_answer_that_ended_as_refused_is_a_refusal_whatever_it_says() -> None:
    with pytest.raises(Aborted, match="gave no reason") as caught:
        of("", Ending.REFUSED)
    assert caught.value.code is AbortCode.WRITER_REFUSED


def test_an_article_that_opens_like_a_refusal_is_kept() -> None:
    text = "# Nej\n\nJag kan inte låta bli att undra. Det gör vi alla."
    assert of(text).text == text


def test_a_cut_text_ends_with_its_last_finished_paragraph() -> None:
    text, removed = unfinished("# T\n\nEn mening. En till.”\n\n## Ny del\n\nEn halv men")
    assert text == "# T\n\nEn mening. En till.”"
    assert [(each.what, each.why) for each in removed] == [
        ("## Ny del En halv men", Why.UNFINISHED)
    ]


@pytest.mark.parametrize("text", ["Bara ett stycke som", "# T\n\nHelt. Färdigt."])
def test_a_text_without_a_cut_paragraph_is_left_alone(text: str) -> None:
    assert unfinished(text) == (text, ())
