"""What is read about topics: what everybody sees, and what the organizers see."""
