"""The label and banner of each kind of document, in both languages (domain 4)."""

from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.brief.wording import LANGUAGES, say

_PHRASES = {
    DocumentKind.BRIEF: ("brief_name", "banner"),
    DocumentKind.SKELETON: ("skeleton_name", "skeleton_banner"),
    DocumentKind.AI_DRAFT: ("draft_name", "draft_banner"),
    DocumentKind.HUMAN_TEXT: ("text_name", "text_banner"),
}
WITH_WRITER = "banner_with_writer"


def labeled(
    kind: DocumentKind, *, model: str | None = None, has_writer: bool = False
) -> tuple[dict[str, str], dict[str, str]]:
    """Give a kind's label and banner by language.

    A draft's label names the model; a brief's banner says that no model is connected when none is.
    """
    label, banner = _PHRASES[kind]
    if kind is DocumentKind.BRIEF and has_writer:
        banner = WITH_WRITER
    return {each: say(each, label, model=model or "?") for each in LANGUAGES}, {
        each: say(each, banner) for each in LANGUAGES
    }
