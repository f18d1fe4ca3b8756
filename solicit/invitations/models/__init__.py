"""Candidates and what they cost, limits, selections, invitations, travel details, and the meeting."""

from solicit.invitations.models.candidate import CandidateDouble, CandidateWish, Nomination, StatementScore
from solicit.invitations.models.cost import CostSettings, Spending, SubregionBand, TravelBand
from solicit.invitations.models.invitation import Invitation, InvitationReminder, LetterBatch
from solicit.invitations.models.limits import LimitQuota, LimitRun, LimitSet
from solicit.invitations.models.meeting import Contribution, Meeting, ProgrammeSession, ProgrammeSlot, QuestionOutcome
from solicit.invitations.models.selection import Selection, SelectionCandidate
from solicit.invitations.models.travel import TravelDocument, TravelReading

__all__ = [
    "CandidateDouble",
    "CandidateWish",
    "Contribution",
    "CostSettings",
    "Invitation",
    "InvitationReminder",
    "LetterBatch",
    "LimitQuota",
    "LimitRun",
    "LimitSet",
    "Meeting",
    "Nomination",
    "ProgrammeSession",
    "ProgrammeSlot",
    "QuestionOutcome",
    "Selection",
    "SelectionCandidate",
    "Spending",
    "StatementScore",
    "SubregionBand",
    "TravelBand",
    "TravelDocument",
    "TravelReading",
]
