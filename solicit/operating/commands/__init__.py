"""Looking after an installation on the command line."""

from solicit.operating.commands.doctor import doctor

__all__ = ["doctor"]
