"""The shape of what people wish and say of themselves; nothing has to be said."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField

from solicit.invitations.queries.oneself import OwnWishes
from solicit.invitations.service.wishes import Wishes
from solicit.invitations.states import GENDER_WORDS, WISH_WORDS, Gender, Wish
from solicit.web.forms import BaseForm


class WishesForm(BaseForm):
    """What somebody would do if they were chosen, and what the quotas count."""

    wish = RadioField(
        _l("If you were chosen"),
        choices=[(wish.value, _l(WISH_WORDS[wish])) for wish in Wish] + [("", _l("I do not say"))],
    )
    is_young = BooleanField(_l("I am under 35 years old"))
    gender = SelectField(
        _l("Gender"),
        choices=[("", _l("I do not say")), *((gender.value, _l(GENDER_WORDS[gender])) for gender in Gender)],
    )

    def wishes(self) -> Wishes:
        return Wishes(
            wish=Wish(self.wish.data) if self.wish.data else None,
            is_young=self.is_young.data,
            gender=Gender(self.gender.data) if self.gender.data else None,
        )


def wishes_form(said: OwnWishes) -> WishesForm:
    """A form that starts from what was said before."""
    return WishesForm(
        wish=said.wish.value if said.wish else "",
        is_young=said.is_young,
        gender=said.gender.value if said.gender else "",
    )
