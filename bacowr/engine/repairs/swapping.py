"""Swapping a risky anchor for the target's own name, where the deal leaves it free (3.4, 3.11)."""

from collections.abc import Iterator

from bacowr.engine.checks.anchoring import context_of
from bacowr.engine.checks.phrases import phrases
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import AnchorType
from bacowr.engine.policies.model import Packs
from bacowr.engine.repairs.markup import words_span
from bacowr.engine.repairs.model import Change, Edit, Operation, change
from bacowr.engine.research.anchors import SWAPS, AnchorRisk
from bacowr.engine.text.words import lowered


def changes(subject: Subject, _packs: Packs | None = None) -> Iterator[Change]:
    """Offer the target's name for an anchor whose risk is not low.

    Only a name fits where other words stood; the swaps to partial or generic words would need a
    sentence of their own, so they stay with the brief's alternatives. See `fits`.
    """
    links = subject.target_links
    if len(links) != 1 or links[0].link.text != subject.article.anchor_text:
        return
    context = context_of(subject, links[0])
    if context.risk is AnchorRisk.LOW or AnchorType.BRAND not in SWAPS[context.type]:
        return
    markdown, link = subject.article.markdown, links[0]
    span = words_span(markdown, link.block, link.link.start, link.link.end)
    names = [e.text for e in subject.profiles.alternatives if e.type is AnchorType.BRAND]
    for name in names:
        if span is not None:
            reason = (
                f"{context.type} to brand: the anchor's risk is {context.risk}: {context.reason}."
            )
            yield change(markdown, [Edit(*span, name)], Operation.SWAP_ANCHOR, reason)


def fits(subject: Subject) -> bool:
    """Tell whether a name can take the anchor's place: the deal allows it, and the word before."""
    [link] = subject.target_links
    before = lowered(link.block.text[: link.link.start])
    after = phrases().before_name.get(subject.article.language, ())
    return not subject.order.anchor_is_fixed and bool(before) and before[-1] in after
