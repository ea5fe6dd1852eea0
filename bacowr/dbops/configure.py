"""The arguments for `context.configure`: the project's own wishes, and what safety needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import context

from bacowr.dbops.knowledge import refuse_without_models
from bacowr.dbops.record import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bacowr.dbops.project import Project


def configure_arguments(project: Project) -> dict[str, Any]:
    """Return the arguments online and offline runs share; the project's mapping stays as it is."""
    wishes = dict(project.wishes)
    wishes["process_revision_directives"] = _chain(
        wishes.get("process_revision_directives"), project.metadata
    )
    wishes["include_object"] = _without_own_tables(wishes.get("include_object"))
    wishes["on_version_apply"] = _listed(wishes.get("on_version_apply"))
    wishes.setdefault("target_metadata", project.metadata)
    return {**wishes, "transaction_per_migration": True, "transactional_ddl": True}


def _without_own_tables(wish: Callable[..., bool] | None) -> Callable[..., bool]:
    """Leave the tables of dbops itself out of every comparison, and ask the project for others."""

    def include(thing: object, name: str | None, kind: str, *rest: object) -> bool:
        table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
        if (table or "").startswith(PREFIX):
            return False
        return wish(thing, name, kind, *rest) if wish else True

    return include


def _chain(
    wish: Callable[..., None] | Sequence[Any] | None,
    metadata: Any,  # noqa: ANN401 - One MetaData, several or none.
) -> Callable[..., None]:
    """Run the project's own hooks, then drop a revision that would hold nothing."""
    hooks = _listed(wish)

    def process(migration_context: object, revision: object, directives: list[Any]) -> None:
        for hook in hooks:
            hook(migration_context, revision, directives)
        wanted = getattr(context.config.cmd_opts, "autogenerate", False)
        if wanted:
            refuse_without_models(metadata, directives)
        if context.config.attributes.get("dbops_proposal") is not None:
            return  # What `flask db migrate` proposes may be more than autogenerate found.
        if wanted and directives and directives[0].upgrade_ops.is_empty():
            directives[:] = []
            context.config.print_stdout("No changes in schema detected.")

    return process


def _listed(wish: Any) -> list[Any]:  # noqa: ANN401 - One hook or several, as Alembic takes them.
    if not wish:
        return []
    return list(wish) if isinstance(wish, (list, tuple, set)) else [wish]
