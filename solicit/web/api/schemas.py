"""The shape of what comes in and goes out."""

from marshmallow import RAISE, Schema, fields


class Sent(Schema):
    """What a request sends: a name that is not known is an error, so that a slip of the pen is no silence."""

    class Meta:
        unknown = RAISE
        ordered = True


class Answer(Schema):
    """What an answer shows of a frozen view model: the fields named here and no others."""

    class Meta:
        ordered = True


def page_schema(name: str, rows: type[Schema], *, counts: bool = False) -> type[Schema]:
    """A page of a list: its rows under their name, and the address of the next page."""
    shown = {
        name: fields.List(fields.Nested(rows), required=True),
        "next": fields.Url(
            required=True,
            allow_none=True,
            require_tld=False,
            metadata={"description": "The address of the next page; null on the last one. Also in the header Link."},
        ),
    }
    if counts:
        shown["total"] = fields.Integer(required=True, metadata={"description": "How many rows there are in all."})
    return Answer.from_dict(shown, name=f"{rows.__name__.removesuffix('Schema')}PageSchema")
