"""The same link added twice at the same moment is one record."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.backlinks import bulk, importing, service
from bacowr.backlinks.importing import Wish
from bacowr.backlinks.models import Backlink
from bacowr.base.db import db
from bacowr.base.errors import Conflict
from bacowr.intake.reading import read_table
from tests.backlinks.conftest import DEAL
from tests.plugins.meeting import meet

SHEET = ",".join(DEAL) + "\n" + ",".join(DEAL.values()) + "\n"


def person(user_id: str) -> User:
    return db.session.get_one(User, user_id)


def add(user_id: str) -> str:
    return service.create(DEAL, owner=person(user_id)).id


def bring(user_id: str) -> int:
    return bulk.bring([DEAL], owner=person(user_id)).imported_count


def store(user_id: str) -> int:
    return importing.store(read_table(SHEET), Wish(), owner=person(user_id)).will_change


def kept() -> list[Backlink]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Backlink)))


def test_two_who_add_the_same_deal_get_the_same_record(app: Flask, owner: User) -> None:
    first, second = meet(app, lambda: add(owner.id), lambda: add(owner.id))
    assert first == second
    assert len(kept()) == 1


def test_one_that_says_otherwise_is_told_of_the_other(app: Flask, owner: User) -> None:
    def otherwise() -> str:
        return service.create(DEAL | {"notes": "Another."}, owner=person(owner.id)).id

    with pytest.raises(Conflict):
        meet(app, lambda: add(owner.id), otherwise)
    assert len(kept()) == 1


@pytest.mark.parametrize("second", [bring, store])
def test_a_list_at_the_same_moment_adds_nothing(app: Flask, owner: User, second: object) -> None:
    assert callable(second)
    _, added = meet(app, lambda: add(owner.id), lambda: second(owner.id))
    assert added == 0
    assert len(kept()) == 1
