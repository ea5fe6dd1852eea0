"""The wide forms of what is so of any schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from bacowr.dbops.schema.model import Schema
from tests.dbops.schema_docs import test_picture, test_sql, test_texts
from tests.dbops.schema_docs.drawn import schemas
from tests.dbops.sqlite import random_schemas

EXAMPLES = 500
WIDE = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
CHECKS: tuple[Callable[[Schema], None], ...] = (
    test_picture.test_any_schema_can_be_drawn,
    test_texts.test_any_schema_is_a_mermaid_diagram,
    test_texts.test_any_schema_is_a_page,
)


@pytest.mark.long
def test_very_many_schemas_are_shown() -> None:
    counts: Counter[str] = Counter()

    @WIDE
    @given(schemas())
    def show(one: Schema) -> None:
        for check in CHECKS:
            check.hypothesis.inner_test(one)  # type: ignore[attr-defined] # Hypothesis's own.
        counts["schemas"] += 1

    show()
    print(f"schemas drawn and written without a fault: {counts['schemas']}")  # noqa: T201 - The count.
    assert counts["schemas"] >= EXAMPLES


@pytest.mark.long
def test_very_many_sqlite_schemas_are_made_again() -> None:
    counts: Counter[str] = Counter()

    @WIDE
    @given(random_schemas.schemas())
    def make(one: random_schemas.Schema) -> None:
        check = test_sql.test_any_sqlite_schema_is_made_again
        check.hypothesis.inner_test(one)  # type: ignore[attr-defined] # As above.
        counts["schemas"] += 1

    make()
    print(f"schemas written as SQL and made again: {counts['schemas']}")  # noqa: T201 - The count.
    assert counts["schemas"] >= EXAMPLES
