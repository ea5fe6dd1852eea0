"""Title options in the forms that the publisher uses."""

from bacowr.engine.brief.material import Material
from bacowr.engine.brief.model import TitleOption
from bacowr.engine.brief.subject import subject
from bacowr.engine.publisher.style import TitleShape

MAX_OPTIONS = 3
_WITHOUT_MODEL = (TitleShape.HOW, TitleShape.QUESTION, TitleShape.PLAIN)


def title_options(material: Material) -> tuple[TitleOption, ...]:
    """Offer a title in each of the publisher's most used forms."""
    style = material.profiles.publisher.style
    patterns = style.title_patterns if style else ()
    name = subject(material)
    if not patterns:
        reason = material.say("title.no_titles", publisher=material.publisher)
        return tuple(_option(material, shape, name, reason) for shape in _WITHOUT_MODEL)
    total = sum(each.count for each in patterns)
    return tuple(
        _option(
            material,
            each.shape,
            name,
            material.say(
                "title.reason",
                count=each.count,
                total=total,
                publisher=material.publisher,
                example=each.example,
            ),
        )
        for each in patterns[:MAX_OPTIONS]
    )


def _option(material: Material, shape: TitleShape, name: str, reason: str) -> TitleOption:
    text = material.say(f"title.{shape}", subject=name)
    return TitleOption(text[:1].upper() + text[1:], shape, reason)
