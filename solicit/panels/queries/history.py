"""What a panelist said of a question, every time they said it: what opens the seals, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from solicit.panels.models import Assignment, VoteVersion
from solicit.panels.queries.rounds import CriterionView
from solicit.panels.states import CONFIDENCE_WORDS, Confidence, VoteKind


@dataclass(frozen=True)
class Said:
    """One state of a review, with what differs from the one before it."""

    cast_at: datetime
    is_abstention: bool
    confidence_word: str
    scores: tuple[tuple[str, int], ...]  # by the names of the criteria
    changes_comment: bool
    changes_wording: bool


def sealed_versions() -> sa.ScalarSelect[list]:
    """Every state of the review of the outer statement's assignment, the first one first."""
    state = sa.func.jsonb_build_object("at", VoteVersion.cast_at, "content", VoteVersion.content)
    versions = sa.select(sa.func.jsonb_agg(aggregate_order_by(state, VoteVersion.seq)))
    own = (VoteVersion.kind == VoteKind.REVIEW, VoteVersion.vote_id == Assignment.id)
    return versions.where(*own).correlate(Assignment).scalar_subquery()


def history_from(versions: Sequence[dict] | None, criteria: Sequence[CriterionView]) -> tuple[Said, ...]:
    """What ``sealed_versions`` gave, the latest first."""
    said, before = [], {}
    for version in versions or ():
        content = version["content"]
        said.append(said_in(datetime.fromisoformat(version["at"]), content, before, criteria))
        before = content
    return tuple(reversed(said))


def said_in(cast_at: datetime, content: dict, before: dict, criteria: Sequence[CriterionView]) -> Said:
    """One sealed state in words, and what differs from the state ``before`` it."""
    comments = ("comment_to_panel", "comment_to_authors")
    scores = content.get("scores", {})
    confidence = content.get("confidence")
    return Said(
        cast_at=cast_at,
        is_abstention="abstained" in content,
        confidence_word=CONFIDENCE_WORDS[Confidence(confidence)] if confidence else "",
        scores=tuple((each.name, scores[each.key]) for each in criteria if each.key in scores),
        changes_comment=any(content.get(name, "") != before.get(name, "") for name in comments),
        changes_wording="wording" in content and before.get("wording", content["wording"]) != content["wording"],
    )
