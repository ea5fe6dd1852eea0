"""Which column is which: headings are matched by name, and a person may say otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bacowr.intake.table import Row, Table, spelled


@dataclass(frozen=True)
class Field:
    """What a column may hold: its name, how it is shown, and what else it is called."""

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    is_required: bool = False

    def is_called(self, heading: str) -> bool:
        """Tell whether a heading means this field."""
        return spelled(heading) in {spelled(each) for each in (self.name, *self.synonyms)}


Fields = tuple[Field, ...]
Override = Mapping[int, str]
"""By the column's place, from 0: the field's name, or nothing for a column to leave out."""

# Synonyms: domain 1.4.
PUBLISHER = ("publisher", "publication_domain", "publisher_domain", "publication_url", "Domain")
TARGET = ("target_url", "target_page", "target", "Targeting URL", "IsCustomer / Targeting URL")
ANCHOR = ("anchor_text", "Anchor")
REFERENCE = ("job_id", "job_number", "job_nummer", "job")

ORDERS: Fields = (
    Field("publisher_domain", "Publisher", PUBLISHER, is_required=True),
    Field("target_url", "Target page", TARGET, is_required=True),
    Field("anchor_text", "Anchor text", ANCHOR, is_required=True),
    Field("anchor_type", "Anchor type"),
    Field("anchor_is_fixed", "Anchor is fixed"),
    Field("language", "Language", ("market_language",)),
    Field("country", "Country"),
    Field("deal_type", "Deal", ("deal",)),
    Field("agreed_rel", "rel agreed on", ("rel",)),
    Field("rel_reason", "Reason for a followed link"),
    Field("advertiser", "Advertiser"),
    Field("vertical", "Regulated area"),
    Field("llm_provider", "Model", ("provider",)),
    Field("writing_strategy", "Strategy", ("strategy",)),
    Field("writing_profile", "Profile", ("profile",)),
    Field("allow_fallback", "Another model may write"),
    Field("brief_only", "Only a brief"),
    Field("use_ahrefs", "Use link data"),
    Field("enable_llm_profiling", "Profile with a model"),
)
PLACEMENTS: Fields = (
    Field("customer", "Customer", ("kund_canonical_url",)),
    Field(
        "publisher_url",
        "Published page",
        ("published_article_exact_url", "published_url", "published_page", "live_url"),
    ),
    Field("publisher_domain", "Publisher", PUBLISHER),
    Field("target_url", "Target page", TARGET, is_required=True),
    Field("anchor_text", "Anchor text", ANCHOR, is_required=True),
    Field("link_type", "Link type"),
    Field("language", "Language", ("market_language",)),
    Field("placement", "Status", ("status",)),
    Field("published_at", "Published", ("publishing_date",)),
    Field("external_ref", "Reference", REFERENCE),
    Field("writer", "Writer"),
    Field("market", "Market", ("MKT",)),
    Field("budget", "Budget"),
    Field("topic", "Topic"),
    Field("content_note", "Content", ("Content",)),
)

_KNOWN = frozenset(
    spelled(name) for field in (*ORDERS, *PLACEMENTS) for name in (field.name, *field.synonyms)
)


def known_headings(cells: Iterable[str]) -> int:
    """Count the cells that are headings of some table that can be brought."""
    return sum(spelled(cell) in _KNOWN for cell in cells)


def matched(
    headings: Sequence[str], fields: Fields, override: Override | None = None
) -> dict[int, str]:
    """Say which column holds which field, by the column's place.

    What a person said comes first; then the first column whose heading means the field. Columns
    that mean nothing are left out, and no field is in two columns.
    """
    said = override or {}
    found: dict[int, str] = {}
    for place, name in sorted(said.items()):
        is_field = any(field.name == name for field in fields)
        if is_field and name not in found.values() and 0 <= place < len(headings):
            found[place] = name
    for place, heading in enumerate(headings):
        field = next((each for each in fields if each.is_called(heading)), None)
        if field and place not in said and field.name not in found.values():
            found[place] = field.name
    return dict(sorted(found.items()))


def missing(mapping: Mapping[int, str], fields: Fields) -> list[Field]:
    """List the fields that every row needs and no column holds."""
    return [each for each in fields if each.is_required and each.name not in mapping.values()]


def values_of(row: Row, mapping: Mapping[int, str]) -> dict[str, str]:
    """Give what a row says, by field; empty cells are left out."""
    return {
        name: row.cells[place]
        for place, name in mapping.items()
        if place < len(row.cells) and row.cells[place]
    }


def heading_of(table: Table, mapping: Mapping[int, str], name: str) -> str | None:
    """Give the heading under which a field stands; None when no column holds it."""
    return next((table.headings[place] for place, field in mapping.items() if field == name), None)
