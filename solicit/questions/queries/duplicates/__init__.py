"""What the duplicates desk reads: pairs, groups, identical texts, merges, summaries and the curve."""
