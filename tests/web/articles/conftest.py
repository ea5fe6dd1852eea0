"""An order whose article was written, checked and left for a person; made once, then copied."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts import service as accounts
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.app import create_app
from bacowr.base.db import db, transaction
from bacowr.engine.terms import DealType, Rel
from bacowr.jobs import queries, sample, service
from bacowr.jobs.articles import checking, versions
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.models import Job
from bacowr.jobs.runner import Runner
from bacowr.jobs.texts import Document
from bacowr.providers.catalog import Provider
from bacowr.providers.keyring import Opened, Where
from config import Settings
from tests.plugins.application import PASSWORD, settings_in
from tests.plugins.canned_writer import CannedWriter

EDITOR = "editor@example.org"
CLAIM = "Enligt en undersökning sparar 87 procent av hushållen 12 000 kronor om året."
PLACE = "Vänta sedan en vecka."
DEAL = dataclasses.replace(
    sample.ORDER, deal_type=DealType.PAID, agreed_rel=Rel.SPONSORED, advertiser="Butiken AB"
)


def equip(app: Flask) -> Equipment:
    """Connect a writer that needs no network."""
    key = Opened(Provider.ANTHROPIC, Where.ENVIRONMENT, "sk-ant-0123456789")
    plain = app.extensions["equipment"]
    keyring = dataclasses.replace(plain.keyring, environment={Provider.ANTHROPIC: key})
    made: Equipment = dataclasses.replace(
        plain, keyring=keyring, build=lambda *_: CannedWriter("anthropic", "claude-sonnet-4-5")
    )
    app.extensions["equipment"] = made
    return made


def run(app: Flask, job_id: str) -> None:
    """Carry an order out."""
    equipment = app.extensions["equipment"]
    worker = Runner(worker="w1", context=app.app_context, equipment=equipment, lease_seconds=60)
    assert worker.run(job_id)
    db.session.expire_all()


@transaction
def mark_real(job_id: str) -> None:
    """Make an order one on real pages, which may be exported."""
    db.session.execute(sa.update(Job).where(Job.id == job_id).values(is_demo=False))


@pytest.fixture(scope="session")
def written_sqlite(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """A database with the editor and one written order, to be copied."""
    settings = settings_in(tmp_path_factory.mktemp("written"))
    path = settings.instance_dir / "bacowr.sqlite3"
    shutil.copy(migrated_sqlite, path)
    app = create_app(settings)
    equip(app)
    with app.app_context():
        owner = accounts.create_user(EDITOR, role=Role.EDITOR, password=PASSWORD)
        job = service.create(DEAL, owner=owner, estimated_cost_usd=0.09)
        run(app, job.id)
        mark_real(job.id)
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return path


@pytest.fixture
def settings(tmp_path: Path, written_sqlite: Path) -> Settings:
    made = settings_in(tmp_path / "instance")
    shutil.copy(written_sqlite, made.instance_dir / "bacowr.sqlite3")
    return made


@pytest.fixture
def app(app: Flask) -> Flask:
    equip(app)
    return app


@pytest.fixture
def editor(app: Flask) -> User:
    del app
    return db.session.scalars(sa.select(User).where(User.email == EDITOR)).one()


@pytest.fixture
def job(editor: User) -> Job:
    """The order whose article waits for a person."""
    found = db.session.scalars(sa.select(Job).where(Job.owner_id == editor.id)).one()
    return queries.get(found.id, owner=editor)


def latest(job: Job) -> Document:
    """Return the version that counts."""
    db.session.expire_all()
    found = versions.latest(job)
    assert found is not None
    return found


def undecided(job: Job) -> list[str]:
    """List the keys of the findings that wait for a decision."""
    report = checking.report_of(latest(job))
    assert report is not None
    decided = checking.decisions_of(job)
    return [
        each.key
        for each in report.findings
        if each.decidable and each.status == "needs_signoff" and each.key not in decided
    ]
