"""The shape of submissions, as they come in and go out."""

from marshmallow import fields, validate

from solicit.calls.states import Kind
from solicit.people.states import Career
from solicit.submissions.states import LANGUAGES, READINESS_WORDS, MissionType, SubmissionState, TimeFrame
from solicit.web.api import Answer, Keyed, Sent, Text

LONGEST_KEY = 200
MISSION_TYPE = validate.OneOf([each.value for each in MissionType])
TIME_FRAME = validate.OneOf([each.value for each in TimeFrame])
LABEL = "^[QP]-[1-9][0-9]{0,17}$"


class NewPlanSchema(Sent):
    """What an exploration plan says beyond its texts."""

    target_body = Text()
    mission_type = fields.String(validate=MISSION_TYPE)
    measurement = Text()
    readiness = fields.Integer(allow_none=True, strict=True, validate=validate.OneOf(list(READINESS_WORDS)))
    time_frame = fields.String(validate=TIME_FRAME)
    missions = fields.List(fields.String(), metadata={"description": "Keys of missions of the call."})
    answers = fields.List(
        fields.String(validate=validate.Regexp(LABEL)), metadata={"description": "Numbers of questions it answers."}
    )


class NewTextSchema(Sent):
    """The text of a submission; the lengths are limits of the call."""

    theme = fields.String(metadata={"description": "The key of a theme of the call."})
    language = fields.String(validate=validate.OneOf(LANGUAGES), metadata={"description": "ISO 639-1."})
    title = Text()
    goal_overview = Text()
    significance = Text()
    approach = Text(metadata={"description": "How it could be explored; a plan needs it."})
    plan = fields.Nested(NewPlanSchema, metadata={"description": "For plans only."})


class NewAuthorSchema(Sent):
    """What the submitter says of themselves; what is left out is taken from their account."""

    full_name = Text()
    affiliation = Text()
    ror = Text()
    country = fields.String(metadata={"description": "ISO 3166-1, two letters."})
    career = fields.String(validate=validate.OneOf([each.value for each in Career]))
    orcid = Text()
    is_willing = fields.Boolean(load_default=False, metadata={"description": "Would come to discuss it."})
    may_be_named = fields.Boolean(load_default=False, metadata={"description": "The name may be published."})
    is_sixteen = fields.Boolean(
        required=True,
        validate=validate.Equal(True, error="Who is younger submits on the page, where a guardian is asked."),
        metadata={"description": "16 or older."},
    )


class NewSubmissionSchema(NewTextSchema):
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    author = fields.Nested(NewAuthorSchema, required=True)
    has_consented = fields.Boolean(
        required=True,
        validate=validate.Equal(True, error="Without your agreement we may not keep your text."),
        metadata={"description": "Agrees to “consent” of the call."},
    )


class IdempotencySchema(Sent):
    key = fields.String(
        required=True,
        data_key="Idempotency-Key",
        validate=validate.Length(1, LONGEST_KEY),
        metadata={"description": "Any text of your own, new for each submission: sent again with it, it is one."},
    )


class SubmittedPlanSchema(Answer):
    target_body = fields.String(required=True)
    mission_type = fields.String(required=True, allow_none=True, validate=MISSION_TYPE)
    measurement = fields.String(required=True)
    readiness = fields.Integer(required=True, allow_none=True)
    time_frame = fields.String(required=True, allow_none=True, validate=TIME_FRAME)
    missions = fields.List(fields.String(), required=True)
    answers = fields.List(fields.String(), required=True)


class StandingSchema(Answer):
    """What became of the question that a submission speaks through."""

    label = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, attribute="state_word")
    letter = fields.String(required=True, metadata={"description": "Why it is outside the call, if it is."})


class SubmissionRowSchema(Answer):
    reference = fields.String(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    state = fields.Enum(SubmissionState, by_value=True, required=True)
    theme = Keyed(required=True, allow_none=True)
    language = fields.String(required=True)
    title = fields.String(required=True)
    sent_at = fields.AwareDateTime(required=True)


class SubmissionListSchema(Answer):
    submissions = fields.List(fields.Nested(SubmissionRowSchema), required=True)


class SubmissionSchema(SubmissionRowSchema):
    version = fields.Integer(required=True)
    updated_at = fields.AwareDateTime(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    goal_overview = fields.String(required=True)
    significance = fields.String(required=True)
    approach = fields.String(required=True)
    plan = fields.Nested(SubmittedPlanSchema, required=True, allow_none=True)
    licence = fields.String(required=True)
    question = fields.Nested(StandingSchema, required=True, allow_none=True)
