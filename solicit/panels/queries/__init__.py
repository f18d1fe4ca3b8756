"""Reads of panels, one module per page."""
