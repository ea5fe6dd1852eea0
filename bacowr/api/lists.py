"""Lists: how a page of one is asked for, and how it is answered."""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import Any

import sqlalchemy as sa
from flask import Response
from marshmallow import Schema, ValidationError, fields, missing, post_load, validate

from bacowr.base.paging import MAX_PAGE_SIZE, Page
from bacowr.jobs.scores import Score, shown_score

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


class Rows:
    """Shows rows of a select as a flat schema does, at a fraction of its cost.

    Takes what JSON carries as it is (text, numbers, text enums) and moments; raises TypeError for
    a schema with anything else in it.
    """

    TAKEN = (
        fields.String,
        fields.Integer,
        fields.Float,
        fields.Boolean,
        fields.Enum,
        fields.DateTime,
    )

    def __init__(self, schema: type[Schema]) -> None:
        shown = schema().dump_fields
        for key, field in shown.items():
            if not isinstance(field, self.TAKEN):
                raise TypeError(f"{key} is a {type(field).__name__}; dump it by its schema.")
        self.keys = {field.attribute or key: key for key, field in shown.items()}
        self.scores = [key for key, field in shown.items() if isinstance(field, Score)]
        self.defaults = {
            key: field.dump_default
            for key, field in shown.items()
            if field.dump_default is not missing
        }

    def dump(self, rows: Sequence[sa.Row[Any]]) -> list[dict[str, Any]]:
        """Return the rows by the schema's keys; raise KeyError for a column it doesn't show."""
        if not rows:
            return []
        keys = [self.keys[column] for column in rows[0]._fields]
        found = [self.defaults | dict(zip(keys, row, strict=True)) for row in rows]
        for one, key in product(found, self.scores):
            one[key] = shown_score(one[key])
        return found


def answer(page: Page[Any], items: list[dict[str, Any]]) -> Response:
    """Answer with one page of a list; its items may hold moments."""
    body = {
        "items": items,
        "total": page.total,
        "page": page.page,
        "page_size": page.page_size,
        "total_pages": page.total_pages,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat)
    return Response(text, mimetype="application/json")
