"""What spans every feature: erasing a person, and telling organizers what changed."""
