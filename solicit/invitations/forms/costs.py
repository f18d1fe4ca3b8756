"""The shape of what people cost."""

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Regexp

from solicit.invitations.forms.numbers import between
from solicit.invitations.queries.costs import BANDS, N_BANDS, CostRates
from solicit.invitations.service.limits import MOST_MONEY_CENTS
from solicit.web.forms import BaseForm, Line, WholeNumber

MOST_UNITS = MOST_MONEY_CENTS // 100


class CostsForm(BaseForm):
    """Every rate of a call; made by ``costs_form``."""

    names: tuple[str, ...] = ()
    currency = Line(
        _l("Currency"),
        validators=[Regexp("^[A-Z]{3}$", message=_l("Enter the three letters of a currency, such as USD"))],
    )
    per_diem = WholeNumber(
        _l("Cost of one night"), validators=[between(0, 100_000, _l("Enter the cost of one night as a whole number"))]
    )
    nights = WholeNumber(_l("Nights"), validators=[between(1, 60, _l("Enter the number of nights, at least 1"))])
    visa = WholeNumber(_l("Visa"), validators=[between(0, 100_000, _l("Enter a price as a whole number"))])
    insurance = WholeNumber(_l("Insurance"), validators=[between(0, 100_000, _l("Enter a price as a whole number"))])
    online = WholeNumber(
        _l("Taking part online"), validators=[between(0, 100_000, _l("Enter a price as a whole number"))]
    )

    @property
    def bands(self) -> tuple[WholeNumber, ...]:
        return tuple(self[f"band_{band}"] for band in range(1, N_BANDS + 1))

    @property
    def rows(self) -> tuple[tuple[str, SelectField], ...]:
        return tuple((name, self[f"region_{n}"]) for n, name in enumerate(self.names))

    def settings(self) -> dict:
        cents = {f"{name}_cents": self[name].data * 100 for name in ("per_diem", "visa", "insurance", "online")}
        return cents | {"currency": self.currency.data, "nights": self.nights.data}

    def band_prices(self) -> tuple[int, ...]:
        return tuple(field.data * 100 for field in self.bands)

    def band_of(self) -> dict[str, int]:
        return {name: int(field.data) for name, field in self.rows}


def band_words(band: int) -> str:
    """A band with the distance that it stands for."""
    if band == N_BANDS:
        return _("Band %(n)s: farther", n=format_decimal(band))
    return _("Band %(n)s: up to %(km)s km", n=format_decimal(band), km=format_decimal(BANDS[band - 1][0]))


def costs_form(rates: CostRates) -> CostsForm:
    """A form that starts from the rates of a call."""
    message = _l("Enter a price as a whole number")
    fields: dict = {
        f"band_{band}": WholeNumber(band_words(band), validators=[between(0, 1_000_000, message)], default=cents // 100)
        for band, cents in enumerate(rates.bands, 1)
    }
    choices = [(str(band), band_words(band)) for band in range(1, N_BANDS + 1)]
    fields |= {
        f"region_{n}": SelectField(_l(name), choices=choices, default=str(band))
        for n, (name, band) in enumerate(rates.band_of.items())
    }
    values = {name: getattr(rates, f"{name}_cents") // 100 for name in ("per_diem", "visa", "insurance", "online")}
    values |= {"currency": rates.currency, "nights": rates.nights}
    return type("FilledCostsForm", (CostsForm,), {"names": tuple(rates.band_of), **fields})(data=values)
