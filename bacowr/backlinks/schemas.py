"""What callers send about deal records, and what they get to see."""

from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from bacowr.backlinks.placements import EventType, LinkType, Placement
from bacowr.engine.order import AnchorType
from bacowr.engine.terms import DealType, Rel


def _raw(description: str, **more: object) -> fields.Raw:
    return fields.Raw(metadata={"type": "string", "description": description, **more})


def _one_of(kind: type[StrEnum], description: str) -> fields.Raw:
    return _raw(description, enum=list(kind))


def _number(description: str, most: int | None = None) -> fields.Raw:
    about: dict[str, object] = {"type": "integer", "description": description, "minimum": 0}
    return fields.Raw(metadata=about | ({"maximum": most} if most else {}))


def _nothing(**more: Any) -> dict[str, Any]:  # noqa: ANN401  # Marshmallow's own.
    return {"required": True, "allow_none": True, **more}


class ChangedBacklinkSchema(Schema):
    """What of a deal record is to change; the same names as in a new one.

    The schema only says what there is: `backlinks.deals` reads and checks it, so that every door
    finds the same faults in the same words.
    """

    class Meta:
        """Unknown fields are left alone, as older clients expect."""

        unknown = EXCLUDE

    publisher_domain = _raw("The site; unset, that of `publisher_url`.", example="example.com")
    publisher_url = _raw("The page that carries the link.", example="https://example.com/article")
    target_url = _raw("The page it links to.", example="https://example.org/page")
    anchor_text = _raw("The clickable text.", example="a good read")
    anchor_type = _one_of(AnchorType, "How the anchor relates to its target.")
    placement = _one_of(
        Placement, "Where it is. Unset, `published` with a page or a day of publishing."
    )
    link_type = _one_of(LinkType, "Which kind of page carries the link.")
    deal_type = _one_of(DealType, "What the link is given for.")
    agreed_rel = _one_of(Rel, "What was agreed about the link's `rel`.")
    rel_reason = _raw("Why a link that something was given for is followed; needed then.")
    advertiser = _raw("Whom the advertising label names.")
    ad_label = _raw("The wording that marks advertising.")
    label_language = _raw("The language of the label, two letters.")
    contact = _raw("Whom at the publisher it was agreed with.")
    price = _raw("A sum such as `1500.50`; gives `price_cents`.")
    price_cents = _number("What was paid, in hundredths of the currency.")
    currency = _raw("ISO 4217 code; needed with a price.", example="SEK")
    customer = _raw("Whose targets these are; of an address its host is kept.")
    campaign = _raw("What you call the campaign.")
    language = _raw("Two letters, or the market as sheets name it (SE, ENG).", example="sv")
    category = _raw("Your own category.")
    notes = _raw("Your own words.")
    tags = fields.Raw(
        metadata={
            "type": "array",
            "items": {"type": "string"},
            "description": "At most 20 of at most 40 characters.",
        }
    )
    external_ref = _raw("The number it has in somebody else's list.")
    writer = _raw("Who is to write.")
    market = _raw("The market.")
    budget = _raw("The budget.")
    topic = _raw("What the article is about.")
    content_note = _raw("What is said of the contents.")
    published_at = _raw("A day or a moment, ISO 8601.", example="2026-11-22")
    expires_on = _raw("A day, ISO 8601.", example="2027-11-22")
    job_id = _raw("The job whose article carries it.")
    domain_authority = _number("As told by a third party.", 100)
    page_authority = _number("As told by a third party.", 100)
    traffic_estimate = _number("Visitors a month, as told by a third party.")
    backlink_count = _number("Links to the page, as told by a third party.")
    custom_metrics = fields.Raw(
        metadata={"type": "object", "description": "Whatever else you measure."}
    )


class NewBacklinkSchema(ChangedBacklinkSchema):
    """A deal record to add: publisher (or page), target and anchor, and what else is known."""

    target_url = _raw("The page it links to.", required=True, example="https://example.org/page")
    anchor_text = _raw("The clickable text.", required=True, example="a good read")


