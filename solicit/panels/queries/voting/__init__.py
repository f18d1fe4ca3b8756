"""Reads of comparisons and ranked ballots."""
