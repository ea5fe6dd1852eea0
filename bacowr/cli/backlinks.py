"""`flask backlinks`: bring placements in, take them out, and count them."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from bacowr.accounts import permissions
from bacowr.accounts import queries as people
from bacowr.accounts.permissions import Permission
from bacowr.backlinks import importing, queries, statistics, tables
from bacowr.backlinks.importing import Action, OnDuplicate, Plan, Wish
from bacowr.backlinks.models import Backlink
from bacowr.base.errors import Invalid
from bacowr.cli.errors import told
from bacowr.intake.reading import read_table

group = AppGroup("backlinks", help="The library of placements: which link was agreed with whom.")

by_owner = click.option(
    "--owner", "email", required=True, envvar="BACOWR_OWNER", help="E-mail of the library's owner."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
SHOWN_FAULTS = 50
WORDS = {
    Action.ADD: "to add",
    Action.OVERWRITE: "to overwrite",
    Action.SAME: "known and the same",
    Action.SKIP: "to skip, as the library or an earlier row has the link and says otherwise",
    Action.FAULTY: "left out, because of faults",
}


@group.command("import")
@click.argument(
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV, XLSX or JSON file of up to 6,000 rows.",
)
@by_owner
@click.option("--dry-run", is_flag=True, help="Only say what would become of each row.")
@click.option(
    "--on-duplicate",
    type=click.Choice([each.value for each in OnDuplicate]),
    default=OnDuplicate.SKIP.value,
    show_default=True,
    help="What becomes of a link that the library has and that says otherwise.",
)
@click.option("--currency", default="", help="The currency of prices that name none, like SEK.")
@as_json
@told
def import_file(file: Path, email: str, **options: str | bool) -> None:
    """Bring a list of placements in; brought in twice it is there once.

    Rows with faults are told with row, column and fix, and left out. Ends with 1 when there are
    such rows.
    """
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.BACKLINKS_IMPORT)
    table = read_table(file.read_bytes(), file.name)
    currency = str(options["currency"])
    wish = Wish(
        OnDuplicate(str(options["on_duplicate"])),
        defaults={"currency": currency} if currency else {},
    )
    read = importing.plan if options["dry_run"] else importing.store
    found = read(table, wish, owner=owner)
    if options["as_json"]:
        click.echo(_written(_as_json(found, is_stored=not options["dry_run"])))
    else:
        _tell(found, is_stored=not options["dry_run"])
    if found.count(Action.FAULTY):
        raise SystemExit(1)


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), help="A .csv or .xlsx.")
@by_owner
@told
def export(file: Path, email: str) -> None:
    """Write the library to a file, in which no cell can become a formula."""
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.BACKLINKS_READ)
    found = queries.every(owner)
    match file.suffix.lower():
        case ".csv":
            file.write_text("".join(tables.as_csv(found)), encoding="utf-8", newline="")
        case ".xlsx":
            file.write_bytes(tables.as_xlsx(found))
        case _:
            text = "Name a file that ends in .csv or .xlsx."
            raise Invalid(text, fields={"file": [text]})
    click.echo(f"Wrote {file}.", err=True)


@group.command("stats")
@by_owner
@as_json
@told
def stats(email: str, *, as_json: bool) -> None:
    """Count the library, and hold the anchors of each target against their budget."""
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.BACKLINKS_READ)
    totals = statistics.totals(owner)
    publishers = statistics.per(Backlink.publisher_domain, owner)
    budgets = statistics.budgets(owner)[: statistics.MOST_NAMED]
    told_of = {
        "total": totals.total,
        "by_placement": dict(totals.by_placement),
        "by_publisher": {each.name: each.total for each in publishers},
        "red": totals.red,
        "expiring_within_30_days": totals.expiring,
        "anchor_budget": statistics.BUDGET_LABEL,
        "over_anchor_budget": {
            each.target: round(each.exact_share or 0, 3) for each in budgets if each.is_over
        },
    }
    if as_json:
        click.echo(_written(told_of))
        return
    for name, value in told_of.items():
        click.echo(f"{name.replace('_', ' ')}: {_line(value)}")


def _tell(found: Plan, *, is_stored: bool) -> None:
    click.echo("Stored." if is_stored else "Nothing is stored yet.")
    for action in Action:
        if count := found.count(action):
            click.echo(f"{count:>6} {WORDS[action]}")
    if found.red:
        rows = ", ".join(str(each.number) for each in found.red[:SHOWN_FAULTS])
        click.echo(f"Red, as a paid link is followed without a reason: rows {rows}", err=True)
    for each in found.faults[:SHOWN_FAULTS]:
        where = f"row {each.row}" if each.row else "the file"
        click.echo(
            f"  {where}, {each.column or 'the whole row'}: {each.fault} {each.fix}", err=True
        )
    if len(found.faults) > SHOWN_FAULTS:
        click.echo(f"  and {len(found.faults) - SHOWN_FAULTS} more; --json tells all.", err=True)


def _as_json(found: Plan, *, is_stored: bool) -> dict[str, object]:
    return {
        "stored": is_stored,
        "rows": {each.value: found.count(each) for each in Action},
        "red": [each.number for each in found.red],
        "duplicates": {each.number: each.duplicate_of for each in found.rows if each.duplicate_of},
        "faults": [
            {"row": each.row, "column": each.column, "fault": each.fault, "fix": each.fix}
            for each in found.faults
        ],
    }


def _line(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items()) or "none"
    return str(value)


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
