"""The library of placements: the list, one deal, what is changed about it, and its figures."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts.permissions import Permission
from bacowr.backlinks import queries, service, similar, statistics, tables, views
from bacowr.backlinks.filters import Filters
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import MOVES, Placement
from bacowr.base.errors import Conflict, Invalid
from bacowr.base.paging import paginate
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.web import htmx, numbers

PAGE_SIZE = 50
CENTS = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

bp = Blueprint("backlinks", __name__)


@bp.get("/backlinks")
@needs(Permission.BACKLINKS_READ)
def index() -> str:
    """List the deals that the filters leave."""
    user, filters = current_user(), Filters.read(request.args)
    total = queries.count_owned_by(user, filters)
    last = max(1, -(-total // PAGE_SIZE))
    page = paginate(
        queries.owned_by(user, filters),
        page=min(numbers.page(request.args.get("page")), last),
        page_size=PAGE_SIZE,
        total=total,
    )
    if htmx.is_partial():
        return render_template("backlinks/_table.html", page=page, filters=filters, url=_url)
    return render_template(
        "backlinks/index.html",
        page=page,
        filters=filters,
        url=_url,
        views=queries.views_of(user),
        customers=queries.customers_of(user),
        tags=queries.tags_of(user),
    )


@bp.get("/backlinks/new")
@needs(Permission.BACKLINKS_EDIT)
def new() -> str:
    """Show an empty deal, or one filled in by the address."""
    return _form(request.args)


@bp.post("/backlinks")
@needs(Permission.BACKLINKS_EDIT)
def create() -> ResponseReturnValue:
    """Add a deal and go to it."""
    try:
        as_new = request.form.get("as_new") == "true"
        made = service.create(_filled(), owner=current_user(), as_new=as_new)
    except Invalid as error:
        return _form(request.form, error.fields), error.status
    except Conflict as error:
        return _form(request.form, told=error.message), error.status
    return htmx.go(url_for("web.backlinks.show", backlink_id=made.id))


@bp.get("/backlinks/statistics")
@needs(Permission.BACKLINKS_READ)
def figures() -> str:
    """Show the library in figures, and anchors against their budget."""
    user = current_user()
    return render_template(
        "backlinks/statistics.html",
        totals=statistics.totals(user),
        publishers=statistics.per(Backlink.publisher_domain, user, 20),
        customers=statistics.per(Backlink.customer, user, 20),
        budgets=statistics.budgets(user)[:20],
        budget=statistics,
    )


@bp.get("/backlinks/export.<any(csv, xlsx):kind>")
@needs(Permission.BACKLINKS_READ)
def export(kind: str) -> Response:
    """Take out the deals that the filters leave, as CSV or as an Excel workbook."""
    found = queries.every(current_user(), Filters.read(request.args))
    name = f"attachment; filename=placements.{kind}"
    if kind == "csv":
        text = "".join(tables.as_csv(found))
        return Response(text, mimetype="text/csv", headers={"Content-Disposition": name})
    book = tables.as_xlsx(found)
    return Response(book, mimetype=XLSX, headers={"Content-Disposition": name})


@bp.post("/backlinks/views")
@needs(Permission.BACKLINKS_EDIT)
def save_view() -> ResponseReturnValue:
    """Keep the filters under a name."""
    filters = Filters.read(request.form)
    view = views.save(request.form.get("name", ""), filters, owner=current_user())
    flash(f"Saved the view {view.name}.")
    return htmx.go(_url(filters))


@bp.post("/backlinks/views/<view_id>/delete")
@needs(Permission.BACKLINKS_EDIT)
def delete_view(view_id: str) -> ResponseReturnValue:
    """Forget a saved view."""
    user = current_user()
    views.delete(queries.get_view(view_id, owner=user), by=user)
    return htmx.go(url_for("web.backlinks.index"))


@bp.get("/backlinks/<backlink_id>")
@needs(Permission.BACKLINKS_READ)
def show(backlink_id: str) -> str:
    """Show a deal with its history."""
    return _page(queries.get(backlink_id, owner=current_user()))


@bp.get("/backlinks/<backlink_id>/edit")
@needs(Permission.BACKLINKS_EDIT)
def edit(backlink_id: str) -> str:
    """Show a deal to be changed."""
    backlink = queries.get(backlink_id, owner=current_user())
    return _form(_values(backlink), backlink=backlink)


@bp.post("/backlinks/<backlink_id>")
@needs(Permission.BACKLINKS_EDIT)
def update(backlink_id: str) -> ResponseReturnValue:
    """Change a deal, unless somebody else did meanwhile."""
    user = current_user()
    backlink = queries.get(backlink_id, owner=user)
    seen = numbers.page(request.form.get("version"))
    try:
        service.update(backlink, _filled(backlink), by=user, version=seen)
    except Invalid as error:
        return _form(request.form, error.fields, backlink=backlink), error.status
    except Conflict as error:
        return _form(request.form, told=error.message, backlink=backlink), error.status
    return htmx.go(url_for("web.backlinks.show", backlink_id=backlink.id))


@bp.post("/backlinks/<backlink_id>/move")
@needs(Permission.BACKLINKS_EDIT)
def move(backlink_id: str) -> ResponseReturnValue:
    """Bring a link to another placement; publishing takes the page's address."""
    user = current_user()
    backlink = queries.get(backlink_id, owner=user)
    try:
        target = Placement(request.form.get("placement", ""))
        if target is Placement.PUBLISHED:
            url = request.form.get("publisher_url", "") or backlink.publisher_url or ""
            service.record_published(backlink, url, by=user)
        else:
            service.move(backlink, target, by=user)
    except Invalid as error:
        return _page(backlink, error.fields), error.status
    except ValueError as error:
        raise Invalid("There is no such placement.") from error
    return htmx.go(url_for("web.backlinks.show", backlink_id=backlink.id))


