"""One function per rule that has a mechanical safe form."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from bacowr.dbops.lint.fixes.plans import Edit, Plan, in_autocommit, on_postgres
from bacowr.dbops.lint.fixes.sites import Site, add_arguments, sites_of

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULTS = {
    "Integer": '"0"',
    "BigInteger": '"0"',
    "SmallInteger": '"0"',
    "Numeric": '"0"',
    "Float": '"0"',
    "String": '""',
    "Text": '""',
    "Unicode": '""',
    "Boolean": "sa.false()",
}
ONLY_NULLABLE = {"nullable", "existing_type", "existing_nullable", "existing_server_default"}
ONLY_NULLABLE |= {"existing_comment", "schema"}


def identifier(name: str) -> str:
    """Return a name as SQL takes it."""
    plain = name.isidentifier() and name == name.lower()
    return name if plain else '"' + name.replace('"', '""') + '"'


def full_name(site: Site, plan: Plan, kind: str, table: str) -> str:
    """Return the name a constraint gets in the database; nothing if the text doesn't tell.

    A convention that has a place for the given name puts it there, unless op.f() is around it.
    """
    name = site.constant(0, "constraint_name")
    template = str(plan.convention.get(kind, ""))
    if isinstance(site.argument(0, "constraint_name"), ast.Call) or "%(constraint" not in template:
        return name
    written = template.replace("%(table_name)s", table).replace("%(constraint_name)s", name)
    return "" if "%(" in written or not name else written


def build_concurrently(site: Site, plan: Plan) -> bool:
    """I-01, I-04, P-18: outside the transaction, after what an interrupted run may have left."""
    name, table = site.constant(0, "index_name"), site.argument(1, "table_name")
    if site.operation != "create_index" or not name or table is None:
        return False
    call = add_arguments(_bare(site), ["postgresql_concurrently=True"])
    drop = f'op.drop_index("{name}", table_name={site.text(table)}, if_exists=True, '
    drop += "postgresql_concurrently=True)"
    block = in_autocommit(drop, site.moved(call))
    _place(site, plan, block, in_autocommit(drop), ("drop_index", name))
    return True


def _bare(site: Site) -> str:
    """Return the call without the keywords that are about to be written anew."""
    if site.keyword("if_not_exists") is None and site.keyword("postgresql_concurrently") is None:
        return site.text(site.call)
    copy = ast.parse(site.text(site.call), mode="eval").body
    unwanted = {"if_not_exists", "postgresql_concurrently"}
    if isinstance(copy, ast.Call):
        copy.keywords = [one for one in copy.keywords if one.arg not in unwanted]
    return ast.unparse(copy).replace("'", '"')


def drop_concurrently(site: Site, plan: Plan) -> bool:
    """I-05: outside the transaction."""
    name = site.constant(0, "index_name")
    if site.operation != "drop_index" or not name:
        return False
    call = site.with_keywords(if_exists="True", postgresql_concurrently="True")
    undo = plan.take_undoing("create_index", name) if not _is_alone(site, plan) else ""
    block = in_autocommit(site.moved(call))
    if _is_alone(site, plan):
        plan.replace_whole(site, block)
    else:
        plan.replace_whole(site, "")
        plan.concurrent.up.append(block)
        plan.concurrent.down += [undo] if undo else []
    return True


def leave_transaction(site: Site, plan: Plan) -> bool:
    """I-03: whichever it is, outside of the transaction."""
    return build_concurrently(site, plan) or drop_concurrently(site, plan)


def _place(site: Site, plan: Plan, block: str, undo: str, undoing: tuple[str, str]) -> None:
    """Write a block in the statement's place if it is alone there, else in a revision behind."""
    if _is_alone(site, plan):
        plan.replace_whole(site, block)
        return
    plan.replace_whole(site, "")
    plan.take_undoing(*undoing)
    plan.concurrent.up.append(block)
    plan.concurrent.down.append(undo)


def _is_alone(site: Site, plan: Plan) -> bool:
    """Tell whether the revision does nothing but change indexes."""
    indexes = {"create_index", "drop_index"}
    every = sites_of(plan.reviewed.source, "upgrade")
    plain = all(one.operation in indexes for one in every)
    return plain and len(every) >= len([n for n in site.function.body if not _is_text(n)])


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def add_not_valid(site: Site, plan: Plan) -> bool:
    """K-01, K-04: the constraint without a look at the rows, which follows in a revision."""
    kind = {"create_check_constraint": "ck", "create_foreign_key": "fk"}.get(site.operation)
    if kind is None:
        return False
    table = site.constant(1, _table_word(site))
    name = full_name(site, plan, kind, table)
    if not name or not table:
        return False
    plan.replace_call(site, site.with_keywords(postgresql_not_valid="True"))
    sql = f"ALTER TABLE {identifier(table)} VALIDATE CONSTRAINT {identifier(name)}"
    plan.later.up.insert(0, on_postgres(sql))
    return True


def _table_word(site: Site) -> str:
    return "source_table" if site.operation == "create_foreign_key" else "table_name"


