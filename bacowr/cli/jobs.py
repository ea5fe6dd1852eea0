"""`flask jobs`: order an article, follow it, and read what came of it."""

import json
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

import click
from flask import current_app
from flask.cli import AppGroup, ScriptInfo, pass_script_info

from bacowr.accounts import permissions, preferences
from bacowr.accounts import queries as people
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.base import paging
from bacowr.base.errors import NotFound
from bacowr.base.http import Outgoing
from bacowr.batches import deleting
from bacowr.cli.errors import told
from bacowr.cli.following import MARKS, follow
from bacowr.engine.order import (
    AnchorType,
    LlmProvider,
    Vertical,
    WritingProfile,
    WritingStrategy,
    parse_order,
)
from bacowr.engine.terms import DealType, Rel
from bacowr.gate import installation
from bacowr.jobs import queries, sample, service
from bacowr.jobs.articles import results
from bacowr.jobs.articles.results import FullDetail
from bacowr.jobs.models import Job
from bacowr.jobs.money.expected import Wish, expected
from bacowr.jobs.runner import Runner, installed
from bacowr.jobs.schemas import JobDetailSchema, JobSchema, parse_statuses
from bacowr.jobs.states import DocumentKind
from config import Settings

C = TypeVar("C", bound=Callable[..., Any])

group = AppGroup("jobs", help="Orders for articles, and what came of them.")

by_owner = click.option(
    "--owner", "email", required=True, envvar="BACOWR_OWNER", help="E-mail of the job's owner."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")


def _words(values: type[StrEnum]) -> str:
    return ", ".join(values)


ORDER_OPTIONS = (
    click.option("--publisher", "publisher_domain", help="The site that is to carry the article."),
    click.option("--target", "target_url", help="The page to link to."),
    click.option("--anchor", "anchor_text", help="The clickable text."),
    click.option("--anchor-type", help=f"Your own word on the anchor: {_words(AnchorType)}."),
    click.option(
        "--anchor-is-fixed", is_flag=True, help="The deal fixes the anchor: no repair changes it."
    ),
    click.option("--language", help="Two letters. Unset: the publisher's language."),
    click.option("--country", help="Two letters. Unset: se."),
    click.option("--deal-type", help=f"What the link is given for: {_words(DealType)}."),
    click.option("--rel", "agreed_rel", help=f"What was agreed about rel: {_words(Rel)}."),
    click.option("--rel-reason", help="Why a link that something was given for is followed."),
    click.option("--advertiser", help="Whom the advertising label names."),
    click.option("--vertical", help=f"Your own word on the regulated area: {_words(Vertical)}."),
    click.option(
        "--llm-provider",
        "--provider",
        "llm_provider",
        help=f"Who is to write: {_words(LlmProvider)}.",
    ),
    click.option("--allow-fallback", is_flag=True, help="Another provider may write instead."),
    click.option(
        "--writing-strategy",
        "--strategy",
        "writing_strategy",
        help=f"How to write: {_words(WritingStrategy)}.",
    ),
    click.option("--writing-profile", help=f"Length and structure: {_words(WritingProfile)}."),
    click.option("--brief-only", is_flag=True, help="Only the brief, so that nothing is spent."),
    click.option("--use-ahrefs", help="Whether link data may be asked for: true or false."),
    click.option("--enable-llm-profiling", help="Whether a model may help: true or false."),
)


def order_options(command: C) -> C:
    """Add the options that make an order, in their order."""
    for option in reversed(ORDER_OPTIONS):
        command = option(command)
    return command


@group.command("create")
@by_owner
@order_options
@click.option("--idempotency-key", help="Your own name for this order: sent twice, it is one job.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Follow it to its end.")
@click.option("--here", is_flag=True, help="Run it in this process instead of leaving it to one.")
@as_json
@pass_script_info
@told
def create(info: ScriptInfo, /, email: str, **options: Any) -> None:  # noqa: ANN401  # Click's.
    """Order an article.

    Ends with 0 when it is delivered (or, with --no-wait, taken), 1 when something is wrong with
    the order or the job failed or was canceled, 3 when it is blocked, and 4 when no worker has
    taken it: it still waits then.
    """
    wait, here, shown_as_json = options.pop("wait"), options.pop("here"), options.pop("as_json")
    owner = people.get_by_email(email)
    job = _ordered(owner, options.pop("idempotency_key"), options)
    if not wait and not here:
        click.echo(_json(JobSchema().dump(job)) if shown_as_json else job.id)
        return
    click.echo(f"Job {job.id}", err=True)
    ending = follow(job.id, owner=owner, runner=_runner(info) if here else None)
    _show(results.detail(job.id, owner=owner), shown_as_json=shown_as_json)
    sys.exit(ending)


def _ordered(owner: User, key: str | None, fields: dict[str, Any]) -> Job:
    permissions.require(owner, Permission.JOBS_CREATE)
    said = {name: value for name, value in fields.items() if value is not None}
    filled = preferences.filled_in(owner, said)
    order = parse_order(filled, outgoing=Outgoing(_settings().fetch_allow_hosts))
    own = installation.equipment().of_team(owner.team_id)
    cost = expected(Wish.of(order), own).cost_usd
    return service.create(order, owner=owner, idempotency_key=key, estimated_cost_usd=cost)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _runner(info: ScriptInfo) -> Runner:
    settings = _settings()
    app = info.load_app()
    return installed(
        app.app_context,
        equipment=app.extensions["equipment"],
        lease_seconds=settings.lease_seconds,
    )


@group.command("list")
@by_owner
@click.option("--status", default="", help="Only these, separated by commas: pending,blocked.")
@click.option("--search", default="", help="A part of the publisher, the target or the anchor.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page.")
@click.option(
    "--page-size",
    type=click.IntRange(1, paging.MAX_PAGE_SIZE),
    default=50,
    show_default=True,
    help="How many on a page.",
)
@as_json
@told
def list_jobs(email: str, status: str, search: str, page: int, **shown: Any) -> None:  # noqa: ANN401  # Click's.
    """List somebody's jobs, newest first."""
    owner, statuses = people.get_by_email(email), parse_statuses(status)
    found = paging.paginate(
        queries.owned_by(owner, statuses=statuses, search=search),
        page=page,
        page_size=shown["page_size"],
        total=queries.count_owned_by(owner, statuses=statuses, search=search),
    )
    if shown["as_json"]:
        click.echo(_json(JobSchema(many=True).dump(found.items)))
        return
    for row in found.items:
        at = row.created_at.strftime("%Y-%m-%d %H:%M")
        click.echo(f"{row.id}  {at}  {row.status:<10}  {row.publisher_domain}  {row.anchor_text}")
    click.echo(f"{len(found.items)} of {found.total}, page {page}.", err=True)


@group.command("show")
@click.argument("job_id", help="The job's id.")
@by_owner
@click.option(
    "--document",
    type=click.Choice([kind.value for kind in DocumentKind]),
    help="Print this document's text and nothing else.",
)
@as_json
@told
def show(job_id: str, email: str, document: str | None, as_json: bool) -> None:  # noqa: FBT001  # Click's.
    """Show a job with its steps, or one of the documents that came of it."""
    detail = results.detail(job_id, owner=people.get_by_email(email))
    if document is None:
        _show(detail, shown_as_json=as_json)
        return
    texts = [each.text for each in detail.documents if each.kind == document]
    if not texts:
        raise NotFound(f"This job has no {document}.")
    click.echo(texts[0])


@group.command("cancel")
@click.argument("job_id", help="The job's id.")
@by_owner
@told
def cancel(job_id: str, email: str) -> None:
    """Withdraw a job that has not ended; a worker that runs it stops after its step."""
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.JOBS_CANCEL)
    service.cancel(queries.get(job_id, owner=owner), by=owner)
    click.echo(f"Canceled {job_id}.", err=True)