class BacklinkSchema(Schema):
    """A deal record, by the names that older clients know, and what has come since."""

    id = fields.String(required=True)
    user_id = fields.String(required=True, attribute="owner_id")
    publisher_domain = fields.String(required=True)
    publisher_url = fields.String(**_nothing())
    target_url = fields.String(required=True)
    anchor_text = fields.String(required=True)
    anchor_type = fields.Enum(AnchorType, by_value=True, **_nothing())
    placement = fields.Enum(Placement, by_value=True, required=True)
    link_type = fields.Enum(LinkType, by_value=True, **_nothing())
    deal_type = fields.Enum(DealType, by_value=True, required=True)
    agreed_rel = fields.Enum(Rel, by_value=True, required=True)
    policy_rel = fields.Enum(Rel, by_value=True, required=True)
    is_red = fields.Boolean(required=True)
    rel_reason = fields.String(**_nothing())
    advertiser = fields.String(**_nothing())
    ad_label = fields.String(**_nothing())
    label_language = fields.String(**_nothing())
    contact = fields.String(**_nothing())
    price_cents = fields.Integer(**_nothing())
    currency = fields.String(**_nothing())
    customer = fields.String(**_nothing())
    campaign = fields.String(**_nothing())
    language = fields.String(**_nothing())
    category = fields.String(**_nothing())
    notes = fields.String(**_nothing())
    tags = fields.List(fields.Raw(), required=True)
    external_ref = fields.String(**_nothing())
    writer = fields.String(**_nothing())
    market = fields.String(**_nothing())
    budget = fields.String(**_nothing())
    topic = fields.String(**_nothing())
    content_note = fields.String(**_nothing())
    published_at = fields.DateTime(**_nothing())
    expires_on = fields.Date(**_nothing())
    job_id = fields.String(**_nothing())
    domain_authority = fields.Integer(**_nothing())
    page_authority = fields.Integer(**_nothing())
    traffic_estimate = fields.Integer(**_nothing())
    backlink_count = fields.Integer(**_nothing())
    custom_metrics = fields.Dict(required=True)
    is_possible_duplicate = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    version = fields.Integer(required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:  # noqa: ANN401  # Theirs.
        """Read an attribute; trying keys first, as marshmallow does, costs a list dearly."""
        return getattr(obj, attr, default)


class BacklinkEventSchema(Schema):
    """One thing that happened to a deal record."""

    at = fields.DateTime(required=True)
    actor = fields.String(required=True)
    type = fields.Enum(EventType, by_value=True, required=True)
    from_placement = fields.Enum(Placement, by_value=True, **_nothing())
    to_placement = fields.Enum(Placement, by_value=True, required=True)
    data = fields.Dict(required=True)


class BacklinkDetailSchema(BacklinkSchema):
    """A deal record with what happened to it, the latest first."""

    history = fields.List(fields.Nested(BacklinkEventSchema), required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:  # noqa: ANN401  # Theirs.
        """Read an attribute of the detail, or of the record in it."""
        return getattr(obj, attr, getattr(obj.backlink, attr, default))


class BroughtSchema(Schema):
    """What came of many backlinks that were sent at once."""

    imported_count = fields.Integer(required=True)
    message = fields.String(required=True)
    errors = fields.List(
        fields.String(), required=True, metadata={"description": "By the row's number, from 1."}
    )


def _counts(description: str, **more: Any) -> fields.Dict:  # noqa: ANN401  # Marshmallow's own.
    return fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": description},
        **more,
    )


class AnchorBudgetSchema(Schema):
    """The anchors to one target against their budget."""

    target_url = fields.String(required=True, attribute="target")
    by_type = _counts("How many anchors there are of each type.", attribute="counts")
    untyped = fields.Integer(required=True)
    exact_share = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Of those with a type; null below twenty."},
    )
    is_over = fields.Boolean(required=True)


class BacklinkStatsSchema(Schema):
    """The library in figures; the maps hold the hundred most frequent names."""

    total_count = fields.Integer(required=True)
    by_publisher = _counts("Links per site.")
    by_category = _counts("Links per category.")
    by_language = _counts("Links per language.")
    by_customer = _counts("Links per customer.")
    by_placement = _counts("Links per placement.")
    avg_domain_authority = fields.Float(required=True, allow_none=True)
    avg_page_authority = fields.Float(required=True, allow_none=True)
    total_traffic_estimate = fields.Integer(required=True)
    red_count = fields.Integer(
        required=True,
        metadata={"description": "Followed links that something was given for, without a reason."},
    )
    expiring_count = fields.Integer(
        required=True, metadata={"description": "Published links that end within 30 days."}
    )
    anchor_budget_label = fields.String(required=True)
    anchor_budgets = fields.List(
        fields.Nested(AnchorBudgetSchema),
        required=True,
        metadata={"description": "The hundred targets with the largest exact share."},
    )


class BacklinkAnalyticsSchema(Schema):
    """What the links came to, by the names that older clients know."""

    total = fields.Integer(required=True)
    by_status = _counts("Links per placement.")
    by_publisher = _counts("Links per site; the hundred most frequent.")
    total_cost = fields.Float(
        required=True,
        metadata={"description": "What the jobs whose articles carry the links cost, in USD."},
    )
    avg_qc_score = fields.Float(required=True, allow_none=True)
    total_prices = _counts("What was paid for links, in hundredths, by currency.")
