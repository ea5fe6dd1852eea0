"""Renames keep their contents, whatever hangs on what is renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.dbops.migrate.conftest import Modelled

BEFORE = """
class Member(db.Model):
    __tablename__ = "members"
    __table_args__ = (
        db.CheckConstraint("age >= 0", name="age"),
        db.UniqueConstraint("mail", "tenant", name="uq_both"),
    )
    id = db.Column(db.Integer, primary_key=True)
    mail = db.Column(db.String(40), nullable=False, unique=True)
    tenant = db.Column(db.Integer, index=True)
    age = db.Column(db.Integer)


class Post(db.Model):
    __tablename__ = "posts"
    __table_args__ = (db.Index("ix_posts_both", "title", "writer_id"),)
    id = db.Column(db.Integer, primary_key=True)
    writer_id = db.Column(db.Integer, db.ForeignKey("members.id", ondelete="CASCADE"))
    title = db.Column(db.Text, index=True)
    mail = db.Column(db.String(40), db.ForeignKey("members.mail"))
"""
AFTER = """
class Person(db.Model):
    __tablename__ = "people"
    __table_args__ = (
        db.CheckConstraint("age >= 0", name="age"),
        db.UniqueConstraint("email", "tenant", name="uq_both"),
    )
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(60), nullable=False, unique=True)
    tenant = db.Column(db.Integer, index=True)
    age = db.Column(db.Integer)


class Post(db.Model):
    __tablename__ = "posts"
    __table_args__ = (db.Index("ix_posts_both", "headline", "author_id"),)
    id = db.Column(db.Integer, primary_key=True)
    author_id = db.Column(db.Integer, db.ForeignKey("people.id", ondelete="CASCADE"))
    headline = db.Column(db.Text, index=True)
    mail = db.Column(db.String(40), db.ForeignKey("people.email"))
"""
ROWS = (
    "INSERT INTO members (id, mail, tenant, age) VALUES (1, 'ann@x', 7, 30)",
    "INSERT INTO posts (id, writer_id, title, mail) VALUES (5, 1, 'Hello', 'ann@x')",
)
RENAMES = (
    "members:people",
    "people.mail:email",
    "posts.writer_id:author_id",
    "posts.title:headline",
)


def words(renames: tuple[str, ...]) -> list[str]:
    return [word for one in renames for word in ("--rename", one)]


def test_tables_and_columns_are_renamed_with_all_that_hangs_on_them(modelled: Modelled) -> None:
    modelled.begin(BEFORE, ROWS)
    modelled.models(AFTER)
    made = modelled.migrate(*words(RENAMES))
    assert made.code == 0, made.text
    assert "differ" not in made.text
    assert "drop_column" not in modelled.file()
    assert "drop_table" not in modelled.file()
    modelled.there_and_back()
    found = "SELECT email || headline FROM people JOIN posts ON author_id = people.id"
    assert modelled.project.scalars(found) == ["ann@xHello"]
    modelled.downgrade()
    found = "SELECT members.mail || title FROM members JOIN posts ON writer_id = members.id"
    assert modelled.project.scalars(found) == ["ann@xHello"]
