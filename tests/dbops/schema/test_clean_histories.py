"""Models at random and the history that autogenerate writes of them: no difference is found."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, Phase, given, settings

from bacowr.dbops.project import Project
from bacowr.dbops.run import Run
from bacowr.dbops.schema.difference import compare
from bacowr.dbops.schema.reading import read_schema
from bacowr.dbops.schema.references import schema_of_models
from bacowr.dbops.scratch import scratch_engine
from bacowr.dbops.settings import DbOpsSettings
from bacowr.dbops.sqlite.operations import LosslessOperations
from bacowr.dbops.targets import target_for
from tests.dbops.schema.random_models import Plan, plans

if TYPE_CHECKING:
    from collections.abc import Iterator

# A failing example already says what differs; to make it small takes minutes.
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
OPTIONS = {
    "compare_type": True,
    "render_as_batch": True,
    "transactional_ddl": True,
    "transaction_per_migration": True,
}


@contextmanager
def migrating(engine: sa.Engine, metadata: sa.MetaData) -> Iterator[MigrationContext]:
    target = target_for(engine, Run(DbOpsSettings()))
    options: dict[str, Any] = {**OPTIONS, "target_metadata": metadata}
    with target.engine.connect() as connection:
        migration = MigrationContext.configure(connection, opts=options)
        with migration.begin_transaction(_per_migration=True):
            yield migration


def step(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Apply what autogenerate writes, as a file would."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        found = produce_migrations(context, metadata).upgrade_ops
        assert found is not None
        source = render_python_code(found, render_as_batch=True, migration_context=context)
    with migrating(engine, metadata) as migration, LosslessOperations.context(migration) as op:
        exec(f"def upgrade():\n    {source}\nupgrade()", {"op": op, "sa": sa})


def judge(plan: Plan, url: str) -> None:
    project = Project(sa.create_engine(url), sa.MetaData(), {}, DbOpsSettings())
    with scratch_engine(project) as engine:
        for whole in (False, True):
            step(engine, plan.make(whole=whole))
        with engine.connect() as connection:
            history = read_schema(connection)
    with scratch_engine(project) as engine:
        models = schema_of_models(plan.make(whole=True), engine)
    assert [one.to_text() for one in compare(models, history)] == []
    project.engine.dispose()


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::UserWarning")
@given(plans())
@settings(max_examples=4)
def test_sqlite(plan: Plan) -> None:
    judge(plan, "sqlite://")


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::UserWarning")
@given(plans())
@settings(max_examples=150, phases=NO_SHRINKING)
def test_sqlite_at_length(plan: Plan) -> None:
    judge(plan, "sqlite://")


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::UserWarning")
@given(plan=plans())
@settings(
    max_examples=40,
    phases=NO_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_postgresql_at_length(plan: Plan, postgres_url: str) -> None:
    judge(plan, postgres_url)
