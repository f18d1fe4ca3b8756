"""The manners of the API, without domain words: what it reads, how it answers, pages through lists and refuses."""

from solicit.web.api.answers import check_unchanged
from solicit.web.api.blueprint import ApiBlueprint
from solicit.web.api.fields import Keyed, Marked, Text
from solicit.web.api.paging import PageQuery, asked_window, paged
from solicit.web.api.problems import refuse_fields
from solicit.web.api.schemas import Answer, Sent, page_schema

__all__ = [
    "Answer",
    "ApiBlueprint",
    "Keyed",
    "Marked",
    "PageQuery",
    "Sent",
    "Text",
    "asked_window",
    "check_unchanged",
    "page_schema",
    "paged",
    "refuse_fields",
]
