"""Forms of panels, for the desk and for panelists."""
