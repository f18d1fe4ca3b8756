"""What the screening desk reads: its queue, one question with its history, suspicions and revisions."""
