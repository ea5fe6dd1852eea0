"""Keeping ways to look at the library under a name."""

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.backlinks import queries
from bacowr.backlinks.filters import Filters
from bacowr.backlinks.models import SavedView
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid
from bacowr.base.types import new_id

NAME_LENGTH = 80
MOST = 50


@transaction
def save(name: str, filters: Filters, *, owner: User) -> SavedView:
    """Keep filters under a name; a name that is taken gets the filters anew.

    Raise Invalid for no good name, and when there are too many views.
    """
    plain = " ".join(name.split())
    known = queries.views_of(owner)
    fault = _fault(plain, known_names={each.name for each in known})
    if fault:
        raise Invalid(fault, fields={"name": [fault]})
    view = next((each for each in known if each.name == plain), None)
    if view is None:
        view = SavedView(id=new_id(), owner_id=owner.id, name=plain, version=0)
        db.session.add(view)
    view.filters = filters.arguments
    view.version += 1
    audit.record("saved_view.save", view, actor=owner, name=plain)
    return view


@transaction
def delete(view: SavedView, *, by: User) -> None:
    """Forget a saved view; the records that it showed stay."""
    audit.record("saved_view.delete", view, actor=by, name=view.name)
    db.session.delete(view)


def _fault(name: str, *, known_names: set[str]) -> str | None:
    if not name or not name.isprintable():
        return "Give the view a name."
    if len(name) > NAME_LENGTH:
        return f"A name has at most {NAME_LENGTH} characters."
    if name not in known_names and len(known_names) >= MOST:
        return f"At most {MOST} views can be saved."
    return None
