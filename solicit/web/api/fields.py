"""Fields for what view models hold: marked titles, words, and things that are known by a key."""

from marshmallow import fields


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


class Word(fields.String):
    """A word of ours, in English."""

    def _serialize(self, value, attr, obj, **kwargs) -> str | None:
        return None if value is None else str(value)
