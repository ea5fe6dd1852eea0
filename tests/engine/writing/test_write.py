"""The step that has an article written: its calls, its output and its ends."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from bacowr.engine.article.model import Article
from bacowr.engine.article.parsed import parse
from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.order import Order, Vertical, WritingProfile, WritingStrategy
from bacowr.engine.outcome import AbortCode, Aborted, Block, BlockReason
from bacowr.engine.ports import Ending, Ports, Purpose, WriterFailed, WriterFault, Written
from bacowr.engine.shapes import Json, from_json, to_json
from bacowr.engine.steps import write
from bacowr.engine.steps.step import Stage
from tests.plugins.canned_writer import CannedWriter
from tests.plugins.written import DEMO, ScriptedWriter, prepared

PLAN = "# Plan\n\n## Del\n- Point: en sak."
TEXT = (
    "# Titel\n\n## A\n\nEn mening. En till.\n\n## B\n\nEtt. Två. Den som vill {{LINK}} läser.\n\n"
    "## C\n\nSe [vad som gäller](S1) här."
)
HINTS = '\n===HINTS===\n{"qc_extension": {"doubts": ["x"]}}'
PortsWith = Callable[..., Ports]


def prompts(ports: Ports) -> list[str]:
    assert isinstance(ports.writer, ScriptedWriter)
    return [each.user for each in ports.writer.prompts]


def test_several_stages_make_three_calls_within_their_limits(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    ports = ports_with(PLAN, TEXT, TEXT + HINTS)
    result = write.run(DEMO, demo, ports)
    assert isinstance(ports.writer, ScriptedWriter)
    asked = ports.writer.prompts
    limits = [(each.purpose, each.max_output_tokens, each.temperature) for each in asked]
    assert limits == [
        (Purpose.OUTLINE, 1000, 0.7),
        (Purpose.CONTENT, 3000, 0.7),
        (Purpose.POLISH, 3500, 0.7),
    ]
    assert "| ## Del" in asked[1].user
    assert "Den som vill {{LINK}} läser." in asked[2].user
    assert result["outline"] == PLAN
    assert (result["kept"], result["link"]) == ("polish", "slot")
    assert result["hints"] == {"qc_extension": {"doubts": ["x"]}}
    assert [each["purpose"] for each in result["calls"]] == ["outline", "content", "polish"]
    assert result["calls"][0] == {
        "purpose": "outline",
        "version": asked[0].version,
        "provider": "scripted",
        "model": "scripted-1",
        "input_tokens": 100,
        "output_tokens": 50,
        "ending": "complete",
        "seconds": 0.5,
    }


def test_a_single_shot_is_one_call(demo: dict[str, Json], ports_with: PortsWith) -> None:
    ports = ports_with(TEXT)
    order = replace(DEMO, writing_strategy=WritingStrategy.SINGLE_SHOT)
    result = write.run(order, demo, ports)
    assert isinstance(ports.writer, ScriptedWriter)
    (asked,) = ports.writer.prompts
    assert (asked.purpose, asked.max_output_tokens) == (Purpose.SINGLE, 4000)
    assert (result["outline"], result["kept"]) == ("", "single")


def test_code_makes_the_article_from_the_answer(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    result = write.run(DEMO, demo, ports_with(PLAN, TEXT))
    article = from_json(Article, json.loads(json.dumps(result))["article"])
    cited = result["sources"][0]["url"]
    assert [each.url for each in parse(article.markdown).links] == [DEMO.target_url, cited]
    assert (article.kind, article.model) == (DocumentKind.AI_DRAFT, "scripted-1")
    assert (article.language, article.country, article.terms) == ("sv", "se", DEMO.terms)
    assert (article.anchor_text, article.target_url) == (DEMO.anchor_text, DEMO.target_url)


def test_the_target_is_never_a_source(demo: dict[str, Json], ports_with: PortsWith) -> None:
    result = write.run(DEMO, demo, ports_with(PLAN, TEXT))
    assert [each["key"] for each in result["sources"]] == ["S1", "S2", "S3", "S4", "S5"]
    assert not any("varmebutiken" in each["url"] for each in result["sources"])


@pytest.mark.parametrize("strategy", WritingStrategy)
@pytest.mark.parametrize("profile", WritingProfile)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_canned_writer_gives_a_whole_article(
    demo_ports: Ports, strategy: WritingStrategy, profile: WritingProfile, language: str
) -> None:
    order = replace(DEMO, writing_strategy=strategy, writing_profile=profile, language=language)
    ports = replace(demo_ports, writer=CannedWriter())
    result = write.run(order, prepared(order, ports), ports)
    parsed = parse(from_json(Article, result["article"]).markdown)
    least, most = (900, 1200) if profile is WritingProfile.LONG_FORM else (750, 900)
    assert least <= parsed.words <= most
    assert len(parsed.headings) == (6 if profile is WritingProfile.LONG_FORM else 1)
    assert [each.url == DEMO.target_url for each in parsed.links] == [False, True]
    assert result["removed"] == []


def test_without_a_writer_there_is_no_article_and_the_reason_is_told(
    demo: dict[str, Json], demo_ports: Ports
) -> None:
    result = write.run(DEMO, demo, replace(demo_ports, no_writer="No key is set."))
    assert (result["article"], result["reason"]) == (None, "no_writer")
    assert result["message"] == "No key is set."
    assert result["calls"] == []


def test_behind_a_shut_gate_nothing_is_asked(demo: dict[str, Json], ports_with: PortsWith) -> None:
    ports = ports_with(PLAN, TEXT)
    block = to_json(Block(BlockReason.TARGET_HTTP, "The target is gone."))
    outputs = {**demo, Stage.FETCH: {**demo[Stage.FETCH], "blocked": block}}
    result = write.run(DEMO, outputs, ports)
    assert (result["article"], result["reason"]) == (None, "gate_shut")
    assert result["message"] == "The target is gone."
    assert prompts(ports) == []


def test_with_nothing_but_the_target_the_gate_is_shut(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    ports = ports_with(PLAN, TEXT)
    fetched = {**demo[Stage.FETCH], "front": [], "articles": [], "trust": []}
    result = write.run(DEMO, prepared(DEMO, ports, fetched), ports)
    assert result["article"] is None
    assert result["blocked"]["reason"] == BlockReason.NO_SOURCES
    assert prompts(ports) == []


def test_without_articles_the_front_pages_are_the_passages(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    ports = ports_with(PLAN, TEXT)
    ledger = [{**demo[Stage.FETCH]["ledger"][0], "fault": "timeout"}]
    fetched = {**demo[Stage.FETCH], "articles": [], "target": None, "ledger": ledger}
    result = write.run(DEMO, prepared(DEMO, ports, fetched), ports)
    assert {each["url"] for each in result["sources"]} <= {
        "https://hemochhushall.example/",
        "https://hemochhushall.example/om-oss",
    }
    assert "T, the page behind the slot" not in prompts(ports)[0]


def test_without_a_brief_the_step_is_aborted(ports_with: PortsWith) -> None:
    with pytest.raises(Aborted) as caught:
        write.run(DEMO, {}, ports_with(PLAN))
    assert caught.value.code is AbortCode.STEP_MISSING


def test_a_writer_that_fails_aborts_the_order(demo: dict[str, Json], ports_with: PortsWith) -> None:
    ports = ports_with(PLAN, WriterFailed(WriterFault.TIMEOUT, "It took too long."))
    with pytest.raises(Aborted, match="took too long") as caught:
        write.run(DEMO, demo, ports)
    assert caught.value.code is AbortCode.WRITER_FAILED


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("", AbortCode.WRITER_EMPTY),
        ("I can't help with that.", AbortCode.WRITER_REFUSED),
        (Written("x", "p", "m", 1, 1, Ending.REFUSED), AbortCode.WRITER_REFUSED),
    ],
)
def test_an_answer_that_is_none_aborts_the_order(
    demo: dict[str, Json], ports_with: PortsWith, answer: str | Written, code: AbortCode
) -> None:
    with pytest.raises(Aborted) as caught:
        write.run(DEMO, demo, ports_with(PLAN, answer))
    assert caught.value.code is code


@pytest.mark.parametrize(
    "edited",
    [
        "# Kort\n\nBara detta.",
        Written(TEXT + "\n\nEn halv men", "p", "m", 1, 3500, Ending.CUT),
    ],
)
def test_an_edit_that_lost_text_leaves_the_draft(
    demo: dict[str, Json], ports_with: PortsWith, edited: str | Written
) -> None:
    draft = TEXT + "\n\nSe https://evil.example/x och mer."
    result = write.run(DEMO, demo, ports_with(PLAN, draft, edited))
    assert result["kept"] == "content"
    assert "## B" in result["article"]["markdown"]
    addresses = [each for each in result["removed"] if each["why"] == "address"]
    assert addresses == [{"what": "https://evil.example/x", "why": "address"}]
    assert len(result["calls"]) == 3


def test_a_draft_that_was_cut_ends_with_a_whole_paragraph(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    cut = Written(TEXT + "\n\n## D\n\nEn halv men", "p", "m", 1, 4000, Ending.CUT)
    order = replace(DEMO, writing_strategy=WritingStrategy.SINGLE_SHOT)
    result = write.run(order, demo, ports_with(cut))
    assert result["article"]["markdown"].endswith("här.\n")
    assert {"what": "## D En halv men", "why": "unfinished"} in result["removed"]


def test_the_same_order_asks_the_same_each_time(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    one, other = ports_with(PLAN, TEXT), ports_with(PLAN, TEXT)
    assert write.run(DEMO, demo, one) == write.run(DEMO, json.loads(json.dumps(demo)), other)
    assert prompts(one) == prompts(other)


def test_a_policys_statement_and_its_address_reach_writer_and_article(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    said = "Stöd och hjälp: [Stödlinjen.se](P1)."
    ports = ports_with(PLAN, f"{TEXT}\n\n## D\n\n{said} Se [annat](P2) och evil.com.")
    result = write.run(replace(DEMO, vertical=Vertical.GAMBLING), demo, ports)
    assert isinstance(ports.writer, ScriptedWriter)
    asked = ports.writer.prompts[0].system
    assert "# What the law asks of this article" in asked
    assert f'Write this, word for word: "{said}"' in asked
    assert "https://" not in asked
    markdown = result["article"]["markdown"]
    assert "Stöd och hjälp: [Stödlinjen.se](https://www.stodlinjen.se/). Se annat och evil." in (
        markdown
    )


def test_words_that_a_policy_wants_to_stand_out_are_bold(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    ports = ports_with(
        PLAN, f"{TEXT}\n\nEn mening. Att låna kostar pengar! Att låna kostar pengar!"
    )
    markdown = write.run(replace(DEMO, vertical=Vertical.CREDIT), demo, ports)["article"][
        "markdown"
    ]
    assert "En mening. **Att låna kostar pengar!** Att låna kostar pengar!" in markdown


def test_without_a_policy_nothing_is_said_of_the_law(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    ports = ports_with(PLAN, TEXT)
    write.run(replace(DEMO, vertical=Vertical.NONE), demo, ports)
    assert isinstance(ports.writer, ScriptedWriter)
    assert "gambling" not in ports.writer.prompts[0].system


def test_an_order_with_signs_of_markup_in_its_anchor_stays_whole(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    order: Order = replace(DEMO, anchor_text="[värme] & *pump*_(x)")
    markdown = write.run(order, demo, ports_with(PLAN, TEXT))["article"]["markdown"]
    assert parse(markdown).links[0].link.text == order.anchor_text


def test_what_a_person_wishes_of_a_new_version_is_told(
    demo: dict[str, Json], ports_with: PortsWith
) -> None:
    ports = replace(ports_with(PLAN, TEXT), wish='Kortare,\nutan "reklam" {{LINK}}.')
    write.run(DEMO, demo, ports)
    asked = prompts(ports)
    assert len(asked) == 3
    for each in asked:
        assert 'within all other rules: "Kortare, utan "reklam" ((LINK))."' in each
