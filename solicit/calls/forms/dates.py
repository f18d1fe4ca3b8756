"""The shape of the dates of a call: when it takes submissions, in which time zone, and the stages of its timeline."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError

from solicit.calls.forms.fields import DayLine, local_time, number
from solicit.calls.forms.seen import SeenForm
from solicit.web.forms import CodePoints, Line, Text
from solicit.web.zones import LocalMoment, written_in, zone_names

MOST_STAGES = 10
SPARE_STAGES = 2
STAGE_PARTS = ("title", "text", "starts_on", "ends_on")


class WhenForm(SeenForm):
    """When a call takes submissions, on the clocks of its zone."""

    opens_at = Line(_l("Opens"))
    closes_at = Line(_l("Closes"))
    time_zone = SelectField(_l("Time zone"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone.choices = [(name, name) for name in zone_names()]
        self.opens: LocalMoment | None = None
        self.closes: LocalMoment | None = None

    def validate_opens_at(self, field) -> None:
        self.opens = local_time(field.data, self._zone(), is_late=False)

    def validate_closes_at(self, field) -> None:
        self.closes = local_time(field.data, self._zone(), is_late=True)
        if self.opens and self.closes.moment <= self.opens.moment:
            raise ValidationError(_l("The call must close after it opens"))

    def said_of_doubled(self) -> list[str]:
        """What was understood by times that come twice because clocks are put back."""
        said = []
        if self.opens and self.opens.is_doubled:
            said.append(gettext("The opening time comes twice on that day. The call opens at the first."))
        if self.closes and self.closes.is_doubled:
            said.append(gettext("The closing time comes twice on that day. The call closes at the second."))
        return said

    def _zone(self) -> str:
        known = self.time_zone.data in zone_names()
        return self.time_zone.data if known else "UTC"


class DatesForm(WhenForm):
    """The dates with the stages; a stage without a title is left out."""

    grace_minutes = number(_l("Minutes of grace after the close"), 0, 1440)

    @property
    def stage_rows(self) -> list[list]:
        """The fields of each stage that is used, and of a few more."""
        used = [n for n in STAGES if any(self[f"stage_{n}_{part}"].data for part in STAGE_PARTS)]
        n_shown = min(max(used, default=0) + SPARE_STAGES, MOST_STAGES)
        return [[self[f"stage_{n}_{part}"] for part in STAGE_PARTS] for n in STAGES[:n_shown]]

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        for _title, _text, starts_on, ends_on in self._named():
            for day in (starts_on, ends_on):
                if not day.data:
                    day.errors = [gettext("Enter a day, or remove the title of the stage")]
            if starts_on.day and ends_on.day and ends_on.day < starts_on.day:
                ends_on.errors = [gettext("The stage must not end before it starts")]
            is_valid = is_valid and not (starts_on.errors or ends_on.errors)
        return is_valid

    def part(self) -> dict:
        return {
            "opens_at": self.opens.moment,
            "closes_at": self.closes.moment,
            "grace_minutes": self.grace_minutes.data,
            "time_zone": self.time_zone.data,
            "stages": {n: self._stage(n) for n in STAGES if self[f"stage_{n}_title"].data},
        }

    def _named(self) -> list[list]:
        return [row for row in self.stage_rows if row[0].data]

    def _stage(self, n: int) -> dict:
        title, text, starts_on, ends_on = (self[f"stage_{n}_{part}"] for part in STAGE_PARTS)
        return dict(title=title.data, text=text.data, starts_on=starts_on.day, ends_on=ends_on.day)


STAGES = range(1, MOST_STAGES + 1)


def _stage_fields(n: int) -> dict:
    too_long = _l("This is too long")
    return {
        "title": Line(_l("Stage %(n)s", n=n), validators=[CodePoints(maximum=100, too_short="", too_long=too_long)]),
        "text": Text(_l("What happens"), validators=[CodePoints(maximum=1_000, too_short="", too_long=too_long)]),
        "starts_on": DayLine(_l("First day")),
        "ends_on": DayLine(_l("Last day")),
    }


for _n in STAGES:
    for _part, _field in _stage_fields(_n).items():
        setattr(DatesForm, f"stage_{_n}_{_part}", _field)


def dates_data(kept: dict) -> dict:
    """What is stored of the dates, by the names of their fields."""
    zone = kept["time_zone"]
    times = {name: written_in(zone, kept[name]) for name in ("opens_at", "closes_at")}
    stages = {f"stage_{n}_{part}": str(value) for n, values in kept["stages"].items() for part, value in values.items()}
    return {"time_zone": zone, "grace_minutes": kept["grace_minutes"], **times, **stages}
