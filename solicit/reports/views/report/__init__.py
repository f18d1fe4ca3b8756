"""The report of ranked themes as a page and as files."""
