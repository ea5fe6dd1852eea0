"""The prompt files, and what is put together from them."""

from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from bacowr.engine.order import WritingProfile
from bacowr.engine.ports import Ports, Prompt
from bacowr.engine.publisher.tone import ToneClass
from bacowr.engine.research.bridge import BridgeType
from bacowr.engine.shapes import Json
from bacowr.engine.steps import write
from bacowr.engine.steps.step import Stage
from bacowr.engine.writing import prompting
from bacowr.engine.writing.prompting import has_prompt_file, prompt_file
from tests.plugins.written import DEMO, ScriptedWriter

FOLDER = Path(str(resources.files("bacowr.engine.prompts")))
NAMES = sorted(str(each.relative_to(FOLDER)).removesuffix(".md") for each in FOLDER.rglob("*.md"))
Asked = Callable[..., list[Prompt]]


@pytest.fixture
def asked(demo: dict[str, Json], ports_with: Callable[..., Ports]) -> Asked:
    """Give the prompts of an order; changes are made to what the steps found."""

    def ask(
        language: str = "sv",
        profile: WritingProfile = WritingProfile.LONG_FORM,
        found: dict[str, Json] | None = None,
    ) -> list[Prompt]:
        outputs = dict(demo)
        for stage, change in (found or {}).items():
            outputs[stage] = _merged(demo[stage], change)
        outputs[Stage.PROFILE] = {**outputs[Stage.PROFILE], "language": language}
        ports = ports_with("# Plan\n\nText.", "# T\n\nText {{LINK}} här.")
        write.run(replace(DEMO, writing_profile=profile), outputs, ports)
        assert isinstance(ports.writer, ScriptedWriter)
        return ports.writer.prompts

    return ask


def _merged(old: Json, new: Json) -> Json:
    return {
        **old,
        **{
            key: _merged(old[key], value) if isinstance(value, dict) else value
            for key, value in new.items()
        },
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_file_has_a_version_and_a_text(name: str) -> None:
    file = prompt_file(name)
    assert file.version[:4].isdigit()
    assert file.text.strip()


@pytest.mark.parametrize(
    "name",
    [
        *(f"languages/{each}" for each in ("sv", "en", "da", "nb", "fi", "other")),
        *(f"voices/{each}" for each in ToneClass),
        *(f"profiles/{each}" for each in WritingProfile),
        *(f"bridges/{each}" for each in BridgeType),
        *(each.value for each in prompting.OUTPUT_TOKENS),
    ],
)
def test_every_choice_has_its_file(name: str) -> None:
    assert has_prompt_file(name)


def test_a_file_without_a_version_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bare.md").write_text("Only text.\n---\n")
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    with pytest.raises(ValueError, match="bare has no version"):
        prompt_file("bare")


def test_no_placeholder_is_left_open(asked: Asked) -> None:
    for each in asked():
        assert "$" not in each.system
        assert "$" not in each.user


def test_every_call_carries_the_rules_and_the_passages(asked: Asked) -> None:
    for each in asked():
        assert "Write in Swedish" in each.system
        assert "Benefit first" in each.system
        assert 'informally: "du"' in each.system
        assert "Directly: the publication writes about this subject" in each.system
        assert "900 to 1,200 words" in each.system
        assert "Prices, offers, guarantees" in each.system
        assert DEMO.anchor_text in each.system
        assert "- Language: Swedish" in each.user
        assert "| Heading 1: " in each.user
        assert "BEGIN DATA S5 seal" in each.user
        assert "BEGIN DATA T seal" in each.user
        assert "Related words for the sentences around the slot: " in each.user


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "English"), ("da", "Danish"), ("nb", "Norwegian"), ("fi", "Finnish")],
)
def test_the_language_is_named_and_has_its_own_guide(
    asked: Asked, language: str, name: str
) -> None:
    prompt = asked(language)[0]
    assert f"- Language: {name}" in prompt.user
    assert f"Write in {name}" in prompt.system


def test_a_language_without_a_guide_is_named_by_its_code(asked: Asked) -> None:
    prompt = asked("de")[0]
    assert '- Language: the language "de"' in prompt.user
    assert 'ISO 639-1 code "de"' in prompt.system


@pytest.mark.parametrize(
    ("tone", "words"),
    [
        ("academic", "Factual and cited"),
        ("authority_public", "Plain official language"),
        ("hobby_blog", "practiced enthusiast"),
        ("unknown", "could not be read"),
    ],
)
def test_the_voice_is_that_of_the_publishers_tone(asked: Asked, tone: str, words: str) -> None:
    found = {Stage.PROFILE: {"publisher": {"tone": tone, "commerciality": "low", "style": None}}}
    system = asked(found=found)[0].system
    assert words in system
    assert "Measured on" not in system
    assert "Promotion of any firm" in system
    assert ("Hard selling" in system) == (tone in {"academic", "authority_public"})


@pytest.mark.parametrize(
    ("bridge", "words"), [("pivot", "Over a theme between them"), ("wrapper", "In a neutral frame")]
)
def test_the_bridge_is_the_recommended_one(asked: Asked, bridge: str, words: str) -> None:
    found = {Stage.INTENT: {"bridge": {"type": bridge}, "alignment": {"overall": "off"}}}
    system = asked(found=found)[0].system
    assert words in system
    assert "forced connection" in system


def test_flow_has_its_own_rules(asked: Asked) -> None:
    prompt = asked(profile=WritingProfile.FLOW)[0]
    assert "750 to 900 words" in prompt.system
    assert "Proposed place of the slot" not in prompt.user


def test_what_searches_ask_for_is_told(asked: Asked) -> None:
    found = {
        Stage.SERP: {"findings": {"required_subtopics": ["ljudnivå", "garanti"]}},
        Stage.INTENT: {"alignment": {"serp": "commercial_research"}},
    }
    user = asked(found=found)[0].user
    assert "| Required subtopic: ljudnivå" in user
    assert "What a reader seeks: commercial_research" in user


def test_versions_name_the_texts_that_were_used(asked: Asked) -> None:
    swedish, english = asked("sv"), asked("en")
    assert [each.version.split()[0] for each in swedish] == ["outline", "content", "polish"]
    assert all(len(each.version) <= 64 for each in swedish)
    assert swedish[0].version == asked("sv")[0].version
    assert swedish[0].version != english[0].version
