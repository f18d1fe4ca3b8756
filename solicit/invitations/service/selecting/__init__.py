"""Selecting invitees: solve, propose, explain, approve, replace."""
