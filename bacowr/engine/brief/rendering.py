"""A brief and a skeleton as Markdown, for reading, handing over and export."""

from collections.abc import Iterator

from bacowr.engine.brief.markdown import bullets, link, plain, table
from bacowr.engine.brief.model import Brief, Placement, Skeleton
from bacowr.engine.brief.wording import say
from bacowr.engine.ports import Source

DASH = "\u2013"


def brief_markdown(brief: Brief) -> str:
    """Render a brief; the banner that says what it is comes first."""
    return "\n\n".join(part for part in _brief(brief) if part) + "\n"


def skeleton_markdown(skeleton: Skeleton) -> str:
    """Render a skeleton: tasks as quotations, paragraphs left empty."""
    language = skeleton.text_language
    parts = [
        f"# {plain(skeleton.title)}",
        f"> **{skeleton.label[language]}.** {skeleton.banner[language]}",
    ]
    if skeleton.demo:
        parts.append(f"> **{say(language, 'demo')}**")
    for section in skeleton.sections:
        parts.append(f"{'#' * section.level} {plain(section.heading)}")
        parts.append(bullets([f"*{plain(each)}*" for each in section.prompts]))
        parts += ["…" for _ in section.paragraphs]
    return "\n\n".join(parts) + "\n"


def _brief(brief: Brief) -> Iterator[str]:
    language = brief.text_language

    def word(key: str) -> str:
        return say(language, key)

    yield f"# {plain(say(language, 'heading.for', publisher=brief.publisher))}"
    yield f"> **{brief.label[language]}.** {brief.banner[language]}"
    if brief.demo:
        yield f"> **{word('demo')}**"
    yield _order(brief)
    for key, body in (
        ("missing", bullets([plain(each) for each in brief.missing])),
        (
            "titles",
            bullets([f"**{plain(t.text)}** {DASH} {plain(t.reason)}" for t in brief.titles]),
        ),
        ("outline", _outline(brief)),
        ("placements", _placements(brief)),
        ("bridge", _bridge(brief)),
        ("quotes", _quotes(brief)),
        ("facts", _facts(brief)),
        ("questions", _questions(brief)),
        ("entities", _names(brief)),
        ("trust", bullets([f"{each.tier}: {link(each.url)}" for each in brief.trust])),
        ("style", bullets([plain(each) for each in brief.style_notes])),
        ("scope", bullets([plain(each) for each in brief.out_of_scope])),
        ("adds", bullets([plain(each) for each in brief.adds])),
        ("queries", _queries(brief)),
        ("sources", _sources(brief)),
    ):
        yield f"## {word(f'heading.{key}')}"
        yield body or word("field.none")


def _order(brief: Brief) -> str:
    language, anchor = brief.text_language, brief.anchor
    rows = (
        ("publisher", plain(brief.publisher)),
        ("target", link(brief.target_url)),
        ("anchor", plain(anchor.text)),
        ("type", f"{say(language, f'type.{anchor.type}')} ({_type_sign(brief)})"),
        ("intent", f"{say(language, f'intent.{anchor.intent}')} ({_intent_sign(brief)})"),
        ("risk", say(language, f"risk.{anchor.risk}")),
        ("risk_in_context", say(language, f"risk.{anchor.risk_in_context}")),
        ("language", brief.language),
    )
    return bullets([f"**{say(language, f'field.{key}')}:** {value}" for key, value in rows])


def _outline(brief: Brief) -> str:
    parts = []
    for place, each in enumerate(brief.outline, start=1):
        words = say(brief.text_language, "field.words")
        parts.append(f"{place}. **{plain(each.heading)}** (~{each.words} {words})")
        parts += [f"   - {plain(reason)}" for reason in each.reasons]
    return "\n".join(parts)


def _placements(brief: Brief) -> str:
    language = brief.text_language
    parts = [_placement(each, language) for each in brief.placements]
    swaps = brief.placements[0].alternatives
    head = f"**{say(language, 'heading.alternatives')}:** "
    listed = ", ".join(
        f"{plain(each.text)} ({say(language, f'type.{each.type}')})" for each in swaps
    )
    parts.append(head + (listed or say(language, "anchor.no_alternatives")))
    parts.append(bullets([plain(each) for each in brief.anchor_notes]))
    return "\n\n".join(parts)


