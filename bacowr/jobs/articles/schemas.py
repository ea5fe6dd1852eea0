"""What callers send about articles, and what they get to see."""

from marshmallow import Schema, fields, validate

from bacowr.jobs.articles.editing import LONGEST_NOTE, LONGEST_TEXT
from bacowr.jobs.articles.signing import LONGEST_SECONDS
from bacowr.jobs.models import HASH_LENGTH
from bacowr.jobs.schemas import JobEventSchema
from bacowr.jobs.states import Decision, DocumentKind, QcStatus, SignoffStep

LONGEST_ID = 36
UNDECIDED = "undecided"

_note = [
    validate.Length(max=LONGEST_NOTE),
    validate.Regexp(r"^[^\x00-\x08\x0b-\x1f]*$", error="Must not hold control characters."),
]


class ArticleSchema(Schema):
    """The version of a job's article that counts."""

    job_id = fields.String(required=True)
    article = fields.String(
        required=True, attribute="text", metadata={"description": "The text as Markdown."}
    )
    created_at = fields.DateTime(required=True)
    version_id = fields.String(required=True, attribute="id")
    version = fields.Integer(required=True)
    kind = fields.Enum(DocumentKind, by_value=True, required=True)
    author = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    sha256 = fields.String(required=True)


class VersionSchema(Schema):
    """One version of an article, without its text."""

    version_id = fields.String(required=True, attribute="id")
    version = fields.Integer(required=True)
    kind = fields.Enum(DocumentKind, by_value=True, required=True)
    author = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    parent_id = fields.String(required=True, allow_none=True)
    sha256 = fields.String(required=True)
    created_at = fields.DateTime(required=True)


class EditSchema(Schema):
    """A text that is to become the next version."""

    article = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_TEXT),
        metadata={"description": "The whole text as Markdown."},
    )
    base_version_id = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=LONGEST_ID),
        metadata={
            "description": "The version that was edited; null for a first text. The header"
            " `If-Match` says the same."
        },
    )
    note = fields.String(load_default=None, allow_none=True, validate=_note)


class TextSchema(Schema):
    """A text that is to be checked."""

    article = fields.String(required=True, validate=validate.Length(max=LONGEST_TEXT))


class QcReportSchema(Schema):
    """What all checks said of one text."""

    status = fields.String(required=True, validate=validate.OneOf(list(QcStatus)))
    score = fields.Float(required=True, allow_none=True)
    checks = fields.List(
        fields.Dict(),
        required=True,
        metadata={
            "description": "The checks with their facts and findings; a finding's `key` is what it"
            " is decided on by."
        },
    )
    article_sha256 = fields.String(required=True)
    checked_at = fields.String(required=True)
    versions = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "The thresholds and policy packs that were used."},
    )
    document_id = fields.String(
        allow_none=True,
        dump_default=None,
        metadata={"description": "The version it is about; null for a text that is not stored."},
    )


class DecisionSchema(Schema):
    """What a person decides about a finding."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf([*Decision, UNDECIDED]),
        metadata={"description": f"`{UNDECIDED}` takes a decision back."},
    )
    reason = fields.String(
        load_default=None,
        allow_none=True,
        validate=_note,
        metadata={"description": "Why; a finding is ignored with a reason only."},
    )


class NewSignoffSchema(Schema):
    """What a person says when signing a version in one step."""

    step = fields.Enum(SignoffStep, by_value=True, required=True)
    version_id = fields.String(required=True, validate=validate.Length(1, LONGEST_ID))
    diff_sha256 = fields.String(
        required=True,
        validate=validate.Length(equal=HASH_LENGTH),
        metadata={"description": "Of the difference that was shown; `GET` gives it."},
    )
    answers = fields.Dict(
        keys=fields.String(),
        values=fields.Boolean(),
        required=True,
        metadata={"description": "For each question of the checklist, by its key, true."},
    )
    seconds_spent = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(0, LONGEST_SECONDS)
    )


class SignoffSchema(Schema):
    """A named person's acceptance of one version in one step."""

    id = fields.String(required=True)
    version_id = fields.String(required=True, attribute="document_id")
    step = fields.Enum(SignoffStep, by_value=True, required=True)
    signer = fields.String(required=True)
    text_sha256 = fields.String(required=True)
    diff_sha256 = fields.String(required=True, allow_none=True)
    answers = fields.Dict(required=True)
    seconds_spent = fields.Integer(required=True, allow_none=True)
    signed_at = fields.DateTime(required=True)
    voided_at = fields.DateTime(required=True, allow_none=True)
    void_reason = fields.String(required=True, allow_none=True)


class QuestionSchema(Schema):
    """One line of a checklist."""

    key = fields.String(required=True)
    text = fields.String(required=True)


class SigningSchema(Schema):
    """What is to be signed, what has to be answered for it, and what was signed."""

    version_id = fields.String(required=True, allow_none=True)
    diff_sha256 = fields.String(required=True, allow_none=True)
    is_signed = fields.Boolean(required=True)
    undecided = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "The keys of findings that wait for a decision."},
    )
    checklists = fields.Dict(
        keys=fields.String(), values=fields.List(fields.Nested(QuestionSchema)), required=True
    )
    signoffs = fields.List(fields.Nested(SignoffSchema), required=True)


class NoteSchema(Schema):
    """What the writer is to do differently."""

    note = fields.String(load_default=None, allow_none=True, validate=_note)


class ExecutionLogListSchema(Schema):
    """What happened to a job, the earliest first."""

    job_id = fields.String(required=True)
    log_entries = fields.List(fields.Nested(JobEventSchema), required=True)
