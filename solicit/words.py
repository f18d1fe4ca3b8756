"""Marking visible words for the translation catalogue outside the web layer."""


def N_(message: str) -> str:  # noqa: N802 - the gettext convention
    """Mark ``message`` for extraction; the page translates it when it is shown."""
    return message
