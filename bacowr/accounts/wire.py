"""People and their tokens as older clients know them: the names of domain 7."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from bacowr.accounts import passwords, quotas
from bacowr.accounts.models import User, UserStatus
from bacowr.accounts.permissions import Role
from bacowr.accounts.quotas import HIGHEST, Standing
from bacowr.accounts.schemas import UserSchema

_name = validate.Length(max=120)
_password = validate.Length(passwords.SHORTEST, passwords.LONGEST)
_limit = validate.Range(0, HIGHEST)


class PersonSchema(UserSchema):
    """A person with what older clients expect beside."""

    username = fields.String(required=True, allow_none=True)
    full_name = fields.String(required=True)
    account_status = fields.Enum(UserStatus, by_value=True, required=True)
    team_id = fields.String(required=True, allow_none=True)
    last_login = fields.DateTime(required=True, allow_none=True, attribute="last_sign_in_at")
    is_active = fields.Boolean(required=True)


class QuotaSchema(Schema):
    """How much of a month's quota is used."""

    jobs_used = fields.Integer(required=True)
    jobs_quota = fields.Integer(required=True)
    jobs_remaining = fields.Integer(required=True)
    tokens_used = fields.Integer(required=True)
    tokens_quota = fields.Integer(required=True)
    tokens_remaining = fields.Integer(required=True)
    quota_exceeded = fields.Boolean(required=True)
    resets_at = fields.DateTime(
        required=True, metadata={"description": "When the month ends, in UTC."}
    )


class ManagedPersonSchema(PersonSchema):
    """A person as admins see one, with the quota; never a key."""

    jobs_used = fields.Integer(required=True)
    jobs_quota = fields.Integer(required=True)
    tokens_used = fields.Integer(required=True)
    tokens_quota = fields.Integer(required=True)


class TokensSchema(Schema):
    """What a program is signed in with."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.String(required=True, metadata={"example": "bearer"})
    expires_in = fields.Integer(required=True, metadata={"example": 1800})
    user = fields.Nested(PersonSchema, required=True)


class DetailSchema(Schema):
    """What was done, in words."""

    detail = fields.String(required=True)


class RefreshSchema(Schema):
    """What is exchanged for a new pair of tokens."""

    refresh_token = fields.String(required=True, validate=validate.Length(1, 200))


class RegistrationSchema(Schema):
    """A new account of one's own; `invitation` is the secret of an invitation's address."""

    email = fields.Email(required=True, validate=validate.Length(max=320))
    password = fields.String(required=True, validate=_password)
    full_name = fields.String(load_default="", validate=_name)
    username = fields.String(load_default=None, allow_none=True, validate=_name)
    invitation = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))


class ResetSchema(Schema):
    """A new password, by the secret of a link."""

    reset_token = fields.String(required=True, validate=validate.Length(1, 200))
    new_password = fields.String(required=True, validate=_password)


class NewPersonSchema(Schema):
    """An account that an admin makes; without a password its owner sets one by a link."""

    email = fields.Email(required=True, validate=validate.Length(max=320))
    password = fields.String(load_default=None, allow_none=True, validate=_password)
    role = fields.Enum(Role, by_value=True, load_default=Role.EDITOR)
    name = fields.String(validate=_name)
    full_name = fields.String(validate=_name)
    username = fields.String(load_default=None, allow_none=True, validate=_name)

    @post_load
    def settle(self, data: dict[str, Any], **_more: object) -> dict[str, Any]:
        """Turn `full_name`, the older word, into `name`."""
        full_name = data.pop("full_name", "")
        return {"name": full_name, **data}


class PersonChangesSchema(Schema):
    """What an admin changes of a person; what isn't named stays."""

    name = fields.String(validate=_name)
    username = fields.String(allow_none=True, validate=_name)
    role = fields.Enum(Role, by_value=True)
    jobs_quota = fields.Integer(validate=_limit)
    tokens_quota = fields.Integer(validate=_limit)
    account_status = fields.Enum(UserStatus, by_value=True, attribute="status")

    @validates_schema
    def refuse_deletion(self, data: dict[str, Any], **_more: object) -> None:
        """Leave deleting to DELETE."""
        if data.get("status") is UserStatus.DELETED:
            raise ValidationError("Delete a person with DELETE.", "account_status")


class NewApiKeySchema(Schema):
    """A key, told once."""

    id = fields.String(required=True)
    api_key = fields.String(required=True)
    name = fields.String(required=True)
    last_four = fields.String(required=True)


class Managed:
    """A person and the quota, as one thing to be shown."""

    def __init__(self, user: User, standing: Standing) -> None:
        self._user, self._standing = user, standing

    def __getattr__(self, name: str) -> object:
        return getattr(self._user if hasattr(self._user, name) else self._standing, name)


def managed(users: Sequence[User]) -> list[Managed]:
    """Return people with their quotas, in two statements however many."""
    known = quotas.standings(list(users))
    return [Managed(user, known[user.id]) for user in users]
