"""The wordings of a submission, and what changed from one to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from solicit.calls.queries import CallFacts, ThemeView
from solicit.submissions.models import Submission, SubmissionVersion
from solicit.submissions.queries.changes import Piece, word_changes
from solicit.submissions.states import MISSION_TYPE_WORDS, READINESS_WORDS, TIME_FRAME_WORDS, PlanValues, TextValues
from solicit.words import N_

TEXT_LABELS = {
    "title": N_("Title"),
    "goal_overview": N_("Goal overview"),
    "significance": N_("Scientific significance"),
    "approach": N_("How it could be explored"),
    "measurement": N_("Measurement"),
}


@dataclass(frozen=True)
class Fact:
    """What a version says beside its texts. Its values are to be read as their ``form`` says: plain names,
    words of ours that are to be translated, or codes of languages."""

    label: str
    values: tuple[str, ...]
    form: str = "name"


@dataclass(frozen=True)
class VersionView:
    """One wording of a submission, as it was sent."""

    number: int
    saved_at: datetime
    theme: ThemeView | None
    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    measurement: str
    plan_facts: tuple[Fact, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        theme = (self.theme.name,) if self.theme else ()
        return (
            Fact(N_("Theme"), theme),
            Fact(N_("Language of the text"), (self.language,), "language"),
            *self.plan_facts,
        )


@dataclass(frozen=True)
class TextChange:
    """What an edit did to one text."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class FactChange:
    """What an edit did to one thing beside the texts."""

    old: Fact
    new: Fact


@dataclass(frozen=True)
class Edit:
    """The step from one wording to the next."""

    version: VersionView
    changes: tuple[TextChange, ...]
    fact_changes: tuple[FactChange, ...]


def text_of(submission: Submission) -> TextValues:
    """The wording that a submission holds now."""
    plain = ("kind", "theme_id", "language", "title", "goal_overview", "significance", "approach")
    values = {name: getattr(submission, name) for name in plain}
    return TextValues(**values, plan=PlanValues.from_json(submission.plan))


def version_view(version: SubmissionVersion, call: CallFacts, missions: Mapping[str, str]) -> VersionView:
    plan = PlanValues.from_json(version.plan)
    return VersionView(
        number=version.number,
        saved_at=version.saved_at,
        theme=call.theme_by_id(version.theme_id),
        language=version.language,
        title=version.title,
        goal_overview=version.goal_overview,
        significance=version.significance,
        approach=version.approach,
        measurement=plan.measurement if plan else "",
        plan_facts=plan_facts(plan, missions) if plan else (),
    )


def plan_facts(plan: PlanValues, missions: Mapping[str, str]) -> tuple[Fact, ...]:
    """A plan's choices; a mission that is no longer known keeps its key."""
    return (
        Fact(N_("Target body"), _given(plan.target_body)),
        Fact(N_("Mission type"), _given(MISSION_TYPE_WORDS.get(plan.mission_type)), "word"),
        Fact(N_("Technology readiness"), _given(READINESS_WORDS.get(plan.readiness)), "word"),
        Fact(N_("Time frame"), _given(TIME_FRAME_WORDS.get(plan.time_frame)), "word"),
        Fact(N_("Related missions"), tuple(missions.get(key, key) for key in plan.missions)),
        Fact(N_("Questions it answers"), tuple(f"Q-{number}" for number in plan.answers), "number"),
    )


def edit_between(old: VersionView, new: VersionView) -> Edit:
    pairs = zip(old.facts, new.facts, strict=True)
    return Edit(
        version=new,
        changes=text_changes(old, new),
        fact_changes=tuple(FactChange(before, after) for before, after in pairs if before != after),
    )


def text_changes(old: object, new: object) -> tuple[TextChange, ...]:
    """What differs between the texts of two wordings that name them alike; what either has not is left out."""
    shared = [name for name in TEXT_LABELS if hasattr(old, name) and hasattr(new, name)]
    return tuple(
        TextChange(TEXT_LABELS[name], word_changes(getattr(old, name), getattr(new, name)))
        for name in shared
        if getattr(old, name) != getattr(new, name)
    )


def _given(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
