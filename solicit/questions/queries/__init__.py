"""What is read about questions: what everybody sees, and what the desk sees."""
