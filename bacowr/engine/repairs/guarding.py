"""What no repair may do, tried on every change before it is made (domain 3.11)."""

import re
from collections import Counter

from bacowr.engine import urls
from bacowr.engine.checks.citing import Ledger, Standing, loose_urls
from bacowr.engine.checks.subject import Subject
from bacowr.engine.policies.model import Packs
from bacowr.engine.repairs.model import Operation
from bacowr.engine.rules.competitor import competitors
from bacowr.engine.text.words import lowered

_NUMBER = re.compile(r"\d+")
_ALLOWED = {Standing.SOURCE, Standing.PRESCRIBED, Standing.DEAL}
_SAME_WORDS = {Operation.MOVE_LINK, Operation.ADD_SOURCE, Operation.SWAP_SOURCE}


def is_permitted(
    before: Subject, after: Subject, operation: Operation, packs: Packs | None = None
) -> bool:
    """Tell whether a change keeps headings, numbers and links to what may be linked."""
    return (
        _headings(before) == _headings(after)
        and len(before.target_links) == len(after.target_links)
        and _links_are_known(before, after, packs)
        and _says_nothing_new(before, after, operation)
    )


def _headings(subject: Subject) -> list[tuple[int, str]]:
    return [(each.level, each.text) for each in subject.parsed.headings]


def _links_are_known(before: Subject, after: Subject, packs: Packs | None) -> bool:
    old, ledger, rivals = _urls(before), Ledger(after, packs), competitors(after)
    return all(
        ledger.standing(url) in _ALLOWED and urls.registrable(urls.host_of(url)) not in rivals
        for url in _urls(after) - old
    )


def _urls(subject: Subject) -> set[str]:
    linked = {each.url for each in subject.parsed.links}
    return linked | {url for url, _ in loose_urls(subject)}


def _says_nothing_new(before: Subject, after: Subject, operation: Operation) -> bool:
    if operation is Operation.INSERT_STATEMENT:
        return True
    if operation in _SAME_WORDS:
        return _words(before) == _words(after)
    old = set(_NUMBER.findall(before.parsed.text))
    return set(_NUMBER.findall(after.parsed.text)) <= old


def _words(subject: Subject) -> Counter[str]:
    return Counter(lowered(subject.parsed.text))
