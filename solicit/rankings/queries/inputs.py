"""Everything that a ranking is computed from, read from the whole series of a round and made anonymous."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.models import PersonKey
from solicit.calls.queries import CallFacts
from solicit.panels.models import Round
from solicit.panels.queries.results import Rating, ratings
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.queries.series import round_questions
from solicit.panels.queries.voting.results import ComparedPair, RankedBallot, ballots_of, comparisons_of
from solicit.people.models import Person
from solicit.people.queries import subregion_of
from solicit.questions.models import Question
from solicit.rankings.states import OTHER_GROUPS, RatingModel

N_DRAWS = 2_000
# Fewer people are no group: what they think would be what somebody thinks.
SMALLEST_GROUP = 3
SMALLEST_BALLOT = 2


@dataclass(frozen=True)
class Votes:
    """What a series yielded on the questions of a run, still with the people who said it."""

    ratings: tuple[Rating, ...]
    comparisons: tuple[ComparedPair, ...]
    ballots: tuple[RankedBallot, ...]

    def people(self) -> frozenset[int]:
        """Everybody whose votes count."""
        rated = {rating.person_id for rating in self.ratings if not rating.is_outside}
        return frozenset(rated | {vote.person_id for vote in (*self.comparisons, *self.ballots)})


def collect(session: Session, *, call: CallFacts, round_: Round, seed: int) -> dict:
    """The inputs of the first ranking of a series, as JSON; panelists are numbers without a meaning."""
    themes = {theme.id: theme.key for theme in call.themes}
    # The round's seed was fixed before anybody scored, so nobody can choose a salt that suits them.
    salt = hashlib.sha256(f"ties {round_.seed}".encode()).hexdigest()
    run = {
        "model": RatingModel.ROBUST.value,
        "criteria": [{"key": c.key, "weight": c.weight} for c in criteria_of(session, round_id=round_.id)],
        "themes": [theme.key for theme in call.themes],
        "questions": [
            {"id": q.id, "digest": q.text_digest.hex(), "theme": themes[q.theme_id]}
            for q in questions_ranked(session, round_=round_)
        ],
        "is_staged": round_.is_staged,
        "n_places": call.n_places,
        "n_draws": N_DRAWS,
        "seed": seed,
        "salt": salt,
    }
    return run | _collect_votes(session, round_id=round_.id, questions=run["questions"])


def questions_ranked(session: Session, *, round_: Round) -> list[Question]:
    """What a round ranks, ordered by wording first, so that ids decide nothing; one statement."""
    wanted = sa.select(Question).where(round_questions(round_)).order_by(Question.text_digest, Question.id)
    return list(session.scalars(wanted))


def _collect_votes(session: Session, *, round_id: int, questions: Iterable[Mapping]) -> dict:
    """The votes of a series on ``questions``, anonymous."""
    index = {question["id"]: n for n, question in enumerate(questions)}
    votes = _votes(session, round_id, index)
    group_of = _groups(session, votes.people())
    number = _numbers(votes, index, group_of)
    groups = sorted(set(group_of.values()))
    in_order = sorted(number, key=number.__getitem__)
    return {
        "ratings": sorted([index[r.question_id], number[r.person_id], list(r.scores)] for r in _rated(votes)),
        "comparisons": sorted(
            [index[c.first_question_id], index[c.second_question_id], number[c.person_id], c.share]
            for c in votes.comparisons
        ),
        "ballots": sorted([number[b.person_id], _places(b, index)] for b in votes.ballots),
        "groups": groups,
        "group_of_panelist": [groups.index(group_of[person]) for person in in_order],
        "panelists": _keys(session, in_order),
        "n_outside": _n_outside(votes, index),
    }


def _votes(session: Session, round_id: int, index: Mapping[int, int]) -> Votes:
    compared = comparisons_of(session, first_id=round_id)
    ordered = (
        RankedBallot(b.person_id, b.theme_id, tuple(place for place in b.places if place[0] in index))
        for b in ballots_of(session, first_id=round_id)
    )
    return Votes(
        tuple(rating for rating in ratings(session, round_id=round_id) if rating.question_id in index),
        tuple(pair for pair in compared if pair.first_question_id in index and pair.second_question_id in index),
        tuple(ballot for ballot in ordered if len(ballot.places) >= SMALLEST_BALLOT),
    )


def _keys(session: Session, people: list[int]) -> list[str]:
    """The random key by which the audit knows each of them: erasing a person makes it mute."""
    wanted = sa.select(PersonKey.person_id, PersonKey.key).where(PersonKey.person_id.in_(people))
    key_of = dict(session.execute(wanted).all())
    return [str(key_of.get(person_id, "")) for person_id in people]


def people_behind(session: Session, *, inputs: dict) -> dict[int, int]:
    """The person behind each panelist's number of a run, where it can still be told; one statement."""
    keys = {UUID(key): number for number, key in enumerate(inputs["panelists"]) if key}
    found = session.execute(sa.select(PersonKey.key, PersonKey.person_id).where(PersonKey.key.in_(keys)))
    return {keys[key]: person_id for key, person_id in found}


def _groups(session: Session, people: frozenset[int]) -> dict[int, str]:
    """The part of the world that each of these people lives in; small groups are others, as is who says nothing."""
    found = session.execute(sa.select(Person.id, Person.country).where(Person.id.in_(people)))
    group_of = {id_: subregion_of(country) if country else OTHER_GROUPS for id_, country in found}
    sizes = Counter(group_of.values())
    named = sorted((n, name) for name, n in sizes.items() if name != OTHER_GROUPS)
    for n, name in named:
        # Others are a group, too: they take in the smallest one until they are enough.
        if n < SMALLEST_GROUP or 0 < sizes[OTHER_GROUPS] < SMALLEST_GROUP:
            sizes[OTHER_GROUPS] += sizes.pop(name)
    return {id_: name if name in sizes else OTHER_GROUPS for id_, name in group_of.items()}


def _numbers(votes: Votes, index: Mapping[int, int], group_of: Mapping[int, str]) -> dict[int, int]:
    """A number for each person, in the order of what they said: it says nothing that their votes do not."""
    said: dict[int, list[list]] = {person: [[], [], []] for person in votes.people()}
    for rating in _rated(votes):
        said[rating.person_id][0].append([index[rating.question_id], *(score or 0 for score in rating.scores)])
    for pair in votes.comparisons:
        said[pair.person_id][1].append([index[pair.first_question_id], index[pair.second_question_id], pair.share])
    for ballot in votes.ballots:
        said[ballot.person_id][2].append(_places(ballot, index))
    keys = {person: [*(sorted(part) for part in parts), group_of[person]] for person, parts in said.items()}
    return {person: n for n, person in enumerate(sorted(keys, key=keys.__getitem__))}


def _rated(votes: Votes) -> list[Rating]:
    return [rating for rating in votes.ratings if not rating.is_outside]


def _places(ballot: RankedBallot, index: Mapping[int, int]) -> list[list[int]]:
    return sorted([place, index[question_id]] for question_id, place in ballot.places)


def _n_outside(votes: Votes, index: Mapping[int, int]) -> list[int]:
    counts = Counter(index[rating.question_id] for rating in votes.ratings if rating.is_outside)
    return [counts[n] for n in range(len(index))]
