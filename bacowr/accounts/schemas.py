"""What callers send about accounts, and what they get to see."""

from marshmallow import Schema, fields, validate

from bacowr.accounts import passwords
from bacowr.accounts.models import UserStatus
from bacowr.accounts.permissions import Role


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
