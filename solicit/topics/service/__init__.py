"""What changes topics: grouping, and the names that people give."""
