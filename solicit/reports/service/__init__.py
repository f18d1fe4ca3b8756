"""What spans every feature: giving people their data along and erasing them, and telling organizers what changed."""
