"""Performance, side by side with what it is compared with; never part of the test run."""
