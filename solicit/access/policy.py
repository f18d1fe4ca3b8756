"""Who may open which door: one page that an auditor can read.

A permission is granted when every rule of at least one row holds, unless a denial speaks: denials
are evaluated last and win over any grant. What may happen *now* is decided in services.
"""

import enum
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from solicit.words import N_

log = logging.getLogger(__name__)


class Role(enum.Enum):
    PANELIST = "panelist"
    CHAIR = "chair"
    ORGANIZER = "organizer"
    ADMINISTRATOR = "administrator"


ROLE_WORDS = {
    Role.PANELIST: N_("panelist"),
    Role.CHAIR: N_("panel chair"),
    Role.ORGANIZER: N_("organizer of this call"),
    Role.ADMINISTRATOR: N_("administrator"),
}


@dataclass(frozen=True)
class Grant:
    """One role that a person holds, in a call or on a panel of it."""

    role: Role
    call_id: int | None = None
    panel_id: int | None = None


@dataclass(frozen=True)
class Identity:
    """Who asks: everything the policy may know of a signed-in person."""

    person_id: int
    name: str
    locale: str
    scheme: str | None
    grants: frozenset[Grant] = frozenset()
    uses_keys: bool = True

    def holds(self, role: Role, *, call_id: int | None = None, panel_id: int | None = None) -> bool:
        wanted = (
            (grant.role, grant.call_id if call_id else None, grant.panel_id if panel_id else None)
            for grant in self.grants
        )
        return (role, call_id, panel_id) in wanted


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Facts about the thing behind a door; each feature's queries build them."""

    call_id: int | None = None
    panel_id: int | None = None
    owner_ids: frozenset[int] = field(default=frozenset())
    co_author_ids: frozenset[int] = field(default=frozenset())
    assignee_ids: frozenset[int] = field(default=frozenset())
    conflicted_ids: frozenset[int] = field(default=frozenset())


class Permission(enum.Enum):
    """Every door of the house that is not public."""

    MANAGE_OWN_ACCOUNT = "manage own account"
    SEE_OWN_SUBMISSIONS = "see own submissions"
    SEE_SUBMISSION = "see a submission one wrote"
    SEND_SUBMISSION = "submit with an account"
    CHANGE_SUBMISSION = "change or withdraw a submission"
    LEAVE_SUBMISSION = "step back as a co-author"
    ANSWER_REQUEST = "answer a request to be a co-author"
    SUPPORT_QUESTION = "support a question"
    SEE_REVIEW_QUEUE = "see the own review queue"
    REVIEW = "review an assigned question"
    SEE_DISCUSSIONS = "see the list of discussions"
    DISCUSS = "read the discussion of a question"
    TAKE_PART = "write in the discussion of a question"
    CHAIR_PANEL = "see a panel's progress"
    SEE_DASHBOARD = "see the organizer's dashboard"
    SCREEN_QUESTIONS = "screen questions"
    SCREEN_QUESTION = "decide on one question"
    UNDO_DECISION = "undo what one decided at the desk"
    JUDGE_DUPLICATES = "judge duplicate suggestions"
    JUDGE_PAIR = "judge or merge two questions"
    ARRANGE_CALL = "arrange the lists of a call"
    SET_UP_CALL = "set up a call and move it along"
    WORD_LETTERS = "word the letters of a call"
    SEARCH = "search a call"
    CHANGE_SEARCH = "rename or drop a search one keeps"
    WRITE_TO_AUTHORS = "write to the authors of questions"
    IMPORT_SUBMISSIONS = "import questions from a file"
    ARRANGE_TOPICS = "arrange topics"
    RUN_PANELS = "set up panels and rounds"
    RUN_ROUND = "run a round"
    AGREE_TO_MERGING = "let questions of an open round be merged"
    DECIDE_CONFLICT = "decide on a suspected conflict"
    SEE_RANKING = "see a frozen ranking"
    ANNOTATE_RANKING = "write a remark beside a frozen ranking"
    FREEZE_RANKING = "freeze a ranking"
    SEE_HEALTH = "see the health of a panel"
    DECIDE_HEALTH_CASE = "decide on a panelist whose ratings stand out"
    SELECT_INVITEES = "select invitees"
    OFFER_ONESELF = "say whether one would come to the meeting"
    PROPOSE_CANDIDATE = "propose somebody to be invited"
    SEE_INVITATION = "see one's own invitation"
    RUN_MEETING = "arrange the meeting"
    RECORD_OUTCOME = "arrange and record what the meeting says to a question"
    SEE_TRAVEL = "open travel details"
    LINK_MISSION = "say which mission could answer a question"
    PUBLISH_RESULTS = "publish the results of a call"
    ASK_SECOND_LOOK = "ask for a second look at a decision"
    ANSWER_SECOND_LOOK = "answer a request for a second look"
    EXPORT = "export"
    EXPORT_PACKAGE = "export the complete package of a call"
    SEE_JOBS = "see the long jobs of a call"
    SEE_JOB = "see a long job"
    SEE_MAIL = "see what became of a call's letters"


