"""Fields for what view models hold: marked titles, words, and things that are known by a key."""

from marshmallow import ValidationError, fields

from solicit.web.text import BadText, clean_text


class Marked(fields.String):
    """A text that a page shows in pieces, some of them marked."""

    def _serialize(self, value, attr, obj, **kwargs) -> str:
        return "".join(part.text for part in value)


class Keyed(fields.String):
    """A thing by its key, such as a theme."""

    def __init__(self, key: str = "key", **kwargs) -> None:
        super().__init__(**kwargs)
        self.key = key

    def _serialize(self, value, attr, obj, **kwargs) -> str | None:
        return None if value is None else getattr(value, self.key)


class Text(fields.String):
    """A text as the forms of pages take it in."""

    def _deserialize(self, value, attr, data, **kwargs) -> str:
        try:
            return clean_text(super()._deserialize(value, attr, data, **kwargs))
        except BadText:
            raise ValidationError("Remove the control characters from this text") from None
