"""Lists: how a page of one is asked for, and how it is answered."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, missing, post_load, validate

from bacowr.base.paging import MAX_PAGE_SIZE, Page

DEFAULT_PAGE_SIZE = 20
# Beyond it an offset may not fit into the database's integers.
LAST_PAGE = 1_000_000

_page_size = validate.Range(1, MAX_PAGE_SIZE)


class PagingSchema(Schema):
    """Which page of a list; the names that older clients use mean the same."""

    page = fields.Integer(
        validate=validate.Range(1, LAST_PAGE),
        metadata={"description": "The page's number, from 1.", "default": 1},
    )
    page_size = fields.Integer(
        validate=_page_size,
        metadata={"description": "How many items a page has.", "default": DEFAULT_PAGE_SIZE},
    )
    per_page = fields.Integer(
        validate=_page_size, metadata={"description": "The same as `page_size`."}
    )
    limit = fields.Integer(
        validate=_page_size, metadata={"description": "The same as `page_size`."}
    )
    offset = fields.Integer(
        validate=validate.Range(0, LAST_PAGE),
        metadata={"description": "Instead of `page`: how many items to skip, in whole pages."},
    )

    @post_load
    def settle(self, data: dict[str, Any], **_more: object) -> dict[str, Any]:
        """Turn the synonyms into `page` and `page_size`; a word of ours goes before a synonym."""
        sizes = [data.pop(name, None) for name in ("page_size", "per_page", "limit")]
        size = next((each for each in sizes if each is not None), DEFAULT_PAGE_SIZE)
        offset = data.pop("offset", None)
        if offset and offset % size:
            raise ValidationError("Must be a multiple of the page's size.", "offset")
        return {"page": (offset or 0) // size + 1, **data, "page_size": size}


def schema_of(item: type[Schema]) -> type[Schema]:
    """Return the schema of a list of such items."""
    named = item.__name__.removesuffix("Schema")
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "total": fields.Integer(required=True, metadata={"example": 1}),
            "page": fields.Integer(required=True, metadata={"example": 1}),
            "page_size": fields.Integer(required=True, metadata={"example": DEFAULT_PAGE_SIZE}),
            "total_pages": fields.Integer(required=True, metadata={"example": 1}),
        },
        name=f"{named}ListSchema",
    )


@dataclass(frozen=True)
class Column:
    """One field of a flat schema: where its value is found, and how it is shown."""

    key: str
    attribute: str
    show: Callable[[Any], Any] | None
    default: Any


class Rows:
    """Shows rows as a flat schema does, at a fraction of its cost.

    Takes what JSON carries as it is (text, numbers, text enums) and moments; raises TypeError for
    a schema with anything else in it.
    """

    AS_THEY_ARE = (fields.String, fields.Integer, fields.Float, fields.Boolean, fields.Enum)

    def __init__(self, schema: type[Schema]) -> None:
        self.columns = [_column(key, field) for key, field in schema().dump_fields.items()]

    def dump(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        """Return the rows as JSON carries them; what the first one lacks, all of them lack."""
        rows = list(rows)
        if not rows:
            return []
        known = [each for each in self.columns if hasattr(rows[0], each.attribute)]
        absent = {
            each.key: each.default
            for each in self.columns
            if each not in known and each.default is not missing
        }
        plain = [(each.key, each.attribute) for each in known if each.show is None]
        shown = [(each.key, each.attribute, each.show) for each in known if each.show is not None]
        return [_show(row, absent, plain, shown) for row in rows]


def _show(
    row: Any,  # noqa: ANN401  # A row of any select.
    absent: dict[str, Any],
    plain: list[tuple[str, str]],
    shown: list[tuple[str, str, Callable[[Any], Any]]],
) -> dict[str, Any]:
    data = {key: getattr(row, attribute) for key, attribute in plain}
    for key, attribute, show in shown:
        value = getattr(row, attribute)
        data[key] = None if value is None else show(value)
    return data | absent


def _column(key: str, field: fields.Field[Any]) -> Column:
    if isinstance(field, fields.DateTime):
        show: Callable[[Any], Any] | None = datetime.isoformat
    elif isinstance(field, Rows.AS_THEY_ARE):
        show = None
    else:
        raise TypeError(f"{key} is a {type(field).__name__}; dump it by its schema.")
    return Column(field.data_key or key, field.attribute or key, show, field.dump_default)


def answer(page: Page[Any], items: list[dict[str, Any]]) -> Response:
    """Answer with one page of a list, its items already as JSON carries them."""
    body = {
        "items": items,
        "total": page.total,
        "page": page.page,
        "page_size": page.page_size,
        "total_pages": page.total_pages,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/json")
