"""How well a part of an installation is."""

import enum
from dataclasses import dataclass


class Health(enum.Enum):
    WELL = "well"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """What was found of one part, and what to do about it; there is nothing to do where all is well."""

    part: str
    health: Health
    found: str
    remedy: str = ""
