"""Put a brief together from what the steps found."""

from bacowr.engine.brief.labels import labeled
from bacowr.engine.brief.material import Material
from bacowr.engine.brief.model import Brief, DocumentKind
from bacowr.engine.brief.parts import notes, passages
from bacowr.engine.brief.parts.outline import outline
from bacowr.engine.brief.parts.placements import placements
from bacowr.engine.brief.parts.questions import questions
from bacowr.engine.brief.parts.titles import title_options
from bacowr.engine.brief.subject import subject
from bacowr.engine.research.trust import candidates
from bacowr.engine.text import words


def compose(material: Material) -> Brief:
    """Write a brief; whatever could not be had is named in `missing`."""
    label, banner = labeled(DocumentKind.BRIEF, has_writer=material.has_writer)
    fetched, sections = material.fetched, outline(material)
    chosen = passages.quotes(fetched.target, (*fetched.articles, *fetched.trust))
    known = passages.facts(fetched.target, (*fetched.publisher, *fetched.trust))
    return Brief(
        kind=DocumentKind.BRIEF,
        label=label,
        banner=banner,
        demo=material.demo,
        text_language=material.text_language,
        language=material.profiles.language,
        language_is_guess=material.profiles.language_is_guess,
        publisher=material.publisher,
        target_url=material.order.target_url,
        anchor=material.profiles.anchor,
        subject=subject(material),
        titles=title_options(material),
        outline=sections,
        placements=placements(material, sections),
        anchor_notes=tuple(
            material.say(f"anchor.{each}") for each in ("swap", "budget", "rel", "label")
        ),
        quotes=chosen,
        quoted_shares=passages.shares(chosen, fetched.readings),
        copied_share=0.0,
        facts=known,
        names=passages.names(fetched.readings),
        questions=questions(material),
        trust=candidates(fetched.trust),
        house_style=material.profiles.publisher.style,
        style_notes=notes.style_notes(material),
        out_of_scope=notes.out_of_scope(material),
        adds=notes.adds(material),
        alignment=material.intents.alignment,
        bridge=material.intents.bridge,
        queries=material.serp.plan,
        missing=notes.missing(material),
        sources=fetched.ledger,
    )


def copied_share(brief: Brief, rendered: str) -> float:
    """Measure how much of a rendered brief's words are taken over from pages, 0 to 1."""
    taken = {each.text for each in brief.quotes} | {each.sentence for each in brief.facts}
    total = words.count(rendered)
    return round(min(1.0, sum(words.count(each) for each in taken) / total), 3) if total else 0.0