Rule = Callable[[Identity, Subject], bool]


def anyone_signed_in(who: Identity, subject: Subject) -> bool:
    return True


def owns_it(who: Identity, subject: Subject) -> bool:
    return who.person_id in subject.owner_ids


def agreed_to_be_author(who: Identity, subject: Subject) -> bool:
    return who.person_id in subject.co_author_ids


def is_organizer(who: Identity, subject: Subject) -> bool:
    return subject.call_id is not None and who.holds(Role.ORGANIZER, call_id=subject.call_id)


def sits_on_a_panel(who: Identity, subject: Subject) -> bool:
    return any(grant.role in (Role.PANELIST, Role.CHAIR) and grant.call_id == subject.call_id for grant in who.grants)


def chairs_the_panel(who: Identity, subject: Subject) -> bool:
    return subject.panel_id is not None and who.holds(Role.CHAIR, panel_id=subject.panel_id, call_id=subject.call_id)


def chairs_a_panel(who: Identity, subject: Subject) -> bool:
    return any(grant.role is Role.CHAIR and grant.call_id == subject.call_id for grant in who.grants)


def runs_it_alone(who: Identity, subject: Subject) -> bool:
    """A panel's chair, or an organizer where there is no panel."""
    return is_organizer(who, subject) if subject.panel_id is None else chairs_the_panel(who, subject)


def is_assigned(who: Identity, subject: Subject) -> bool:
    return who.person_id in subject.assignee_ids


POLICY: dict[Permission, tuple[tuple[Rule, ...], ...]] = {
    Permission.MANAGE_OWN_ACCOUNT: ((anyone_signed_in,),),
    Permission.SEE_OWN_SUBMISSIONS: ((anyone_signed_in,),),
    Permission.SEE_SUBMISSION: ((owns_it,), (agreed_to_be_author,)),
    Permission.SEND_SUBMISSION: ((anyone_signed_in,),),
    Permission.CHANGE_SUBMISSION: ((owns_it,),),
    Permission.LEAVE_SUBMISSION: ((agreed_to_be_author,),),
    Permission.ANSWER_REQUEST: ((owns_it,),),
    Permission.SUPPORT_QUESTION: ((anyone_signed_in,),),
    Permission.SEE_REVIEW_QUEUE: ((sits_on_a_panel,),),
    Permission.REVIEW: ((sits_on_a_panel, is_assigned),),
    Permission.SEE_DISCUSSIONS: ((is_organizer,), (sits_on_a_panel,)),
    Permission.TAKE_PART: ((sits_on_a_panel, is_assigned),),
    Permission.DISCUSS: ((is_organizer,), (sits_on_a_panel, is_assigned)),
    Permission.CHAIR_PANEL: ((chairs_the_panel,), (is_organizer,)),
    Permission.SEE_DASHBOARD: ((is_organizer,),),
    Permission.SCREEN_QUESTIONS: ((is_organizer,),),
    Permission.SCREEN_QUESTION: ((is_organizer,),),
    Permission.UNDO_DECISION: ((is_organizer, owns_it),),
    Permission.JUDGE_DUPLICATES: ((is_organizer,),),
    Permission.JUDGE_PAIR: ((is_organizer,),),
    Permission.ARRANGE_CALL: ((is_organizer,),),
    Permission.SET_UP_CALL: ((is_organizer,),),
    Permission.WORD_LETTERS: ((is_organizer,),),
    Permission.SEARCH: ((is_organizer,), (sits_on_a_panel,)),
    Permission.CHANGE_SEARCH: ((owns_it,),),
    Permission.WRITE_TO_AUTHORS: ((is_organizer,),),
    Permission.IMPORT_SUBMISSIONS: ((is_organizer,),),
    Permission.ARRANGE_TOPICS: ((is_organizer,),),
    Permission.RUN_PANELS: ((is_organizer,),),
    Permission.RUN_ROUND: ((is_organizer,), (chairs_the_panel,)),
    Permission.AGREE_TO_MERGING: ((runs_it_alone,),),
    Permission.SEE_RANKING: ((is_organizer,), (chairs_a_panel,)),
    Permission.ANNOTATE_RANKING: ((is_organizer,), (chairs_a_panel,)),
    Permission.FREEZE_RANKING: ((is_organizer,), (chairs_the_panel,)),
    Permission.SEE_HEALTH: ((is_organizer,), (chairs_the_panel,)),
    Permission.DECIDE_HEALTH_CASE: ((is_organizer,), (chairs_the_panel,)),
    Permission.DECIDE_CONFLICT: ((is_organizer,),),
    Permission.SELECT_INVITEES: ((is_organizer,),),
    Permission.OFFER_ONESELF: ((anyone_signed_in,),),
    Permission.PROPOSE_CANDIDATE: ((is_organizer,), (sits_on_a_panel,)),
    Permission.SEE_INVITATION: ((owns_it,),),
    Permission.RUN_MEETING: ((is_organizer,),),
    Permission.RECORD_OUTCOME: ((is_organizer,),),
    Permission.SEE_TRAVEL: ((is_organizer,),),
    Permission.LINK_MISSION: ((is_organizer,),),
    Permission.PUBLISH_RESULTS: ((is_organizer,),),
    Permission.ASK_SECOND_LOOK: ((owns_it,),),
    Permission.ANSWER_SECOND_LOOK: ((is_organizer,),),
    Permission.EXPORT: ((is_organizer,),),
    Permission.EXPORT_PACKAGE: ((is_organizer,),),
    Permission.SEE_JOBS: ((is_organizer,),),
    Permission.SEE_JOB: ((is_organizer,), (chairs_a_panel, owns_it)),
    Permission.SEE_MAIL: ((is_organizer,),),
}


