"""Assigning the questions of a round to panelists: proposed, read by a person, deployed."""

from solicit.panels.service.assign.deploy import Deployed, deploy_proposal, discard_proposal
from solicit.panels.service.assign.propose import propose_assignment

__all__ = ["Deployed", "deploy_proposal", "discard_proposal", "propose_assignment"]