def set_not_null(site: Site, plan: Plan) -> bool:
    """C-18: a CHECK first, which is validated in the next revision before NOT NULL is set."""
    table, column = site.constant(0, "table_name"), site.constant(1, "column_name")
    words = {one.arg for one in site.call.keywords}
    if site.operation != "alter_column" or not table or not column or words - ONLY_NULLABLE:
        return False
    name = identifier(f"ck_{table}_{column}_not_null"[:63])
    where = f"ALTER TABLE {identifier(table)}"
    check = f"{where} ADD CONSTRAINT {name} CHECK ({identifier(column)} IS NOT NULL) NOT VALID"
    plan.replace_whole(site, on_postgres(check))
    undo = plan.take_undoing("alter_column", column)
    plan.undo_first(on_postgres(f"{where} DROP CONSTRAINT IF EXISTS {name}"))
    validated = on_postgres(f"{where} VALIDATE CONSTRAINT {name}")
    dropped = on_postgres(f"{where} DROP CONSTRAINT {name}")
    plan.later.up += [validated, site.moved(site.text(site.call)), dropped]
    plan.later.down.append(undo or site.moved(_nullable(site)))
    return True


def _nullable(site: Site) -> str:
    """Return the call that takes NOT NULL back."""
    return site.text(site.call).replace("nullable=False", "nullable=True")


def use_unique_index(site: Site, plan: Plan) -> bool:
    """K-08: a unique index first, which the constraint then takes over."""
    table = site.constant(1, "table_name")
    name = full_name(site, plan, "uq", table)
    columns = site.argument(2, "columns")
    if site.operation != "create_unique_constraint" or not (name and table and columns):
        return False
    arguments = f'"{name}", "{table}"'
    drop = f"op.drop_index({arguments.replace(', ', ', table_name=')}, if_exists=True, "
    drop += "postgresql_concurrently=True)"
    create = f"op.create_index({arguments}, {site.text(columns)}, unique=True, "
    create += "postgresql_concurrently=True)"
    undo = plan.take_undoing("drop_constraint", site.constant(0, "constraint_name"))
    block = in_autocommit(drop, create)
    if len([one for one in site.function.body if not _is_text(one)]) == 1:
        plan.replace_whole(site, block)
        plan.undo_first(in_autocommit(drop))
    else:
        plan.replace_whole(site, "")
        plan.concurrent.up.append(block)
        plan.concurrent.down.append(in_autocommit(drop))
    sql = f"ALTER TABLE {identifier(table)} ADD CONSTRAINT {identifier(name)} UNIQUE USING INDEX "
    take_over = on_postgres(f"{sql}{identifier(name)}")
    plain = site.moved(site.text(site.call)).replace("\n", "\n    ")
    plan.later.up.append(f"{take_over}\nelse:\n    {drop}\n    {plain}")
    if undo:
        plan.later.down.append(undo)
    return True


def give_default(site: Site, plan: Plan) -> bool:
    """C-09, L-02, P-16: a server default of the type's own emptiness."""
    column = site.argument(1, "column")
    if site.operation != "add_column" or not isinstance(column, ast.Call):
        return False
    kinds = [node for node in column.args[1:2] if isinstance(node, ast.Call | ast.Attribute)]
    if not kinds:
        return False
    kind = kinds[0].func if isinstance(kinds[0], ast.Call) else kinds[0]
    default = DEFAULTS.get(kind.attr if isinstance(kind, ast.Attribute) else "")
    if default is None:
        return False
    written = site.text(column)
    whole = add_arguments(written, [f"server_default={default}"])
    plan.replace_call(site, site.text(site.call).replace(written, whole, 1))
    return True


def set_timeout(name: str) -> Callable[[Site, Plan], bool]:
    """P-01, P-02: a limit at the beginning of the revision."""

    def fix(site: Site, plan: Plan) -> bool:
        if f"SET LOCAL {name}" in plan.reviewed.source:
            return False
        line = site.function.body[0].lineno
        value = "2s" if name == "lock_timeout" else "30s"
        text = on_postgres(f"SET LOCAL {name} = '{value}'")
        indented = "\n".join(f"    {one}" for one in text.split("\n"))
        plan.edits.append(Edit(line, line - 1, indented))
        return True

    return fix


def set_utc(site: Site, plan: Plan) -> bool:
    """C-24: a session in UTC, in which the stored bytes serve for both types."""
    tried = "SET LOCAL timezone" in plan.reviewed.source  # What it rounds is rewritten anyway.
    if site.operation != "alter_column" or tried:
        return False
    first = (site.batch or site.statement).lineno
    text = on_postgres("SET LOCAL timezone = 'UTC'")
    indented = "\n".join(f"    {one}" for one in text.split("\n"))
    plan.edits.append(Edit(first, first - 1, indented))
    return True


FIXERS: dict[str, Callable[[Site, Plan], bool]] = {
    "C-09": give_default,
    "L-02": give_default,
    "P-16": give_default,
    "C-18": set_not_null,
    "C-24": set_utc,
    "I-01": build_concurrently,
    "I-03": leave_transaction,
    "I-04": build_concurrently,
    "I-05": drop_concurrently,
    "K-01": add_not_valid,
    "K-04": add_not_valid,
    "K-08": use_unique_index,
    "P-01": set_timeout("lock_timeout"),
    "P-02": set_timeout("statement_timeout"),
}
