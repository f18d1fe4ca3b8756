"""What an invited person tells for their journey: legible only between a sealed row and the page of who may read it."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import date

from solicit.invitations.states import VisaNeed
from solicit.words import N_

TRAVEL_WORDS = {
    "passport_name": N_("Name as in the passport"),
    "passport_number": N_("Passport number"),
    "nationality": N_("Nationality"),
    "issued_by": N_("Country or region that issued the passport"),
    "born_on": N_("Date of birth"),
    "expires_on": N_("The passport is valid until"),
    "visa_need": N_("Do you need a visa?"),
    "from_city": N_("City or airport you leave from"),
    "arrives_on": N_("Day you wish to arrive"),
    "leaves_on": N_("Day you wish to leave"),
    "wishes": N_("Wishes for the journey"),
    "emergency": N_("Whom to call in an emergency, with a telephone number"),
    "diet": N_("What you do not eat"),
    "access": N_("What you need to take part, such as a room without steps"),
}


@dataclass(frozen=True, repr=False)
class TravelDetails:
    """Everything of one person; never printed, so that no log can hold it."""

    passport_name: str
    passport_number: str
    nationality: str
    issued_by: str
    born_on: date
    expires_on: date
    visa_need: VisaNeed
    from_city: str
    arrives_on: date
    leaves_on: date
    wishes: str
    emergency: str
    diet: str
    access: str

    def to_plain(self) -> dict[str, str]:
        return {name: _plain(value) for name, value in asdict(self).items()}

    def to_json(self) -> str:
        return json.dumps(self.to_plain(), ensure_ascii=False)

    def to_fields(self) -> dict:
        """The values of a form."""
        return asdict(self) | {"visa_need": self.visa_need.value}

    @classmethod
    def from_json(cls, text: str) -> "TravelDetails":
        plain = json.loads(text)
        return cls(**{field.name: _OF_TYPE.get(field.type, str)(plain[field.name]) for field in fields(cls)})


_OF_TYPE = {date: date.fromisoformat, VisaNeed: VisaNeed}


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, VisaNeed) else str(value)
