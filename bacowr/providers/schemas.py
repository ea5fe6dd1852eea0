"""What callers send about services, and what they get to see: never a key."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from bacowr.providers.catalog import TRAITS, Kind, Provider
from bacowr.providers.keyring import Where
from bacowr.providers.models import CredentialStatus
from bacowr.providers.service import LONGEST_ADDRESS, LONGEST_MODEL
from bacowr.providers.writers import model_of

LONGEST_KEY = 4000
TESTABLE = tuple(each for each in Provider if not TRAITS[each].takes_address)


class CredentialSchema(Schema):
    """What a person enters for a service; an empty key keeps the one that is stored."""

    key = fields.String(load_default="", validate=validate.Length(max=LONGEST_KEY))
    base_url = fields.String(load_default="", validate=validate.Length(max=LONGEST_ADDRESS))
    model = fields.String(load_default="", validate=validate.Length(max=LONGEST_MODEL))


class KeyTrialSchema(Schema):
    """A key that is to be tried out; it is not stored."""

    provider = fields.Enum(
        Provider,
        by_value=True,
        required=True,
        validate=validate.OneOf(TESTABLE, error="A service with an address is tried out by name."),
        metadata={"enum": list(TESTABLE)},
    )
    api_key = fields.String(
        required=True,
        load_only=True,
        validate=[
            validate.Length(8, LONGEST_KEY),
            validate.Regexp(r"^[!-~]*$", error="A key has letters, digits and signs only."),
        ],
    )

    @validates_schema(skip_on_field_errors=True)
    def check_form(self, data: dict[str, Any], **_more: object) -> None:
        """Refuse a key that isn't in its service's form."""
        form = TRAITS[data["provider"]].key_form
        if form and not all(data["api_key"].partition(":")):
            raise ValidationError(f"Enter it as {form}.", "api_key")


class KeyVerdictSchema(Schema):
    """Whether a key works."""

    valid = fields.Boolean(required=True)
    message = fields.String(required=True)


class ProviderSchema(Schema):
    """One service, and what is connected; of a key only its last characters."""

    provider = fields.Enum(Provider, by_value=True, required=True)
    kind = fields.Enum(Kind, by_value=True, required=True, attribute="traits.kind")
    name = fields.String(required=True, attribute="traits.label")
    connected = fields.Boolean(required=True, attribute="is_connected")
    where = fields.Enum(Where, by_value=True, required=True, allow_none=True)
    last_four = fields.String(required=True, allow_none=True)
    base_url = fields.String(required=True, allow_none=True)
    model = fields.Function(
        model_of,
        required=True,
        metadata={
            "type": ["string", "null"],
            "description": "The model that writes: the one that is set, else the usual one.",
        },
    )
    status = fields.Enum(CredentialStatus, by_value=True, required=True)
    tested_at = fields.DateTime(required=True, allow_none=True)
    test_message = fields.String(required=True, allow_none=True)
