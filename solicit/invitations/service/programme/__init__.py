"""Changes of the meeting's programme and of what came of it."""
