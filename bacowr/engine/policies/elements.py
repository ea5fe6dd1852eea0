"""What a text must say: which of it stands there, and what may be put in for the rest."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bacowr.engine import urls
from bacowr.engine.article.model import Article
from bacowr.engine.article.parsed import Parsed, parse
from bacowr.engine.checks.model import Place
from bacowr.engine.policies.application import Application
from bacowr.engine.policies.matching import first
from bacowr.engine.policies.model import Holder, Pack, Packs, Position, Required

LICENSE_CODE = "license_holder"

_UNDERLINE = re.compile(r"\n {0,3}(?:=+|-+)[ \t]*(?=\n|$)")


@dataclass(frozen=True)
class Element:
    """A required statement, and where the text makes it; `place` is None when it does not.

    `lacks_link` tells that the words stand there without the link that belongs to them.
    """

    pack: Pack
    required: Required
    place: Place | None
    is_in_place: bool = True
    lacks_link: bool = False

    @property
    def is_missing(self) -> bool:
        """Tell whether the statement, or its link, is missing."""
        return self.place is None or self.lacks_link

    def statement(self, language: str) -> str | None:
        """Give the prescribed wording; None when there is none in the language."""
        return self.required.statement.get(language)


@dataclass(frozen=True)
class MissingStatement:
    """A prescribed statement that the text lacks; `at` is where in the Markdown it goes."""

    code: str
    text: str
    at: int


def elements(article: Article, applied: Application, packs: Packs) -> tuple[Element, ...]:
    """Look for everything that the packs require of a text; what two packs require counts once.

    Packs that are not worded in the article's language are left out.
    """
    parsed = parse(article.markdown)
    listed: dict[str, tuple[Pack, Required]] = {}
    for pack in applied.packs:
        if article.language in pack.languages:
            for required in _required(pack, packs, article):
                listed.setdefault(required.code, (pack, required))
    wanted = (each for each in listed.values() if _is_due(each[1], parsed, article.language))
    return tuple(_element(pack, required, parsed, article) for pack, required in wanted)


def missing_statements(found: Iterable[Element], article: Article) -> tuple[MissingStatement, ...]:
    """List the missing statements that have a prescribed wording in the article's language."""
    return tuple(
        MissingStatement(each.required.code, text, _insertion(article.markdown, each.required))
        for each in found
        if each.is_missing and (text := each.statement(article.language))
    )


def with_statements(markdown: str, missing: Iterable[MissingStatement]) -> str:
    """Insert statements, those of one place as one paragraph, and leave all else as it is."""
    by_place: dict[int, list[str]] = {}
    for each in missing:
        by_place.setdefault(each.at, []).append(each.text)
    for at in sorted(by_place, reverse=True):
        before, after = markdown[:at].rstrip("\n"), markdown[at:].lstrip("\n")
        pieces = (before, " ".join(by_place[at]), after)
        markdown = "\n\n".join(each for each in pieces if each)
    return markdown if markdown.endswith("\n") else f"{markdown}\n"


def holder_in(pack: Pack, packs: Packs, target_url: str) -> Holder | None:
    """Find the license holder behind a target, on the operator's list."""
    listed = packs.license_list(pack)
    return listed.holder_of(urls.registrable(urls.host_of(target_url))) if listed else None


def _required(pack: Pack, packs: Packs, article: Article) -> Iterator[Required]:
    yield from pack.required
    template = pack.license_statement.get(article.language)
    holder = holder_in(pack, packs, article.target_url) if template else None
    if template and holder:
        name = " ".join(holder.name.replace("|", " ").replace("*", " ").split())
        yield Required(
            LICENSE_CODE,
            f"license holder {name}",
            signs={article.language: (name,)},
            statement={article.language: template.format(holder=name)},
        )


def _is_due(required: Required, parsed: Parsed, language: str) -> bool:
    if not required.when:
        return True
    return any(first(each.text, required.when.get(language, ())) for each in parsed.blocks)


def _element(pack: Pack, required: Required, parsed: Parsed, article: Article) -> Element:
    link_at = _link_at(parsed, article.target_url)
    found: Element | None = None
    for index, block in enumerate(parsed.blocks):
        match = first(block.text, required.signs.get(article.language, ()))
        if match and found is None:
            place = Place(*block.at(match.start(), match.end()))
            is_late = required.position is Position.BEFORE_LINK and index > link_at
            found = Element(pack, required, place, is_in_place=not is_late)
    if found is None:
        return Element(pack, required, None)
    return replace(found, lacks_link=not _is_linked(required, parsed))


def _link_at(parsed: Parsed, target_url: str) -> int:
    wanted = urls.comparable(target_url)
    for index, block in enumerate(parsed.blocks):
        if any(_comparable(link.url) == wanted for link in block.links):
            return index
    return len(parsed.blocks)


def _is_linked(required: Required, parsed: Parsed) -> bool:
    if required.link is None:
        return True
    wanted = urls.registrable(urls.host_of(required.link))
    return any(urls.registrable(urls.host_of(each.url)) == wanted for each in parsed.links)


def _comparable(url: str) -> str | None:
    try:
        return urls.comparable(url)
    except ValueError:
        return None


def _insertion(markdown: str, required: Required) -> int:
    """Find where a statement goes: below the title, or at the end."""
    if required.position is Position.ANYWHERE:
        return len(markdown)
    title = next((each for each in parse(markdown).headings if each.level == 1), None)
    if title is None or not title.places:
        return 0
    line_end = markdown.find("\n", title.span[1])
    if line_end < 0:
        return len(markdown)
    underline = _UNDERLINE.match(markdown, line_end)
    return underline.end() if underline else line_end
