"""Forms of which a call may leave fields out."""

from collections.abc import Iterable

from wtforms import Field, SelectMultipleField

from solicit.web.forms import BaseForm


class AskedFields(BaseForm):
    """A form whose optional fields a call may not ask for. One that holds something already stays, so that nothing
    which was written before is lost; of the others nothing is taken, whatever was sent."""

    left_out: frozenset[str] = frozenset()

    def leave_out(self, names: Iterable[str]) -> None:
        unasked = [self[name] for name in names if not self[name].object_data]
        for field in unasked:
            field.raw_data = None
            field.process(None, field.object_data)
            if field.data is None and isinstance(field, SelectMultipleField):
                field.data = []
        self.left_out |= {field.name for field in unasked}

    def asks(self, field: Field) -> bool:
        return field.name not in self.left_out

    def validate(self, extra_validators=None) -> bool:
        super().validate(extra_validators)
        for name in self.left_out:
            self[name].errors = []
        return not self.errors
