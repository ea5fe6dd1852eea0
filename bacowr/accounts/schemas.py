"""What callers send about accounts, and what they get to see."""

from typing import Any

from marshmallow import Schema, fields, validate

from bacowr.accounts import passwords
from bacowr.accounts.models import UserStatus
from bacowr.accounts.permissions import Role
from bacowr.accounts.quotas import HIGHEST


class Words(fields.List[str]):
    """A list of words; a form sends them with spaces between."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401  # Marshmallow's own.
        super().__init__(fields.String(validate=validate.Length(1, 80)), **more)

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> list[Any]:  # noqa: ANN401  # Theirs.
        words = value.split() if isinstance(value, str) else value
        return super()._deserialize(words, *args, **more)


class Days(fields.Integer):
    """A number of days; a form sends nothing for none."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401  # Marshmallow's own.
        super().__init__(validate=validate.Range(1, 3650), allow_none=True, **more)

    def deserialize(self, value: Any, *args: Any, **more: Any) -> Any:  # noqa: ANN401  # Theirs.
        """Read it; empty text is none."""
        return super().deserialize(None if value == "" else value, *args, **more)


class CredentialsSchema(Schema):
    """What somebody signs in with."""

    email = fields.String(required=True, validate=validate.Length(1, 320))
    password = fields.String(required=True, validate=validate.Length(1, passwords.LONGEST))


class NewUserSchema(Schema):
    """A new account."""

    email = fields.Email(required=True, validate=validate.Length(max=320))
    role = fields.Enum(Role, by_value=True, load_default=Role.EDITOR)
    name = fields.String(load_default="", validate=validate.Length(max=120))


class UserSchema(Schema):
    """A person, as shown to the person and to admins."""

    id = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    status = fields.Enum(UserStatus, by_value=True, required=True)
    created_at = fields.DateTime(required=True)


class NewKeySchema(Schema):
    """A new API key."""

    name = fields.String(required=True, validate=validate.Length(1, 120))
    scopes = Words(load_default=(), metadata={"description": "What it is for; all, when empty."})
    days = Days(load_default=None, metadata={"description": "How long it is valid; null: no end."})


class NewPasswordSchema(Schema):
    """A password where there is none."""

    password = fields.String(
        required=True, validate=validate.Length(passwords.SHORTEST, passwords.LONGEST)
    )


class PasswordChangeSchema(Schema):
    """A change of one's own password."""

    current_password = fields.String(required=True)
    new_password = fields.String(
        required=True, validate=validate.Length(passwords.SHORTEST, passwords.LONGEST)
    )


class InvitationSchema(Schema):
    """Somebody to be asked into the team."""

    email = fields.Email(required=True, validate=validate.Length(max=320))
    role = fields.Enum(Role, by_value=True, load_default=Role.EDITOR)


class TeamNameSchema(Schema):
    """What a team is called."""

    name = fields.String(required=True, validate=validate.Length(1, 120))


class RoleSchema(Schema):
    """What somebody is to be trusted with."""

    role = fields.Enum(Role, by_value=True, required=True)


class LimitsSchema(Schema):
    """What somebody may use up in a month."""

    jobs_quota = fields.Integer(required=True, validate=validate.Range(0, HIGHEST))
    tokens_quota = fields.Integer(required=True, validate=validate.Range(0, HIGHEST))


class JoinSchema(NewPasswordSchema):
    """What somebody who was invited says."""

    name = fields.String(load_default="", validate=validate.Length(max=120))


class EmailSchema(Schema):
    """An address that a new password is asked for."""

    email = fields.String(required=True, validate=validate.Length(1, 320))
