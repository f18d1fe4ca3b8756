"""Pages of who runs rounds: organizers, and chairs for their own panel."""

from solicit.panels.views.rounds import later, moves, proposals, setup, stages

__all__ = ["later", "moves", "proposals", "setup", "stages"]
