"""Orders that are carried out with a canned writer, on the pages that come with the product."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.http import Outgoing
from bacowr.engine.order import Order
from bacowr.engine.ports import Writer
from bacowr.engine.providers.assembly import installed_ports
from bacowr.jobs import sample, service
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.models import Job
from bacowr.jobs.outcome import outcome_of
from bacowr.jobs.runner import Runner
from bacowr.providers.catalog import Provider
from bacowr.providers.keyring import Keyring, Opened, Where
from tests.plugins import whole_run
from tests.plugins.canned_writer import CannedWriter

KEY = "sk-test-0123456789abcdef"

Written = Callable[..., Job]


def equipped(app: Flask, writer: Writer | None = None, **changes: Any) -> Equipment:  # noqa: ANN401 - fields.
    """Give the application's equipment, with Anthropic connected and a canned writer in its place.

    The writer is taken for one of Anthropic's, so that its tokens have a price.
    """
    opened = Opened(Provider.ANTHROPIC, Where.ENVIRONMENT, KEY)
    keyring = Keyring(app.secret_key or "", {Provider.ANTHROPIC: opened})  # type: ignore[arg-type]  # Text.
    canned = writer or CannedWriter("anthropic", "claude-sonnet-4-5")
    equipment: Equipment = app.extensions["equipment"]
    return dataclasses.replace(
        equipment, keyring=keyring, **{"build": lambda _config, _outgoing: canned, **changes}
    )


@pytest.fixture
def written(app: Flask) -> Written:
    """Carry an order out to its end: `written(owner, writer=…, **order)` gives the job."""

    def carry_out(owner: User, writer: Writer | None = None, **order: Any) -> Job:  # noqa: ANN401 - fields.
        changes = {each: order.pop(each) for each in ("caps",) if each in order}
        wanted = dataclasses.replace(sample.ORDER, **order)
        job = service.create(wanted, owner=owner)
        equipment = equipped(app, writer, **changes)
        Runner("w1", app.app_context, equipment, lease_seconds=60).run(job.id)
        db.session.expire_all()
        return db.session.get_one(Job, job.id)

    return carry_out


@functools.lru_cache
def _outputs(order: Order) -> dict[str, dict[str, Any]]:
    """Carry an order out once for all tests, with a canned writer and no database."""
    ports = installed_ports(Outgoing(), clock.now)
    writer = CannedWriter("anthropic", "claude-sonnet-4-5")
    return whole_run.run(order, dataclasses.replace(ports, writer=writer))


@pytest.fixture
def drafted(app: Flask) -> Written:
    """Give a job whose article was just written: `drafted(owner, **order)`; quicker than `written`.

    The article of the sample order needs a sign-off, because no search results were fetched.
    """
    del app

    def give(owner: User, **order: Any) -> Job:  # noqa: ANN401 - fields.
        wanted = dataclasses.replace(sample.ORDER, **order)
        outputs = _outputs(wanted)
        job = service.create(wanted, owner=owner)
        lease = service.claim(job.id, worker="w1", seconds=60)
        assert lease is not None
        for name, output in outputs.items():
            service.start_step(lease, name, input_hash="")
            service.finish_step(lease, name, output)
        service.finish(lease, outcome_of(outputs))
        db.session.expire_all()
        return db.session.get_one(Job, job.id)

    return give
