"""Policy packs read from files: the shipped ones, and an operator's own in their place."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from bacowr.base.errors import Invalid
from bacowr.engine.policies.model import LicenseList, Pack, Packs, Phrases
from bacowr.engine.shapes import from_json

LICENSE_FILE = "license_holders.toml"

# ISO 639-1.
LANGUAGE_LETTERS = 2

_DAYS = ("valid_from", "valid_to", "checked_on")


@cache
def shipped() -> Packs:
    """Give the packs that come with the product."""
    folder = resources.files("bacowr.engine.data") / "policies"
    files = sorted((each for each in folder.iterdir()), key=lambda each: each.name)
    return _read({e.name: e.read_bytes() for e in files if e.name.endswith(".toml")})


class _Chosen:
    packs: Packs | None = None


def use(directory: Path | None) -> None:
    """Let this process use the packs of a directory; without one, the shipped ones.

    Called once, when the application starts. Raise Invalid as `load` does.
    """
    _Chosen.packs = load(directory)


def in_use() -> Packs:
    """Give the packs that this process uses."""
    return _Chosen.packs or shipped()


def load(directory: Path | None = None) -> Packs:
    """Give the shipped packs, those of a directory taking the place of the same `id`.

    `license_holders.toml` in the directory holds `[[lists]]` of license holders. Raise Invalid
    naming every file that can't be used, and why.
    """
    if directory is None:
        return shipped()
    if not directory.is_dir():
        raise Invalid(f"There is no directory {directory}.")
    files = sorted(directory.glob("*.toml"))
    own = _read({each.name: each.read_bytes() for each in files})
    packs = {each.id: each for each in (*shipped().packs, *own.packs)}
    return Packs(tuple(packs.values()), own.licenses)


def _read(contents: Mapping[str, bytes]) -> Packs:
    faults: dict[str, list[str]] = {}
    packs: dict[str, Pack] = {}
    licenses: tuple[LicenseList, ...] = ()
    for name, content in contents.items():
        try:
            data = tomllib.loads(content.decode())
            if name == LICENSE_FILE:
                licenses = _licenses(data)
                continue
            pack = _pack(data)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            faults[name] = [f"{type(error).__name__}: {error}"]
            continue
        if pack.id in packs:
            faults[name] = [f"The id {pack.id} is taken by another file."]
        packs[pack.id] = pack
    if faults:
        raise Invalid("Policy packs can't be read.", fields=faults)
    return Packs(tuple(packs.values()), licenses)


def _licenses(data: Mapping[str, Any]) -> tuple[LicenseList, ...]:
    _dated(data["lists"])
    return tuple(from_json(LicenseList, each) for each in data["lists"])


def _dated(entries: list[dict[str, Any]]) -> None:
    """Refuse what stands where a day belongs; a moment is a day to Python, but compares to none."""
    for entry in entries:
        for name in _DAYS:
            value = entry.get(name)
            if name in entry and (not isinstance(value, date) or isinstance(value, datetime)):
                raise ValueError(f"{name} must be a date like 2026-01-31")


def _pack(data: dict[str, Any]) -> Pack:
    known = {each.name for each in fields(Pack)}
    if unknown := sorted(data.keys() - known):
        raise ValueError(f"unknown fields: {', '.join(unknown)}")
    _dated([data])
    pack = from_json(Pack, data)
    if faults := list(_faults(pack)):
        raise ValueError("; ".join(faults))
    return pack


def _faults(pack: Pack) -> Iterator[str]:
    if not pack.languages or any(len(each) != LANGUAGE_LETTERS for each in pack.languages):
        yield 'languages must be a list like ["sv", "en"]'
    if pack.verified not in (True, False):
        yield "verified must be true or false"
    if pack.valid_to and pack.valid_to < pack.valid_from:
        yield "valid_to lies before valid_from"
    if pack.commercial_share is not None and not 0 <= pack.commercial_share <= 1:
        yield "commercial_share must lie between 0 and 1"
    yield from _phrase_faults(pack)


def _phrase_faults(pack: Pack) -> Iterator[str]:
    for required in pack.required:
        for language in pack.languages:
            if not required.signs.get(language):
                yield f"{required.code} has no signs in {language}"
    for name, listed in _phrase_lists(pack):
        if not all(isinstance(each, str) and len(each.strip()) > 1 for each in listed):
            yield f"{name} must be a list of phrases"


def _phrase_lists(pack: Pack) -> Iterator[tuple[str, tuple[str, ...]]]:
    groups: dict[str, Phrases] = {
        "triggers.strong": pack.triggers.strong,
        "triggers.weak": pack.triggers.weak,
        "exempt": pack.exempt,
        "calls": pack.calls,
        "negations": pack.negations,
        "negations_behind": pack.negations_behind,
    }
    groups |= {f"required {each.code}": each.signs for each in pack.required}
    groups |= {f"banned {each.code}": each.phrases for each in pack.banned}
    for name, phrases in groups.items():
        for language, listed in phrases.items():
            yield f"{name}.{language}", listed
