"""Fit: the language, the length of the sentences and words that return too often (domain 3.10)."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from bacowr.engine.checks.faults import Fault, judged
from bacowr.engine.checks.model import Check, CheckName, Evidence, Fact, Finding, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import points, thresholds
from bacowr.engine.text.language import identified
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.sentences import mean_words
from bacowr.engine.text.words import WORD, letters

NAME = CheckName.FIT
# The identifier takes these for each other too often (domain 8) to block a text by it.
_ALIKE = frozenset({"nb", "nn", "da"})

_finding = partial(Finding, NAME)


def check(subject: Subject) -> Check:
    """Check that the text is in its language and reads evenly."""
    text = subject.parsed.text
    found = _language(subject)
    mean = mean_words(text)
    often = _most_used(subject)
    faults = [*_tongue(subject, found), *_sentences(mean), *_repeated(often)]
    return judged(NAME, faults, _facts(subject, found, mean, often))


def _language(subject: Subject) -> str | None:
    enough = subject.parsed.words >= thresholds().fit.language_words
    return identified(subject.parsed.text) if enough else None


def _tongue(subject: Subject, found: str | None) -> Iterator[Fault]:
    wanted = subject.article.language
    if found is None or found == wanted:
        return
    alike = {found, wanted} <= _ALIKE
    if wanted == "nb" and found == "nn":
        return
    status = QcStatus.WARNING if alike else QcStatus.BLOCKED
    message = f"The text reads as {found}; it was to be in {wanted}."
    finding = _finding("wrong_language", status, message, evidence=Evidence(found), decidable=alike)
    yield Fault(finding, points(NAME, "language"))


def _sentences(mean: float | None) -> Iterator[Fault]:
    wanted = thresholds().fit.sentence_words
    if mean is not None and mean not in wanted:
        message = f"A sentence has {mean} words on the mean; {wanted} are wanted."
        finding = _finding("sentence_length", QcStatus.PASS, message)
        yield Fault(finding, points(NAME, "sentence_length"))


def _repeated(often: tuple[str, float] | None) -> Iterator[Fault]:
    limit = thresholds().fit.one_word_share
    if often and often[1] > limit:
        word, share = often
        message = f"One word in {round(1 / share)} is “{word}”."
        evidence = Evidence(word, share=round(share, 3))
        finding = _finding("one_word", QcStatus.PASS, message, evidence=evidence)
        yield Fault(finding, points(NAME, "one_word"))


def _most_used(subject: Subject) -> tuple[str, float] | None:
    """Find the word over five letters that is used most, and its share of all words."""
    rules, stop = thresholds().fit, lexicon(subject.article.language).stop
    words = [match[0].lower() for match in WORD.finditer(subject.parsed.text)]
    if len(words) < rules.one_word_words:
        return None
    long = Counter(
        each for each in words if letters(each) >= rules.one_word_letters and each not in stop
    )
    return next(((word, count / len(words)) for word, count in long.most_common(1)), None)


def _facts(
    subject: Subject, found: str | None, mean: float | None, often: tuple[str, float] | None
) -> Iterator[Fact]:
    rules, wanted = thresholds().fit, subject.article.language
    met = None if found is None else found == wanted
    yield Fact("Language", found or "too short to tell", wanted, met)
    if mean is not None:
        within = mean in rules.sentence_words
        yield Fact("Words in a sentence", str(mean), str(rules.sentence_words), within)
    if often:
        said = f"{often[0]}, {often[1]:.1%}"
        most = f"at most {rules.one_word_share:.0%}"
        yield Fact("Most used word", said, most, often[1] <= rules.one_word_share)
