"""Publishing the results of a call for good, checking what was published, and telling those who took part."""
