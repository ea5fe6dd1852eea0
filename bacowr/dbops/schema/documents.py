"""A schema in the form that was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import sqlalchemy as sa

from bacowr.dbops.report import Report
from bacowr.dbops.schema.changes import facts_of, lines_of
from bacowr.dbops.schema.comments import with_comments
from bacowr.dbops.schema.difference import Difference
from bacowr.dbops.schema.markdown import difference_page, markdown
from bacowr.dbops.schema.mermaid import mermaid
from bacowr.dbops.schema.model import Schema
from bacowr.dbops.schema.sql import sql
from bacowr.dbops.schema.svg import svg


class Format(StrEnum):
    """What a schema can be written as."""

    SQL = "sql"
    MARKDOWN = "md"
    MERMAID = "mermaid"
    SVG = "svg"
    JSON = "json"


def document(schema: Schema, form: Format, metadatas: Iterable[sa.MetaData] = ()) -> str:
    """Write a schema; equal ones give the same bytes.

    What is written for people bears the models' comments where the database keeps none.
    """
    if form is Format.SQL:
        return sql(schema)
    if form is Format.JSON:
        return _json(schema)
    commented = with_comments(schema, metadatas)
    writers = {Format.MARKDOWN: markdown, Format.MERMAID: mermaid, Format.SVG: svg}
    return writers[form](commented)


def difference_document(differences: list[Difference], form: Format, title: str) -> str:
    """Write what changes from one schema to another, for a person or for a machine."""
    if form is Format.JSON:
        facts = {"differences": facts_of(differences), "count": len(differences)}
        return Report(title, facts=facts).to_json() + "\n"
    if form is Format.MARKDOWN:
        return difference_page(differences, title)
    lines = list(lines_of(differences)) or ["Nothing differs."]
    return "\n".join([title, *lines]) + "\n"


def _json(schema: Schema) -> str:
    items = [
        {"kind": one.kind, "table": one.table, "name": one.name, "facts": dict(one.facts)}
        for one in schema.items
    ]
    facts = {"dialect": schema.dialect, "fingerprint": schema.fingerprint(), "items": items}
    return Report(f"{len(items)} items.", facts=facts).to_json() + "\n"
