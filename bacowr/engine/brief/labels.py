"""The label and banner of each kind of document, in both languages (domain 4)."""

from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.brief.wording import LANGUAGES, say

_PHRASES = {
    DocumentKind.BRIEF: ("brief_name", "banner"),
    DocumentKind.SKELETON: ("skeleton_name", "skeleton_banner"),
}


def labeled(kind: DocumentKind) -> tuple[dict[str, str], dict[str, str]]:
    """Give a kind's label and banner by language."""
    label, banner = _PHRASES[kind]
    return {each: say(each, label) for each in LANGUAGES}, {
        each: say(each, banner) for each in LANGUAGES
    }
