"""Pages of who runs rounds: organizers, and chairs for their own panel."""

from solicit.panels.views.rounds import later, merging, moves, proposals, setup, stages

__all__ = ["later", "merging", "moves", "proposals", "setup", "stages"]
