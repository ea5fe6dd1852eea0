"""People: what admins do about them, and what everybody sees of oneself."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import BadRequest

from bacowr.accounts import people, permissions, quotas, service
from bacowr.accounts.models import User, UserStatus
from bacowr.accounts.permissions import Permission
from bacowr.accounts.quotas import Standing
from bacowr.accounts.wire import (
    Managed,
    ManagedPersonSchema,
    NewApiKeySchema,
    NewPersonSchema,
    PersonChangesSchema,
    PersonSchema,
    QuotaSchema,
    managed,
)
from bacowr.api import idempotency, lists
from bacowr.api.lists import LAST_PAGE
from bacowr.api.openapi import Blueprint
from bacowr.base import paging
from bacowr.base.paging import MAX_PAGE_SIZE
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user

TOTAL = "X-Total-Count"
EITHER = {
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [
                    {"type": "array", "items": ManagedPersonSchema},
                    lists.schema_of(ManagedPersonSchema),
                ]
            }
        }
    }
}
_person = ManagedPersonSchema()
OWN = {"role", "status"}
USER_ID = [{"in": "path", "name": "user_id", "description": "The person's id."}]

bp = Blueprint(
    "api_users", __name__, url_prefix="/api/v1/users", description="People and their quotas."
)


class PeopleQuerySchema(Schema):
    """Which part of the people: a page, or as older clients ask, how many to skip."""

    page = fields.Integer(validate=validate.Range(1, LAST_PAGE))
    page_size = fields.Integer(load_default=20, validate=validate.Range(1, MAX_PAGE_SIZE))
    skip = fields.Integer(load_default=0, validate=validate.Range(0, LAST_PAGE))
    limit = fields.Integer(load_default=MAX_PAGE_SIZE, validate=validate.Range(1, MAX_PAGE_SIZE))


@bp.route("")
@bp.arguments(PeopleQuerySchema, location="query")
@bp.doc(responses={"200": EITHER})
@bp.response(200)
@needs(Permission.PEOPLE_MANAGE)
def list_users(query: dict[str, Any]) -> Response:
    """List the people that you look after, by address.

    With `page` it is a list as others are; without, an array of `limit` after `skip`, and the
    header `X-Total-Count` says how many there are.
    """
    select = people.managed(current_user())
    total = paging.count(select)
    if "page" in query:
        page = paging.paginate(
            select, page=query["page"], page_size=query["page_size"], total=total
        )
        return lists.answer(page, _shown_many(page.items))
    rows = people.part(select, skip=query["skip"], limit=query["limit"])
    answer = Response(json.dumps(_shown_many(rows)), mimetype="application/json")
    answer.headers[TOTAL] = str(total)
    return answer


@bp.route("", methods=["POST"])
@bp.arguments(NewPersonSchema)
@bp.response(201, ManagedPersonSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.PEOPLE_MANAGE)
def create_user(sent: dict[str, Any]) -> Managed:
    """Make an account, in your team; without a password its owner sets one by a link."""
    return _shown(people.create(sent, by=current_user()))


@bp.route("/me")
@bp.response(200, PersonSchema)
@needs(Permission.ACCOUNT_READ)
def get_own_user() -> User:
    """Show who you are; the same as `/auth/me`."""
    return current_user()


@bp.route("/me/quota")
@bp.response(200, QuotaSchema)
@needs(Permission.ACCOUNT_READ)
def get_own_quota() -> Standing:
    """Show how much of your quota is used this month."""
    return quotas.standing(current_user())


@bp.route("/<id:user_id>", parameters=USER_ID)
@bp.response(200, ManagedPersonSchema)
@needs(Permission.PEOPLE_MANAGE)
def get_user(user_id: str) -> Managed:
    """Show a person that you look after."""
    return _shown(people.get(user_id, admin=current_user()))


@bp.route("/<id:user_id>", parameters=USER_ID, methods=["PATCH"])
@bp.arguments(PersonChangesSchema)
@bp.response(200, ManagedPersonSchema)
@bp.alt_response(409, response="CONFLICT")
@needs(Permission.PEOPLE_MANAGE)
def update_user(changes: dict[str, Any], user_id: str) -> Managed:
    """Change a person; what isn't named stays. Your own role and status stay (400)."""
    user = people.get(user_id, admin=current_user())
    if changes.keys() & OWN:
        _refuse_own(user)
    people.update(user, changes, by=current_user())
    return _shown(user)