@group.command("retry")
@click.argument("job_id", help="The job's id.")
@by_owner
@told
def retry(job_id: str, email: str) -> None:
    """Send a job that failed or was canceled on its way again, from the step where it ended."""
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.JOBS_RETRY)
    service.retry(queries.get(job_id, owner=owner), by=owner)
    click.echo(f"{job_id} waits again.", err=True)


@group.command("delete")
@click.argument("job_id", help="The job's id.")
@by_owner
@click.option("--yes", is_flag=True, help="Don't ask.")
@told
def delete(job_id: str, email: str, *, yes: bool) -> None:
    """Take a job out of sight for good; what it cost still counts.

    Refused while a worker runs it, and for a job that belongs to a batch, carries a signature or
    stands behind a deal.
    """
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.JOBS_DELETE)
    job = queries.get(job_id, owner=owner)
    if not yes:
        click.confirm(f"Delete {job.publisher_domain} → {job.target_url}?", abort=True, err=True)
    deleting.delete(job, by=owner)
    click.echo(f"Deleted {job_id}.", err=True)


@group.command("sample")
@by_owner
@told
def order_sample(email: str) -> None:
    """Order the sample: made-up sites that come with BACOWR. Asked twice, it is one job."""
    job = sample.create(owner=people.get_by_email(email))
    click.echo(job.id)


def _show(detail: FullDetail, *, shown_as_json: bool) -> None:
    if shown_as_json:
        click.echo(_json(JobDetailSchema().dump(detail)))
        return
    job = detail.job
    click.echo(f"{job.id}: {job.status}")
    click.echo(f"  {job.publisher_domain} → {job.target_url} ({job.anchor_text})")
    if job.block_reason or job.error_message:
        click.echo(f"  {job.block_reason or job.error_message}")
    for line in _measured(detail):
        click.echo(f"  {line}")
    for step in detail.steps:
        click.echo(f"  {MARKS[step.status]} {step.name}")
    for document in detail.documents:
        click.echo(f"  {document.kind}: flask jobs show {job.id} --document {document.kind}")


def _measured(detail: FullDetail) -> Iterator[str]:
    """Say what the checks found and what it cost; nothing where nothing was measured."""
    job, used = detail.job, detail.metrics
    if job.qc_status:
        score = "" if job.qc_score is None else f", score {job.qc_score:.0f} of 100"
        yield f"checks: {job.qc_status}{score}"
    if job.estimated_cost_usd is not None:
        yield f"expected cost: {job.estimated_cost_usd:.4f} USD"
    if used["calls"]:
        cost = "unknown" if used["cost"] is None else f"{used['cost']:.4f} USD"
        yield f"cost: {cost} ({used['cost_source']}), {used['calls']} calls"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
