"""Comments from the models, for a database that keeps none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from bacowr.dbops.schema.model import Item, Kind, Schema


def with_comments(schema: Schema, metadatas: Iterable[sa.MetaData]) -> Schema:
    """Return a schema whose tables and columns bear the models' comments where they have none."""
    told = {key: text for one in metadatas for key, text in _comments(one)}
    return Schema(schema.dialect, tuple(_commented(item, told) for item in schema.items))


def _comments(metadata: sa.MetaData) -> Iterable[tuple[tuple[Kind, str, str], str]]:
    for table in metadata.tables.values():
        name = f"{table.schema}.{table.name}" if table.schema else str(table.name)
        if table.comment:
            yield (Kind.TABLE, "", name), table.comment
        for column in table.columns:
            text = column.comment or column.doc
            if text:
                yield (Kind.COLUMN, name, str(column.name)), text


def _commented(item: Item, told: dict[tuple[Kind, str, str], str]) -> Item:
    text = told.get((item.kind, item.table, item.name))
    if text is None or "comment" in item.facts:
        return item
    return replace(item, facts={**item.facts, "comment": text})
