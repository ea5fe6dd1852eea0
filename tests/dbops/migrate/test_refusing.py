"""What is refused before a file is written, and what nobody has to be asked about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from bacowr.dbops.commands import migrate
from bacowr.dbops.errors import Refused, refuse
from bacowr.dbops.proposing.messages import refuse_meaningless

if TYPE_CHECKING:
    from tests.dbops.migrate.conftest import Modelled

ONE = """
class Product(db.Model):
    __tablename__ = "products"
    id = db.Column(db.Integer, primary_key=True)
    {name} = db.Column(db.String(20))
"""


@pytest.mark.parametrize(
    "message", [None, "", " ", "update", "Fix", "wip", "WIP 2", "changes", "migration", "...", "x"]
)
def test_a_message_that_says_nothing_is_refused(message: str | None) -> None:
    with pytest.raises(Refused, match="No file was written"):
        refuse_meaningless(message)


@pytest.mark.parametrize("message", ["users", "Fix the price", "Give products a price", "Ⅻ preise"])
def test_a_message_that_says_something_is_not(message: str) -> None:
    refuse_meaningless(message)


def test_migrate_and_revision_want_a_message(on_sqlite: Modelled) -> None:
    on_sqlite.models(ONE.format(name="name"))
    for command in ("migrate", "revision"):
        refused = on_sqlite.project.db(command, "-m", "fix")
        assert refused.code == 1
        assert "'fix' doesn't say what the revision does. No file was written." in refused.err
    assert on_sqlite.files() == 0
    on_sqlite.begin(ONE.format(name="name"))
    unchanged = on_sqlite.project.db("migrate")
    assert (unchanged.code, unchanged.out) == (0, "No changes in schema detected.\n")


def test_a_doubtful_rename_is_refused_with_the_command_to_type(on_sqlite: Modelled) -> None:
    on_sqlite.begin(ONE.format(name="title"))
    on_sqlite.models(ONE.format(name="name"))
    refused = on_sqlite.migrate()
    assert refused.code == 1
    assert "products.title seems renamed to name" in refused.err
    typed = "flask db migrate -m 'Change what is sold' --rev-id 0002 --rename products.title:name"
    assert typed in refused.err
    assert "flask db migrate -m 'Change what is sold' --rev-id 0002 --no-rename" in refused.err
    assert on_sqlite.files() == 1
    told = on_sqlite.project.db("migrate", "-m", "Change what is sold", "--json")
    assert told.code == 1
    assert json.loads(told.out)["findings"][0]["code"] == "rename-doubt"
    for words in (["--no-rename"], ["--rename", "none"]):
        written = on_sqlite.migrate(*words)
        assert "drops column products.title and its contents" in written.out
        on_sqlite.newest().unlink()


@pytest.mark.parametrize("answer", [True, False])
def test_a_person_is_asked(on_sqlite: Modelled, *, answer: bool) -> None:
    on_sqlite.begin(ONE.format(name="title"), ["INSERT INTO products VALUES (1, 'Tea')"])
    on_sqlite.models(ONE.format(name="name"))
    asked = []

    def confirm(question: str, *, default: bool) -> bool:
        asked.append((question, default))
        return answer

    with (
        mock.patch.object(migrate, "is_answered", return_value=True),
        mock.patch("click.confirm", confirm),
    ):
        made = on_sqlite.migrate()
    question = "Was the column products.title renamed to name? If not, its contents are dropped"
    assert asked == [(question, False)]
    on_sqlite.upgrade()
    assert on_sqlite.project.scalars("SELECT name FROM products") == ["Tea" if answer else None]
    assert ("renames column" in made.out) is answer


def test_a_rename_of_nothing_is_refused(on_sqlite: Modelled) -> None:
    on_sqlite.begin(ONE.format(name="title"))
    on_sqlite.models(ONE.format(name="name"))
    refused = on_sqlite.migrate("--rename", "products.titel:name")
    assert refused.code == 1
    assert (
        "--rename products.titel:name matches nothing: dropped is products.title, " in refused.err
    )
    assert "added is products.name." in refused.err


def test_columns_that_are_nothing_alike_are_no_rename(on_sqlite: Modelled) -> None:
    on_sqlite.begin(ONE.format(name="title"))
    on_sqlite.models(ONE.format(name="weight").replace("String(20)", "Integer"))
    made = on_sqlite.migrate()
    assert "drops column products.title" in made.out


def test_a_database_that_drifted_is_refused(on_sqlite: Modelled) -> None:
    on_sqlite.begin(ONE.format(name="name"))
    on_sqlite.project.execute("CREATE INDEX by_hand ON products (name)")
    on_sqlite.project.execute("ALTER TABLE products ADD COLUMN secret INTEGER")
    on_sqlite.models(ONE.format(name="name") + "    price = db.Column(db.Integer)\n")
    refused = on_sqlite.migrate()
    assert refused.code == 1
    assert "this revision would fold that in" in refused.err
    assert "  index by_hand on products is unexpected" in refused.err
    assert "  column products.secret is unexpected" in refused.err
    assert on_sqlite.files() == 1
    made = on_sqlite.migrate("--allow-drift", "--no-rename")
    assert "this revision would fold that in" in made.out
    assert on_sqlite.files() == 2


def test_a_long_drift_is_told_in_part(on_sqlite: Modelled) -> None:
    on_sqlite.begin(ONE.format(name="name"))
    for number in range(10):
        on_sqlite.project.execute(f"CREATE TABLE hand{number} (id INTEGER)")
    assert "  and 2 more" in on_sqlite.migrate().err


def test_a_history_that_cannot_be_replayed_is_no_obstacle(on_sqlite: Modelled) -> None:
    on_sqlite.begin(ONE.format(name="name"))
    path = on_sqlite.newest()
    path.write_text(path.read_text("utf-8").replace("def upgrade():", "def upgrade():\n    1 / 0"))
    on_sqlite.models(ONE.format(name="name") + "    price = db.Column(db.Integer)\n")
    made = on_sqlite.migrate()
    assert "the revisions couldn't be tried out on a scratch database" in made.out, made.text
    assert on_sqlite.files() == 2


def test_models_that_cannot_be_made_are_no_obstacle(on_sqlite: Modelled) -> None:
    on_sqlite.begin(ONE.format(name="name"))
    broken = "    price = db.Column(db.Integer)\n"
    broken += "    __table_args__ = (db.CheckConstraint('nothing(', name='broken'),)\n"
    on_sqlite.models(ONE.format(name="name") + broken)
    made = on_sqlite.migrate()
    assert "the models couldn't be tried out on a scratch database" in made.out, made.text
    assert on_sqlite.files() == 2


@pytest.mark.postgres
def test_without_a_place_to_try_out_the_rest_goes_on(on_postgres: Modelled) -> None:
    on_postgres.begin(ONE.format(name="name"))
    on_postgres.models(ONE.format(name="name") + "    price = db.Column(db.Integer)\n")
    refusal = refuse("no-scratch", "There is no place.", remedy="Make one.")
    with mock.patch("bacowr.dbops.proposing.writing.scratch_engine", side_effect=refusal):
        made = on_postgres.migrate()
    assert "There is no place." in made.out
    assert "What to do: Make one." in made.out
    assert on_postgres.files() == 2


def test_a_database_behind_its_history_is_refused(on_sqlite: Modelled) -> None:
    on_sqlite.models(ONE.format(name="name"))
    assert on_sqlite.migrate().code == 0
    refused = on_sqlite.migrate()
    assert refused.code == 1
    assert "not at the newest revision" in refused.err


def test_tables_that_the_project_leaves_out_are_no_drift(on_sqlite: Modelled) -> None:
    on_sqlite.base = on_sqlite.base.replace(
        "migrate = Migrate()",
        "migrate = Migrate(include_object=lambda thing, name, kind, reflected, other: "
        'not name.startswith("foreign_"), include_name=lambda name, kind, parents: '
        'kind != "table" or name != "unnamed")',
    )
    on_sqlite.begin(ONE.format(name="name"))
    on_sqlite.project.execute("CREATE TABLE foreign_things (id INTEGER)")
    on_sqlite.project.execute("CREATE TABLE unnamed (id INTEGER)")
    on_sqlite.project.execute("CREATE INDEX foreign_index ON products (name)")
    again = on_sqlite.migrate()
    assert (again.code, again.out) == (0, "No changes in schema detected.\n")
