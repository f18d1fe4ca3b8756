"""Votes beside reviews: comparisons of two questions, and ranked ballots."""
