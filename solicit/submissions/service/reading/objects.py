"""JSON: a list of objects, one per question, an object that holds that list, or JSON Lines."""

import json
import re

from solicit.submissions.service.reading.table import FileRow, Table, UnreadableFile, make_table
from solicit.words import N_

DEEPEST = 8
# Where an object holds the list: as questions, or as rows, which our own exports do.
LISTS = ("questions", "rows")
# The names in the first line of our own JSON Lines.
ABOUT = {"format", "columns"}
# A string, closed or not: it always matches, so that no text is read twice.
STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
BRACKET = re.compile(r"[\[\]{}]")
BETWEEN = "; "


def read_objects(text: str) -> Table:
    """The table of a JSON file."""
    _check_depth(text)
    content = _lines(text) if _has_lines(text) else _read(text, 1)
    questions = _list_in(content)
    names = tuple(dict.fromkeys(name for question in questions for name in question))
    cells = (tuple(_cell(question.get(name)) for name in names) for question in questions)
    return make_table(names, (FileRow(number, row) for number, row in enumerate(cells, 1)))


def _has_lines(text: str) -> bool:
    """Whether it is JSON Lines: the first line is an object of its own, and there are others."""
    first, _, others = text.strip().partition("\n")
    try:
        return bool(others) and isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _lines(text: str) -> list:
    """An object for each line; the first one of our own exports says what the file is."""
    found = [_read(line, number) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    return found[1:] if set(found[0]) >= ABOUT else found


def _read(text: str, first_line: int) -> object:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise UnreadableFile(N_("The file is not well-formed JSON: line %(line)s cannot be read."), line=line) from None
    except ValueError:
        raise UnreadableFile(N_("The file holds a number that is too long.")) from None


def _check_depth(text: str) -> None:
    depth = 0
    for bracket in BRACKET.findall(STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise UnreadableFile(N_("The file is nested too deeply to be a list of questions."))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise UnreadableFile(N_("An object of the file has the same name twice."))
    return values


def _no_number(word: str) -> None:
    raise UnreadableFile(N_("The file holds %(word)s, which is not a number of JSON."), word=word)


def _list_in(content: object) -> list[dict]:
    if isinstance(content, dict):
        content = next((content[name] for name in LISTS if name in content), None)
    if not isinstance(content, list) or not all(isinstance(question, dict) for question in content):
        raise UnreadableFile(N_('The file is not a list of questions: use [{…}, …] or {"questions": [{…}, …]}.'))
    return content


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return BETWEEN.join(_cell(part) for part in value)
    if isinstance(value, dict):
        raise UnreadableFile(N_("A question of the file holds another object where a text should be."))
    return json.dumps(value)