def _placement(each: Placement, language: str) -> str:
    anchor = each.anchor
    risk, better = (say(language, f"risk.{r}") for r in (anchor.risk, anchor.risk_in_context))
    weighed = say(language, "field.weighed", risk=risk, better=better)
    return "\n".join(
        (
            f"{each.rank}. **{each.section}. {plain(each.heading)}** {DASH} {plain(each.reason)}",
            f"   - {plain(each.context)}",
            f"   - {plain(anchor.text)} ({say(language, f'type.{anchor.type}')}). {weighed}",
        )
    )


def _bridge(brief: Brief) -> str:
    language, bridge = brief.text_language, brief.bridge
    overlap = say(language, "field.unknown") if bridge.overlap is None else f"{bridge.overlap:.0%}"
    topics = (say(language, f"topic.{each}") for each in bridge.shared_topics)
    shared = ", ".join((*topics, *bridge.shared_terms))
    basis = say(language, f"basis.{bridge.basis}")
    lines = [
        f"**{say(language, 'field.bridge')}:** {say(language, f'bridge.{bridge.type}')}",
        f"**{say(language, 'field.overlap')}:** {overlap} ({basis})",
        f"**{say(language, 'field.shared')}:** {plain(shared) or say(language, 'field.none')}",
    ]
    if bridge.site_reputation_warning:
        lines.append(say(language, "field.site_reputation"))
    return bullets(lines)


def _quotes(brief: Brief) -> str:
    if not brief.quotes:
        return ""
    language = brief.text_language
    share = f"{100 * brief.copied_share:.1f}"
    parts = [f"{say(language, 'field.quote_policy')} {say(language, 'field.copied', share=share)}"]
    for each in brief.quotes:
        place = say(language, "field.offset", start=each.start, end=each.end)
        parts.append(f"> {plain(each.text)}\n>\n> {link(each.url)}, {place}, {each.fetched_at}")
    parts.append(
        bullets(
            [
                f"{link(each.url)}: {say(language, 'field.share', share=f'{100 * each.share:.1f}')}"
                for each in brief.quoted_shares
            ]
        )
    )
    return "\n\n".join(parts)


def _facts(brief: Brief) -> str:
    if not brief.facts:
        return ""
    head = [
        say(brief.text_language, f"field.{each}")
        for each in ("value", "sentence", "source", "fetched")
    ]
    rows = [
        [plain(each.value), plain(each.sentence), link(each.url), each.fetched_at]
        for each in brief.facts
    ]
    return table(head, rows)


def _questions(brief: Brief) -> str:
    return bullets(
        [
            f"{plain(each.text)} {DASH} {plain(each.reason)}"
            + (f" {link(each.url)}" if each.url else "")
            for each in brief.questions
        ]
    )


def _names(brief: Brief) -> str:
    return bullets([f"{plain(each.text)} ({each.count}), {link(each.url)}" for each in brief.names])


def _queries(brief: Brief) -> str:
    return bullets(
        [
            f"{plain(each.text)} {DASH} {say(brief.text_language, f'query.{each.reason}')}"
            for each in brief.queries.reasons
        ]
    )


def _type_sign(brief: Brief) -> str:
    anchor = brief.anchor
    key = f"type_sign.{anchor.type_sign}"
    return plain(say(brief.text_language, key, evidence=anchor.type_evidence))


def _intent_sign(brief: Brief) -> str:
    anchor = brief.anchor
    key = f"intent_sign.{anchor.intent_sign}"
    return plain(say(brief.text_language, key, evidence=anchor.intent_evidence))


def _sources(brief: Brief) -> str:
    language = brief.text_language
    head = [say(language, f"field.{each}") for each in ("source", "status", "fetched")]
    return table([*head, "SHA-256"], [_source(each, language) for each in brief.sources])


def _source(each: Source, language: str) -> list[str]:
    state = say(language, "field.usable")
    if each.fault is not None:
        state = say(language, f"fault.{each.fault}", status=each.status)
    digest = (each.sha256 or "")[:12]
    return [link(each.final_url), plain(state), each.fetched_at, f"`{digest}`" if digest else DASH]
