"""The parts of a call that organizers set up, each as its page shows it."""

import enum
import hashlib
import json
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call, Stage
from solicit.calls.states import TEXTS, FormChoices, TextLimits


class Part(enum.Enum):
    """What one page sets up and saves as a whole."""

    TEXTS = "texts"
    DATES = "dates"
    FORM = "form"
    CRITERIA = "criteria"
    SETTINGS = "settings"


COLUMNS = {
    Part.TEXTS: (*TEXTS, "language"),
    Part.DATES: ("opens_at", "closes_at", "grace_minutes", "time_zone"),
    Part.FORM: ("form_choices", "text_limits"),
    Part.CRITERIA: ("criteria",),
    Part.SETTINGS: (
        *("n_places", "host_country", "licence", "contact", "publishes_while_open", "results_for", "keep_drafts_days"),
    ),
}


@dataclass(frozen=True)
class KeptPart:
    """A part of a call as it is stored; ``seen`` tells whether somebody changed it since."""

    values: dict
    seen: str


def kept_part(session: Session, *, call_id: int, part: Part) -> KeptPart:
    """One part of a call; one statement, two for the dates with their stages."""
    wanted = sa.select(Call).where(Call.id == call_id).execution_options(populate_existing=True)
    values = values_of(session, session.scalars(wanted).one(), part)
    return KeptPart(values, digest_of(values))


def values_of(session: Session, call: Call, part: Part) -> dict:
    """What is stored of a part, by the names of its columns; of the dates the stages, too."""
    values = {name: getattr(call, name) for name in COLUMNS[part]}
    if part is Part.DATES:
        values["stages"] = stage_values(session, call_id=call.id)
    if part is Part.FORM:  # what was never chosen means everything
        values["form_choices"] = FormChoices.from_json(call.form_choices).to_json()
        values["text_limits"] = asdict(TextLimits(**call.text_limits))
    return values


def stage_values(session: Session, *, call_id: int) -> dict[int, dict]:
    """The stages of a call by their numbers, which never change; one statement."""
    stages = session.scalars(sa.select(Stage).where(Stage.call_id == call_id).order_by(Stage.position))
    names = ("title", "text", "starts_on", "ends_on")
    return {stage.position: {name: getattr(stage, name) for name in names} for stage in stages}


def digest_of(values: object) -> str:
    """A short name of exactly these values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:24]
