"""Reads of the meeting: who takes part, the programme, and what came of it."""
