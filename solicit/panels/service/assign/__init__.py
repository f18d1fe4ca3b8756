"""Assigning the questions of a round to panelists: proposed, read by a person, deployed."""

from solicit.panels.service.assign.deploy import Deployed, deploy_proposal, discard_proposal
from solicit.panels.service.assign.propose import propose_assignment
from solicit.panels.service.assign.recall import recall_question
from solicit.panels.service.assign.stages import next_batch, open_staged_rounds

__all__ = [
    "Deployed",
    "deploy_proposal",
    "discard_proposal",
    "next_batch",
    "open_staged_rounds",
    "propose_assignment",
    "recall_question",
]
