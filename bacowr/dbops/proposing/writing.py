"""The files of a proposed revision: compared, worked over, tried out, written by Alembic."""

from __future__ import annotations

import ast
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.autogenerate.api import AutogenContext

from bacowr.dbops import head_file
from bacowr.dbops.classes import RevisionClass, infer_class
from bacowr.dbops.engines import sibling
from bacowr.dbops.errors import Refused
from bacowr.dbops.project import read_project
from bacowr.dbops.proposing.completing import Completion
from bacowr.dbops.proposing.drifting import drift, drifted
from bacowr.dbops.proposing.messages import refuse_meaningless
from bacowr.dbops.proposing.needless import drop_needless
from bacowr.dbops.proposing.proposal import ATTRIBUTE
from bacowr.dbops.proposing.trial import Trial
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.model import Kind
from bacowr.dbops.schema.reading import read_schema
from bacowr.dbops.schema.references import metadatas, schema_of_history, schema_of_models
from bacowr.dbops.schema.wishes import Managed
from bacowr.dbops.scratch import scratch_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from alembic.config import Config
    from alembic.operations.ops import MigrationScript
    from alembic.script import Script
    from flask import Flask

    from bacowr.dbops.proposing.proposal import Proposal
    from bacowr.dbops.schema.model import Schema

SEEN_TO = (
    ".*expression-based index",
    "Computed default on .* cannot be modified",
    "Unnamed CHECK constraint",
)
"""What autogenerate warns that it can't compare, and what is compared by trying out."""
HEADER = {"revision", "down_revision", "branch_labels", "depends_on"}


class Writer:
    """Writes the revision of one proposal."""

    def __init__(self, app: Flask, config: Config, proposal: Proposal) -> None:
        self.project = read_project(app)
        self.config = config
        self.proposal = proposal

    def write(self, **given: Any) -> list[Script]:  # noqa: ANN401 - Alembic's own options.
        """Compare, work the result over, and write it; return what was written, maybe nothing.

        Raises Refused, before anything is written, for what must not or can't be written.
        """
        proposal = self.proposal
        self.config.attributes[ATTRIBUTE] = proposal
        with warnings.catch_warnings():
            for seen in SEEN_TO:
                warnings.filterwarnings("ignore", seen)
            command.revision(
                self.config, autogenerate=True, process_revision_directives=proposal.hook, **given
            )
        if proposal.migration is None:
            return []
        for script in proposal.scripts:
            self._consider(script)
        kept = [one for one in proposal.scripts if not _is_empty(one)]
        if not kept:
            return []
        refuse_meaningless(proposal.message)
        revision = proposal.migration.opts["revision_context"]
        revision.generated_revisions = kept
        written = [one for one in revision.generate_scripts() if one is not None]
        head_file.keep(self.config)
        return written

    def _consider(self, script: MigrationScript) -> None:
        proposal = self.proposal
        if not _is_empty(script):
            refuse_meaningless(proposal.message)
        with sibling(self.project.engine).connect() as connection:
            managed = Managed(self.project.wishes, metadatas(self.project))
            live = read_schema(connection, self.project.version_table)
            wanted = self._wanted(live)
            with self._history(wanted) as (engine, history):
                if wanted is not None and history is not None:
                    self._refuse_drift(drift(history, live, managed))
                    drop_needless(script, history, wanted)
                deviations = proposal.rework(script, connection)
                connection.rollback()
                if engine is not None and wanted is not None and history is not None:
                    trial = Trial(self.project, engine, self._rendering(), self._template())
                    completion = Completion(trial, wanted, managed, deviations)
                    completion.complete(script, history)
                    proposal.findings += completion.findings
        proposal.tell(script)

    def _wanted(self, live: Schema) -> Schema | None:
        """Return the models' schema; None, and why, where there is nowhere to make it."""
        extensions = [one.name for one in live.of(Kind.EXTENSION)]
        try:
            with scratch_engine(self.project) as engine:
                return schema_of_models(metadatas(self.project), engine, extensions)
        except Exception as error:  # noqa: BLE001 - Whatever it is, it is said and left at that.
            self._note("models", error)
            return None

    @contextmanager
    def _history(self, wanted: Schema | None) -> Iterator[tuple[sa.Engine | None, Schema | None]]:
        """Give a scratch with the history applied; nothing, and why, where that can't be."""
        if wanted is None:
            yield None, None
            return
        with scratch_engine(self.project) as engine:
            try:
                history = schema_of_history(self.project, self.config, "heads", engine)
            except Exception as error:  # noqa: BLE001 - The same.
                self._note("revisions", error)
                history = None
            yield engine, history

    def _note(self, what: str, error: Exception) -> None:
        said = error.finding if isinstance(error, Refused) else None
        text = said.message if said else str(error).strip().split("\n")[0]
        self.proposal.findings.append(
            Finding(
                "not-compared",
                f"What autogenerate doesn't see was not compared, because the {what} couldn't be "
                f"tried out on a scratch database: {text}",
                remedy=said.remedy if said else "",
                level=Level.WARNING,
            )
        )

    def _refuse_drift(self, differences: list[Any]) -> None:
        if not differences:
            return
        finding = drifted(differences, allowed=self.proposal.allows_drift)
        if not self.proposal.allows_drift:
            raise Refused(finding)
        self.proposal.findings.append(finding)

    def _rendering(self) -> AutogenContext:
        migration = self.proposal.migration
        assert migration is not None  # noqa: S101 - There is a script.
        return AutogenContext(migration, autogenerate=False)

    def _template(self) -> Path:
        return Path(self.config.get_main_option("script_location") or "") / "script.py.mako"


def declare_class(path: Path) -> RevisionClass:
    """Write a revision's class into its file, where it doesn't stand there, and return it."""
    source = path.read_text(encoding="utf-8")
    kind = infer_class(source)
    names = {name: node for node in ast.parse(source).body for name in _assigned(node)}
    if "dbops_class" in names:
        return kind
    last = max((names[one].end_lineno or 0 for one in HEADER & names.keys()), default=0)
    if last:
        lines = source.split("\n")
        lines.insert(last, f'dbops_class = "{kind}"')
        path.write_text("\n".join(lines), encoding="utf-8")
    return kind


def _assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _is_empty(script: MigrationScript) -> bool:
    return script.upgrade_ops is None or script.upgrade_ops.is_empty()
