import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.base import paging
from bacowr.base.db import db, transaction

EMAILS = [f"{number:02}@example.org" for number in range(25)]


@transaction
def fill() -> None:
    db.session.add_all(User(email=text, email_normalized=text, role=Role.EDITOR) for text in EMAILS)


def test_pages_hold_every_row_once(app: Flask) -> None:
    del app
    fill()
    select = sa.select(User.email).order_by(User.email)
    total = paging.count(select)
    pages = [paging.paginate(select, page=page, page_size=10, total=total) for page in (1, 2, 3)]
    assert [email for page in pages for email in page.items] == EMAILS
    assert pages[0].total == 25
    assert pages[0].total_pages == 3


def test_a_page_of_columns_gives_rows(app: Flask) -> None:
    del app
    fill()
    select = sa.select(User.email, User.role).order_by(User.email)
    page = paging.paginate(select, page=1, page_size=1, total=25)
    assert page.items[0].email == EMAILS[0]


def test_an_empty_list_has_no_pages() -> None:
    assert paging.Page([], 0, 1, 20).total_pages == 0


def test_by_key_walks_through_everything_though_rows_go(app: Flask) -> None:
    del app
    fill()
    seen: list[str] = []
    for rows in paging.by_key(sa.select(User), User.email_normalized, size=10):
        seen += [user.email for user in rows]
        remove(rows[-1])
    assert seen == EMAILS


@transaction
def remove(user: User) -> None:
    db.session.delete(user)