@bp.post("/backlinks/<backlink_id>/delete")
@needs(Permission.BACKLINKS_EDIT)
def delete(backlink_id: str) -> ResponseReturnValue:
    """Delete a deal with its history."""
    user = current_user()
    service.delete(queries.get(backlink_id, owner=user), by=user)
    flash("The deal was deleted.")
    return htmx.go(url_for("web.backlinks.index"))


def _page(backlink: Backlink, errors: Mapping[str, list[str]] | None = None) -> str:
    return render_template(
        "backlinks/show.html",
        deal=backlink,
        history=queries.events_of(backlink),
        alike=queries.alike(backlink),
        moves=MOVES[backlink.placement],
        similar_url=f"{url_for('web.jobs.new')}?{urlencode(similar.order_like(backlink))}",
        errors=errors or {},
    )


def _form(
    values: Mapping[str, str],
    errors: Mapping[str, list[str]] | None = None,
    *,
    told: str = "",
    backlink: Backlink | None = None,
) -> str:
    return render_template(
        "backlinks/form.html", values=values, errors=errors or {}, told=told, deal=backlink
    )


def _filled(backlink: Backlink | None = None) -> dict[str, object]:
    """Return what the form holds; a day that was left as it is leaves the moment as it is."""
    found: dict[str, object] = dict(request.form.items())
    if backlink and found.get("published_at") == _values(backlink)["published_at"]:
        del found["published_at"]
    return found


def _values(backlink: Backlink) -> dict[str, str]:
    found = {name: getattr(backlink, name) for name in backlink.__mapper__.attrs.keys()}  # noqa: SIM118  # SQLAlchemy's, no mapping.
    cents = backlink.price_cents
    found |= {
        "price": "" if cents is None else f"{cents // CENTS}.{cents % CENTS:02}",
        "tags": ", ".join(backlink.tags),
        "published_at": backlink.published_at.date() if backlink.published_at else "",
    }
    return {name: "" if value is None else str(value) for name, value in found.items()}


def _url(filters: Filters, page: int = 1, **changes: str) -> str:
    arguments = filters.arguments | changes | ({"page": str(page)} if page > 1 else {})
    return url_for("web.backlinks.index", **{k: v for k, v in arguments.items() if v})  # type: ignore[arg-type]  # Words of an address.
