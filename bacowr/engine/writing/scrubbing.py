"""Running text without anything that could become a link, an address or HTML."""

import re

import tldextract

from bacowr.engine.writing.model import Removed, Why

SHOWN_CHARACTERS = 160

_TAG = re.compile(r"</?[a-z!?][^<>]*>|<[a-z!?/][^<>]*=[^<>]*$|<(?!\s?[\d=])", re.IGNORECASE)
_LINKED = re.compile(r"!?\[([^\[\]]*)\]\s?(?:\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])")
# What follows an address is kept when it closes the sentence or the brackets around it.
_END = r"(?=[.,;:!?)\]\"'\u201d\u2019\u00bb]*(?:\s|$))"
_ADDRESS = re.compile(
    r"(?:[\w+.-]+:/{2,}\S*?|(?:https?|h[tx]{2}ps?|ftps?|wss?|file)\s?:\s?/+\S*?"
    r"|(?:https?|javascript|vbscript|livescript)\s?:\S*?"
    r"|data:(?:[\w.+-]+/|[,;])\S*?|mailto:\S+?|\btel:\+?\d\S*?"
    r"|(?<![\w/:])//[\w-]+\.\S*?|www\.\S*?|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\S*?"
    rf"|\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?::\d+|/)\S*?){_END}",
    re.IGNORECASE,
)
_HOST = re.compile(rf"\b(?:[\w-]+\.)+[a-z]{{2,24}}\b(?:(?::\d+)?/\S*?{_END})?", re.IGNORECASE)
_NUMBER = re.compile(r"\s?[\[(]\s*[SPT]\d{1,3}(?:\s*[,;&]\s*[SPT]?\d{1,3})*\s*[\])]")
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def scrubbed(text: str, kept_hosts: frozenset[str] = frozenset()) -> tuple[str, list[Removed]]:
    """Take out of a text what looks like a link, an address, a passage number or HTML.

    A site's name written as an address keeps the part that is a name (`booking.com` becomes
    `booking`); the hosts to keep stay as they are. Taking out goes on until nothing is left to
    take, because what remains could join into an address.
    """
    removed: list[Removed] = []
    before = ""
    while text != before:
        before = text
        text = _pass(text, kept_hosts, removed)
        text = _tidied(text) if removed else text
    return text, removed


def _tidied(text: str) -> str:
    """Close the gaps that something taken out leaves."""
    text = re.sub(r"[(\[]\s*[)\]]|[\"\u201d]{2}", "", text)
    return re.sub(r"[ \t]+(?=[.,;:!?)](?:\s|$))", "", re.sub(r"[ \t]{2,}", " ", text))


def _pass(text: str, kept_hosts: frozenset[str], removed: list[Removed]) -> str:
    def note(why: Why, match: re.Match[str], kept: str = "") -> str:
        removed.append(Removed(match[0].strip()[:SHOWN_CHARACTERS], why))
        return kept

    def host(match: re.Match[str]) -> str:
        name, _, rest = match[0].partition("/")
        if not rest and name.lower() in kept_hosts:
            return match[0]
        found = _suffixes(name)
        if not found.suffix or not found.domain or not _is_suffix(found.suffix, name):
            return match[0]
        return note(Why.ADDRESS, match, found.domain)

    text = _TAG.sub(lambda match: note(Why.HTML, match), text)
    text = _LINKED.sub(lambda match: note(Why.LINK, match, match[1]), text)
    text = _NUMBER.sub(lambda match: note(Why.BARE_NUMBER, match), text)
    text = _ADDRESS.sub(lambda match: note(Why.ADDRESS, match), text)
    return _HOST.sub(host, text)


def _is_suffix(suffix: str, name: str) -> bool:
    """Tell a site's ending from a sentence that begins without a space ("klart.Men")."""
    return suffix.isascii() and name.endswith(suffix) and suffix == suffix.lower()
