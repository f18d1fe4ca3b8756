"""What is read about questions; what only a desk of the organizers reads has a package of its own."""