def has_a_conflict(who: Identity, subject: Subject) -> bool:
    return who.person_id in subject.conflicted_ids


def wrote_it(who: Identity, subject: Subject) -> bool:
    return who.person_id in subject.owner_ids


DENIALS: dict[Permission, tuple[Rule, ...]] = {
    Permission.REVIEW: (has_a_conflict, wrote_it),
    Permission.DISCUSS: (has_a_conflict, wrote_it),
    Permission.TAKE_PART: (has_a_conflict, wrote_it),
    Permission.SCREEN_QUESTION: (has_a_conflict, wrote_it),
    Permission.JUDGE_PAIR: (has_a_conflict, wrote_it),
    Permission.DECIDE_CONFLICT: (has_a_conflict, wrote_it),
    Permission.SUPPORT_QUESTION: (wrote_it,),
    Permission.DECIDE_HEALTH_CASE: (has_a_conflict,),
    Permission.RECORD_OUTCOME: (has_a_conflict,),
    Permission.LINK_MISSION: (has_a_conflict, wrote_it),
    Permission.ANSWER_SECOND_LOOK: (has_a_conflict, wrote_it),
    # It holds everything of the call: nobody takes it away who must not see a part of it.
    Permission.EXPORT_PACKAGE: (has_a_conflict, wrote_it),
}

# Doors that everybody knows exist answer 403 and name the role; any other door hides what is behind it.
KNOWN_DOORS: dict[Permission, Role] = {
    Permission.SEE_REVIEW_QUEUE: Role.PANELIST,
    Permission.SEE_DISCUSSIONS: Role.PANELIST,
    Permission.CHAIR_PANEL: Role.CHAIR,
    Permission.SEE_DASHBOARD: Role.ORGANIZER,
    Permission.SCREEN_QUESTIONS: Role.ORGANIZER,
    Permission.JUDGE_DUPLICATES: Role.ORGANIZER,
    Permission.ARRANGE_CALL: Role.ORGANIZER,
    Permission.SET_UP_CALL: Role.ORGANIZER,
    Permission.WORD_LETTERS: Role.ORGANIZER,
    Permission.SEARCH: Role.PANELIST,
    Permission.WRITE_TO_AUTHORS: Role.ORGANIZER,
    Permission.IMPORT_SUBMISSIONS: Role.ORGANIZER,
    Permission.ARRANGE_TOPICS: Role.ORGANIZER,
    Permission.RUN_PANELS: Role.ORGANIZER,
    Permission.RUN_ROUND: Role.CHAIR,
    Permission.AGREE_TO_MERGING: Role.CHAIR,
    Permission.SEE_RANKING: Role.CHAIR,
    Permission.ANNOTATE_RANKING: Role.CHAIR,
    Permission.FREEZE_RANKING: Role.CHAIR,
    Permission.SEE_HEALTH: Role.CHAIR,
    Permission.SELECT_INVITEES: Role.ORGANIZER,
    Permission.PROPOSE_CANDIDATE: Role.PANELIST,
    Permission.RUN_MEETING: Role.ORGANIZER,
    Permission.SEE_TRAVEL: Role.ORGANIZER,
    Permission.PUBLISH_RESULTS: Role.ORGANIZER,
    Permission.EXPORT: Role.ORGANIZER,
    Permission.EXPORT_PACKAGE: Role.ORGANIZER,
    Permission.SEE_JOBS: Role.ORGANIZER,
    Permission.SEE_MAIL: Role.ORGANIZER,
}


def permits(who: Identity | None, permission: Permission, subject: Subject) -> bool:
    """Whether ``who`` may ever open this door; a rule that breaks opens nothing."""
    if who is None:
        return False
    try:
        granted = any(all(rule(who, subject) for rule in row) for row in POLICY[permission])
        return granted and not any(denial(who, subject) for denial in DENIALS.get(permission, ()))
    except Exception:
        log.exception("A rule of %s broke; the door stays shut", permission)
        return False
