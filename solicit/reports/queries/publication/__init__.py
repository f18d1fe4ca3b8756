"""What becomes public when results are published, and what was published."""
