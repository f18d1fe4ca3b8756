"""The duplicates desk: the queue of pairs, groups, merges, summaries, and how good the suggestions are."""

from solicit.questions.views.duplicates import calibration, groups, identical, merges, pair, queue, summary

__all__ = ["calibration", "groups", "identical", "merges", "pair", "queue", "summary"]
