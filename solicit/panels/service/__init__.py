"""Changes of panels, one module per kind of act."""
