"""JSON: a list of objects, one per question, or an object that holds that list."""

import json
import re

from solicit.submissions.service.reading.table import FileRow, Table, UnreadableFile, make_table
from solicit.words import N_

DEEPEST = 8
# Where an object holds the list: as questions, or as rows, which our own exports do.
LISTS = ("questions", "rows")
# A string, closed or not: it always matches, so that no text is read twice.
STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
BRACKET = re.compile(r"[\[\]{}]")
BETWEEN = "; "


def read_objects(text: str) -> Table:
    """The table of a JSON file."""
    _check_depth(text)
    try:
        content = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            N_("The file is not well-formed JSON: line %(line)s cannot be read."), line=error.lineno
        ) from None
    except ValueError:
        raise UnreadableFile(N_("The file holds a number that is too long.")) from None
    questions = _list_in(content)
    names = tuple(dict.fromkeys(name for question in questions for name in question))
    cells = (tuple(_cell(question.get(name)) for name in names) for question in questions)
    return make_table(names, (FileRow(number, row) for number, row in enumerate(cells, 1)))


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
