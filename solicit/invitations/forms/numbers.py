"""Limits of what is typed as a number."""

from wtforms.validators import NumberRange


def between(low: int, high: int, message: str) -> NumberRange:
    return NumberRange(min=low, max=high, message=message)
