"""Looking after an installation on the command line."""

from solicit.operating.commands import digest, package
from solicit.operating.commands.backup import backup, restore
from solicit.operating.commands.doctor import doctor
from solicit.operating.commands.package import import_commands

__all__ = ["backup", "digest", "doctor", "import_commands", "package", "restore"]
