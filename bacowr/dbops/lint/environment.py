"""What a project's env.py protects its revisions from, read from its text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from bacowr.dbops.lint.steps import Protections

if TYPE_CHECKING:
    from pathlib import Path

    from bacowr.dbops.project import Project

ENV_MODULE = f"{__name__.rpartition('.lint.')[0]}.env"


def read_protections(env: Path, project: Project) -> Protections:
    """Return what run_migrations() of dbops gives, or what a hand-written env.py says it does."""
    source = env.read_text(encoding="utf-8") if env.exists() else ""
    if ENV_MODULE in _imports(source):
        return Protections(
            has_lock_timeout=project.settings.lock_timeout > 0,
            has_statement_timeout=True,
            is_lossless=True,
        )
    return Protections(
        has_lock_timeout="lock_timeout" in source,
        has_statement_timeout="statement_timeout" in source,
        is_lossless=False,
    )


def _imports(source: str) -> set[str]:
    tree = ast.parse(source)
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name for name in names if name}
