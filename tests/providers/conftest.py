"""A keyring, somebody who may change keys, and a job to bring results for."""

from __future__ import annotations

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.jobs import service as jobs
from bacowr.jobs.models import Job
from bacowr.providers.keyring import Keyring
from tests.plugins.application import KEY, NewUser
from tests.plugins.short_pipeline import ORDER


@pytest.fixture
def keyring() -> Keyring:
    """The keyring of an installation without any key in its environment."""
    return Keyring(KEY, allow_hosts=frozenset({"127.0.0.1:8888"}))


@pytest.fixture
def admin(new_user: NewUser) -> User:
    return new_user("admin@example.org", role=Role.ADMIN)


@pytest.fixture
def job(app: Flask, new_user: NewUser) -> Job:
    del app
    return jobs.create(ORDER, owner=new_user())
