"""The demo order prepared for its writing, a writer with a script, and what no article may hold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt

from bacowr.engine.article.parsed import parse
from bacowr.engine.order import Order
from bacowr.engine.ports import Ending, Ports, Prompt, Purpose, WriterFailed, Written
from bacowr.engine.shapes import Json
from bacowr.engine.steps import brief, fetch, intent, profile, receive, serp
from bacowr.engine.steps.step import Stage, Step

DEMO = Order(
    "hemochhushall.example",
    "https://varmebutiken.example/guider/valja-luftvarmepump",
    "välja luftvärmepump",
)
STEPS = (
    Step(Stage.RECEIVE, receive.run),
    Step(Stage.FETCH, fetch.run),
    Step(Stage.PROFILE, profile.run),
    Step(Stage.SERP, serp.run),
    Step(Stage.INTENT, intent.run),
    Step(Stage.BRIEF, brief.run),
)


@dataclass
class ScriptedWriter:
    """Gives the answers it was made with, one a call, and keeps the prompts."""

    script: Sequence[str | Written | WriterFailed]
    provider: str = "scripted"
    model: str = "scripted-1"
    prompts: list[Prompt] = field(default_factory=list)

    def write(self, prompt: Prompt) -> Written:
        answer = self.script[min(len(self.prompts), len(self.script) - 1)]
        self.prompts.append(prompt)
        if isinstance(answer, WriterFailed):
            raise answer
        if isinstance(answer, Written):
            return answer
        return Written(answer, self.provider, self.model, 100, 50, Ending.COMPLETE, 0.5)

    @property
    def purposes(self) -> list[Purpose]:
        return [each.purpose for each in self.prompts]


def prepared(order: Order, ports: Ports, changed: Json | None = None) -> dict[str, Json]:
    """Run the steps before the writing; `changed` takes the place of what was fetched."""
    outputs: dict[str, Json] = {}
    for step in STEPS:
        is_given = step.name is Stage.FETCH and changed is not None
        outputs[step.name] = changed if is_given and changed else step.run(order, outputs, ports)
    return outputs


def assert_no_markup(markdown: str) -> list[str]:
    """Fail when an article holds HTML, an image, code or an address as text; list its links."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    inner = [each for token in tokens for each in token.children or []]
    kinds = {each.type for each in (*tokens, *inner)}
    assert not kinds & {"html_block", "html_inline", "image", "code_inline", "fence", "code_block"}
    shown = "\n".join(each.text for each in parse(markdown).blocks)
    assert not re.search(r"https?:|www\.|javascript:|data:\w+/|<[a-z!/]", shown, re.IGNORECASE)
    return [each.url for each in parse(markdown).links]
