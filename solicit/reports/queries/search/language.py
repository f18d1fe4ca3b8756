"""What somebody looks for, read from one line: words, "phrases" and keywords such as theme:life or score>4.

Any text is read: as a query, or with a message for each thing in it that is none. A query printed and read again is
the same query.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from solicit.web.folding import search_words
from solicit.web.text import without_controls
from solicit.words import N_

LONGEST_SEARCH = 500
QUOTES = '"“”„'
# As keyboards of other scripts and word processors write them.
SIGNS = {"：": ":", "＞": ">", "＜": "<", "＝": "=", "＞＝": ">=", "＜＝": "<=", "≥": ">=", "≤": "<="}
VALUE = re.compile(rf"[{QUOTES}][^{QUOTES}]*[{QUOTES}]|[^\s,，{QUOTES}]+")
PLAIN_VALUE = re.compile(rf"[^\s,，{QUOTES}]+")
COMMA = re.compile("[,，]")
NUMBER = re.compile(r"\d{1,6}(\.\d{1,3})?", re.ASCII)
TERM = re.compile(
    rf"""\s*(?:
    (?P<no>-?)(?:
      (?P<keyword>[A-Za-z]+)(?P<sign>[<>＜＞][=＝]?|[:：=＝≥≤])(?P<values>(?:{VALUE.pattern}|[,，])*)
      | [{QUOTES}](?P<phrase>[^{QUOTES}]*)[{QUOTES}]
      | (?P<word>[^\s{QUOTES}]+)
    )
    | (?P<unclosed>-?[{QUOTES}].*)
    )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Words:
    """A word that somebody looks for, or several in their order."""

    text: str
    is_phrase: bool = False
    is_not: bool = False

    def __str__(self) -> str:
        return ("-" if self.is_not else "") + (f'"{self.text}"' if self.is_phrase else self.text)


@dataclass(frozen=True)
class Named:
    """A keyword with its sign, ":" or one that compares, and the values of which one must fit."""

    keyword: str
    sign: str
    values: tuple[str, ...]
    is_not: bool = False

    def __str__(self) -> str:
        values = ",".join(value if PLAIN_VALUE.fullmatch(value) else f'"{value}"' for value in self.values)
        return f"{'-' if self.is_not else ''}{self.keyword}{self.sign}{values}"


@dataclass(frozen=True)
class Query:
    """What must all be true of what is found."""

    terms: tuple[Words | Named, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))

    def having(self, term: Named) -> "Query":
        """The query with a term in the place of those that ask for the same keyword."""
        kept = (each for each in self.terms if not (isinstance(each, Named) and _alike(each, term)))
        return Query((*kept, term))

    def without(self, term: Named) -> "Query":
        return Query(tuple(each for each in self.terms if each != term))

    @property
    def words(self) -> tuple[Words, ...]:
        return tuple(term for term in self.terms if isinstance(term, Words))

    @property
    def named(self) -> tuple[Named, ...]:
        return tuple(term for term in self.terms if isinstance(term, Named))


def _alike(one: Named, other: Named) -> bool:
    return (one.keyword, one.is_not) == (other.keyword, other.is_not)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a search and what to write instead: a sentence to translate, and what stands in it."""

    text: str
    params: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A query, or why the text is none; ``text`` is what was written."""

    text: str
    query: Query = Query()
    problems: tuple[Problem, ...] = ()


class NotAQuery(ValueError):
    def __init__(self, text: str, **params: object) -> None:
        super().__init__(text)
        self.problem = Problem(text, params)


def read(text: str, keywords: Mapping[str, bool]) -> Reading:
    """What a text looks for; ``keywords`` says of each that exists for the reader whether it compares numbers."""
    text = without_controls(text)
    if len(text) > LONGEST_SEARCH:
        return Reading(text, problems=(_too_long(text),))
    terms, problems = [], []
    for found in TERM.finditer(text.rstrip()):
        try:
            term = _term(found, keywords)
        except NotAQuery as error:
            problems.append(error.problem)
        else:
            terms += [term] if term else []
    query = Query(tuple(terms))
    if len(str(query)) > LONGEST_SEARCH:  # a sign of one character may be printed as two
        problems.append(_too_long(str(query)))
    return Reading(text, Query() if problems else query, tuple(problems))


def _too_long(text: str) -> Problem:
    too_long = N_("A search has at most %(most)s characters; this one has %(n)s. Leave something out.")
    return Problem(too_long, {"most": LONGEST_SEARCH, "n": len(text)})


def _term(found: re.Match, keywords: Mapping[str, bool]) -> Words | Named | None:
    """None for what holds neither a letter nor a digit."""
    if found["unclosed"] is not None:
        raise NotAQuery(N_("A quotation mark has no second one: %(written)s"), written=found["unclosed"])
    is_not, keyword = found["no"] == "-", (found["keyword"] or "").lower()
    if keyword in keywords or found["values"]:
        return _named(found, keyword, keywords, is_not)
    phrase = found["phrase"]
    written = found[0].strip().removeprefix(found["no"]) if phrase is None else " ".join(phrase.split())
    return Words(written, phrase is not None, is_not) if search_words(written) else None


def _named(found: re.Match, keyword: str, keywords: Mapping[str, bool], is_not: bool) -> Named:
    written = found[0].strip().removeprefix("-")
    if keyword not in keywords:
        raise NotAQuery(
            N_("“%(keyword)s” is no keyword of this search. To look for the words, write them in quotes: %(quoted)s"),
            keyword=found["keyword"],
            quoted=f'"{re.sub(f"[{QUOTES}]", "", written)}"',
        )
    sign, values = SIGNS.get(found["sign"], found["sign"]), _values(found["values"])
    if keywords[keyword]:
        return _comparison(keyword, sign, values, written, is_not)
    if sign not in (":", "="):
        right = f"{keyword}:{found['values']}"
        raise NotAQuery(
            N_("%(keyword)s compares no numbers: write %(right)s, not %(written)s"),
            keyword=f"{keyword}:",
            right=right,
            written=written,
        )
    if not any(values):
        raise NotAQuery(N_("%(keyword)s needs a value; you wrote %(written)s"), keyword=f"{keyword}:", written=written)
    if not all(values):
        raise NotAQuery(
            N_("A value is missing beside a comma in %(written)s. Write several without blanks: theme:life,space"),
            written=written,
        )
    return Named(keyword, ":", tuple(dict.fromkeys(values)), is_not)


def _comparison(keyword: str, sign: str, values: list[str], written: str, is_not: bool) -> Named:
    sign = "=" if sign == ":" else sign
    number = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in values[0])
    if len(values) > 1 or not NUMBER.fullmatch(number):
        needs = N_("%(keyword)s needs a number such as 3 or 4.5; you wrote %(written)s")
        raise NotAQuery(needs, keyword=f"{keyword}{sign}", written=written)
    return Named(keyword, sign, (number,), is_not)


def _values(text: str) -> list[str]:
    """The values between the commas, "" where there is none."""
    values = [""]
    for piece in re.findall(rf"{VALUE.pattern}|[,，]", text):
        if COMMA.fullmatch(piece):
            values.append("")
        else:
            values[-1] = " ".join(f"{values[-1]} {piece.strip(QUOTES)}".split())
    return values
