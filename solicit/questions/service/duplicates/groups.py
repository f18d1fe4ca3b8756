"""Groups: which question each one would join if all likely suggestions were right.

After a verdict, a merge or a new question only its own group, those of its near questions and their members are drawn
again. The best division of a whole call may lie elsewhere, because every choice of a centre touches its neighbours;
looking for duplicates draws all groups anew. The laws hold either way: each member is likely the same as its centre,
and nothing that people called different shares a group.
"""

from collections.abc import Iterable

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ml.language.stars import star_groups
from solicit.questions.models import DuplicateGroup, DuplicatePair, Question
from solicit.questions.queries.duplicates.calibration import LIKELY
from solicit.questions.states import STANDING, Verdict

IDS = sa.ARRAY(sa.BigInteger)
# The locks under which the groups of calls change are numbered from here.
GROUPING = 4010 << 32


def regroup_call(session: Session, *, call_id: int) -> None:
    """Draw the groups of a whole call anew."""
    _lock(session, call_id)
    in_pairs = sa.or_(Question.id == DuplicatePair.left_id, Question.id == DuplicatePair.right_id)
    paired = sa.select(DuplicatePair.id).where(DuplicatePair.call_id == call_id, in_pairs).exists()
    ids = session.scalars(sa.select(Question.id).where(Question.call_id == call_id, paired)).all()
    _redraw(session, call_id, _roots(session, ids), DuplicateGroup.call_id == call_id)


def refresh_groups(session: Session, *, call_id: int, question_ids: Iterable[int]) -> None:
    """Draw the groups around some questions anew, after a verdict, a merge, or the arrival of one."""
    _lock(session, call_id)
    touched = set(question_ids) | _roots(session, question_ids)
    around = touched | _roots(session, _near(session, touched))
    members = sa.select(DuplicateGroup.canonical_id).where(DuplicateGroup.question_id == sa.any_(_array(around)))
    members = sa.select(DuplicateGroup.question_id).where(DuplicateGroup.canonical_id.in_(members))
    ids = around | set(session.scalars(members))
    _redraw(session, call_id, ids, DuplicateGroup.question_id == sa.any_(_array(ids)))


def _redraw(session: Session, call_id: int, ids: set[int], old: sa.ColumnElement[bool]) -> None:
    """Write the stars among these questions; ``old`` are the rows that they replace."""
    standing = sa.select(Question.id).where(Question.id == sa.any_(_array(ids)), Question.state.in_(STANDING))
    nodes = session.scalars(standing.order_by(Question.text_digest, Question.id)).all()
    stars = _stars(session, nodes)
    session.execute(sa.delete(DuplicateGroup).where(old).execution_options(synchronize_session=False))
    values = [
        dict(question_id=question_id, canonical_id=canonical_id, call_id=call_id)
        for question_id, canonical_id in sorted(stars.items())
    ]
    if values:
        session.execute(insert(DuplicateGroup), values)


def _stars(session: Session, nodes: list[int]) -> dict[int, int]:
    """The centre of each of these questions that is in a group, in which centres stand for themselves."""
    number = {question_id: at for at, question_id in enumerate(nodes)}
    pairs = _pairs_among(session, nodes)
    likely = [pair for pair in pairs if pair.verdict is None]
    canonical = star_groups(
        left=np.array([number[pair.left_id] for pair in likely], dtype=np.int64),
        right=np.array([number[pair.right_id] for pair in likely], dtype=np.int64),
        probability=np.array([pair.probability for pair in likely], dtype=np.float64),
        n=len(nodes),
        threshold=LIKELY,
        cannot_link=np.array(
            [(number[pair.left_id], number[pair.right_id]) for pair in pairs if pair.verdict is Verdict.DIFFERENT],
            dtype=np.int64,
        ).reshape(-1, 2),
        # What people merged speaks through one question already.
        must_link=np.empty((0, 2), dtype=np.int64),
    ).tolist()
    centres = {centre for at, centre in enumerate(canonical) if at != centre}
    return {nodes[at]: nodes[centre] for at, centre in enumerate(canonical) if centre in centres}


def _pairs_among(session: Session, nodes: list[int]) -> list[sa.Row]:
    """Likely pairs and pairs called different, each between what its two questions speak through; one statement."""
    under = sa.select(Question.id, Question.id.label("root")).where(Question.id == sa.any_(_array(nodes)))
    under = under.cte("under", recursive=True)
    merged = sa.select(Question.id, under.c.root).join(under, Question.merged_into_id == under.c.id)
    under = under.union_all(merged)
    left, right = aliased(under), aliased(under)
    is_likely = sa.and_(DuplicatePair.verdict.is_(None), DuplicatePair.probability >= LIKELY)
    found = (
        sa.select(
            left.c.root.label("left_id"),
            right.c.root.label("right_id"),
            DuplicatePair.probability,
            DuplicatePair.verdict,
        )
        .join(left, left.c.id == DuplicatePair.left_id)
        .join(right, right.c.id == DuplicatePair.right_id)
        .where(sa.or_(is_likely, DuplicatePair.verdict == Verdict.DIFFERENT), left.c.root != right.c.root)
    )
    return list(session.execute(found))


def _near(session: Session, ids: set[int]) -> list[int]:
    """The other sides of likely pairs of these questions and of what was merged into them."""
    under = sa.select(Question.id).where(Question.id == sa.any_(_array(ids))).cte("under", recursive=True)
    under = under.union_all(sa.select(Question.id).join(under, Question.merged_into_id == under.c.id))
    likely = DuplicatePair.verdict.is_(None), DuplicatePair.probability >= LIKELY
    one = sa.select(DuplicatePair.left_id).join(under, under.c.id == DuplicatePair.right_id).where(*likely)
    other = sa.select(DuplicatePair.right_id).join(under, under.c.id == DuplicatePair.left_id).where(*likely)
    return list(session.scalars(sa.union(one, other)))


def _roots(session: Session, ids: Iterable[int]) -> set[int]:
    """The questions through which these speak now."""
    up = sa.select(Question.id, Question.merged_into_id).where(Question.id == sa.any_(_array(ids)))
    up = up.cte("up", recursive=True)
    above = sa.select(Question.id, Question.merged_into_id).join(up, Question.id == up.c.merged_into_id)
    up = up.union(above)
    return set(session.scalars(sa.select(up.c.id).where(up.c.merged_into_id.is_(None))))


def _array(ids: Iterable[int]) -> sa.ColumnElement:
    return sa.cast(sorted(ids), IDS)


def _lock(session: Session, call_id: int) -> None:
    session.flush()
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(GROUPING + call_id)))
