"""What the domain may refuse, independent of any web framework."""

from solicit.words import N_


class DomainError(Exception):
    """A rule of the domain refused a change. ``message`` is an English msgid."""

    message = N_("This is not possible.")

    def __init__(self, message: str | None = None, **params: object) -> None:
        self.message = message or type(self).message
        self.params = params
        super().__init__(self.message % params if params else self.message)


class NotFound(DomainError):
    """The thing does not exist, or not for this person."""

    message = N_("We could not find this.")


class InvalidMove(DomainError):
    """A state cannot follow another one."""

    message = N_("“%(old)s” cannot become “%(new)s”.")


class Conflict(DomainError):
    """Somebody else changed the thing, or it exists already."""

    message = N_("Someone changed this in the meantime.")


class Closed(DomainError):
    """The change is right, but its time has passed or has not come."""

    message = N_("This is closed.")


class Refused(DomainError):
    """The values are well formed, but a rule forbids them."""


def check_move(moves: dict, old, new) -> None:
    """Raise InvalidMove unless ``moves`` allows going from ``old`` to ``new``."""
    if new not in moves[old]:
        raise InvalidMove(old=old.value, new=new.value)