@bp.route("/<id:user_id>", parameters=USER_ID, methods=["DELETE"])
@bp.response(204)
@bp.alt_response(400, response="BAD_REQUEST")
@needs(Permission.PEOPLE_MANAGE)
def delete_user(user_id: str) -> None:
    """Delete a person for good; what the person made stays, and the address is free again."""
    _set_status(user_id, UserStatus.DELETED)


@bp.route("/<id:user_id>/activate", parameters=USER_ID, methods=["POST"])
@bp.response(200, ManagedPersonSchema)
@bp.alt_response(400, response="BAD_REQUEST")
@needs(Permission.PEOPLE_MANAGE)
def activate_user(user_id: str) -> Managed:
    """Let a suspended person in again."""
    return _set_status(user_id, UserStatus.ACTIVE)


@bp.route("/<id:user_id>/activate", parameters=USER_ID, methods=["PATCH"])
@bp.response(200, ManagedPersonSchema)
@bp.alt_response(400, response="BAD_REQUEST")
@needs(Permission.PEOPLE_MANAGE)
def activate_user_by_older_name(user_id: str) -> Managed:
    """Do the same as POST, as older clients ask."""
    return _set_status(user_id, UserStatus.ACTIVE)


@bp.route("/<id:user_id>/suspend", parameters=USER_ID, methods=["POST"])
@bp.response(200, ManagedPersonSchema)
@bp.alt_response(400, response="BAD_REQUEST")
@needs(Permission.PEOPLE_MANAGE)
def suspend_user(user_id: str) -> Managed:
    """Bar a person: every login, token and API key ends at once."""
    return _set_status(user_id, UserStatus.SUSPENDED)


@bp.route("/<id:user_id>/deactivate", parameters=USER_ID, methods=["PATCH"])
@bp.response(200, ManagedPersonSchema)
@bp.alt_response(400, response="BAD_REQUEST")
@needs(Permission.PEOPLE_MANAGE)
def suspend_user_by_older_name(user_id: str) -> Managed:
    """Do the same as `suspend`, under the name that older clients use."""
    return _set_status(user_id, UserStatus.SUSPENDED)


@bp.route("/<id:user_id>/quota/reset", parameters=USER_ID, methods=["POST"])
@bp.response(200, QuotaSchema)
@needs(Permission.PEOPLE_MANAGE)
def reset_user_quota(user_id: str) -> Standing:
    """Let a person begin the month anew."""
    user = people.get(user_id, admin=current_user())
    quotas.reset(user, by=current_user())
    return quotas.standing(user)


@bp.route("/<id:user_id>/regenerate-api-key", parameters=USER_ID, methods=["POST"])
@idempotency.once
@bp.response(200, NewApiKeySchema)
@needs(Permission.KEYS_ISSUE)
def regenerate_api_key(user_id: str) -> dict[str, Any]:
    """Give out a key in place of the one before; it is told this once.

    `me` stands for yourself; admins may do it for others. Keys made on the account's page stay.
    """
    me = current_user()
    if user_id in {"me", me.id}:
        user = me
    else:
        permissions.require(me, Permission.PEOPLE_MANAGE)
        user = people.get(user_id, admin=me)
    key, text = service.replace_only_key(user, by=me)
    return {"id": key.id, "api_key": text, "name": key.name, "last_four": key.last_four}


def _set_status(user_id: str, status: UserStatus) -> Managed:
    me = current_user()
    user = people.get(user_id, admin=me)
    _refuse_own(user)
    people.set_status(user, status, by=me)
    return _shown(user)


def _refuse_own(user: User) -> None:
    if user.id == current_user().id:
        raise BadRequest(people.YOURSELF)


def _shown(user: User) -> Managed:
    return managed([user])[0]


def _shown_many(users: Sequence[User]) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = _person.dump(managed(users), many=True)
    return shown
