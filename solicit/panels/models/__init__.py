"""Panels, conflicts of interest, rounds, votes with the chain that seals them, and discussions."""

from solicit.panels.models.conflict import ConflictOfInterest, ConflictPolicy
from solicit.panels.models.discussion import DiscussionPost, DiscussionSummary, HealthCase, PanelHealth
from solicit.panels.models.panel import Panel, Panelist, SeatOffer, ThemeExpertise
from solicit.panels.models.round import (
    Assignment,
    AssignmentProposal,
    Criterion,
    ProposedPair,
    Recall,
    Round,
    RoundQuestion,
    RoundReminder,
)
from solicit.panels.models.vote import (
    Ballot,
    BallotPlace,
    ChainAnchor,
    ChainLink,
    Comparison,
    Review,
    Score,
    VoteVersion,
)

__all__ = [
    "Assignment",
    "AssignmentProposal",
    "Ballot",
    "BallotPlace",
    "ChainAnchor",
    "ChainLink",
    "Comparison",
    "ConflictOfInterest",
    "ConflictPolicy",
    "Criterion",
    "DiscussionPost",
    "DiscussionSummary",
    "HealthCase",
    "Panel",
    "PanelHealth",
    "Panelist",
    "ProposedPair",
    "Recall",
    "Review",
    "Round",
    "RoundQuestion",
    "RoundReminder",
    "Score",
    "SeatOffer",
    "ThemeExpertise",
    "VoteVersion",
]
