"""Questions that the article may answer."""

from bacowr.engine.brief.material import Material
from bacowr.engine.brief.model import Question
from bacowr.engine.brief.subject import topics
from bacowr.engine.text.sentences import sentences

MAX_QUESTIONS = 8
MAX_OF_PATTERN = 3
QUESTION_WORDS = (3, 20)


def questions(material: Material) -> tuple[Question, ...]:
    """List questions asked on read pages, then common forms around the best topics."""
    found: dict[str, Question] = {}
    asked = material.say("question.page")
    least, most = QUESTION_WORDS
    for reading in material.fetched.readings:
        texts = [
            *(each.text for each in reading.headings),
            *(each.text for each in sentences(reading.text)),
        ]
        for text in texts:
            if text.endswith("?") and least <= len(text.split()) <= most:
                found.setdefault(text.casefold(), Question(text, reading.url, asked))
    of_pages = tuple(found.values())[: MAX_QUESTIONS - MAX_OF_PATTERN]
    return of_pages + _of_pattern(material)


def _of_pattern(material: Material) -> tuple[Question, ...]:
    reason = material.say("question.pattern")
    listed = topics(material)
    return tuple(
        Question(material.say(f"question.{form}", term=listed[place % len(listed)]), None, reason)
        for place, form in enumerate(("what", "how", "choose"))
    )
