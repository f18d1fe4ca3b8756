"""What spans every feature: erasing a person, and forgetting what was kept long enough."""
