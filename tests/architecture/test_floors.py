"""The rules of the house hold, and a fault planted on purpose is found."""

import pytest

from architecture.floors import Module, broken_imports, foreign_to_ml, oversized, source_modules


def found_in(modules: list[Module], problems_of) -> list[str]:
    """What is wrong in modules, each with its place."""
    return [problem for module in modules for problem in problems_of(module)]


def test_modules_keep_the_floors():
    assert found_in(source_modules("solicit"), broken_imports) == []


def test_ml_knows_only_numerical_and_language_libraries():
    assert found_in(source_modules("ml"), foreign_to_ml) == []


def test_modules_are_small():
    assert found_in(source_modules("solicit") + source_modules("ml"), oversized) == []


@pytest.mark.parametrize(
    ("path", "source", "problem"),
    [
        ("solicit/calls/service.py", "from solicit.panels.models import Panel", "feature to the right"),
        ("solicit/panels/queries.py", "from solicit.panels import service", "higher floor"),
        ("solicit/panels/models.py", "import solicit.panels.views", "floor 4 from below"),
        ("solicit/panels/service/review.py", "from solicit.questions.views import bp", "floor 4 from below"),
        ("solicit/jobs/queries.py", "from solicit.questions.models import Question", "feature from the ground"),
        ("solicit/topics/service.py", "from flask import g", "flask below floor 4"),
        ("solicit/topics/views.py", "from .forms import X", "relative import"),
        ("solicit/topics/tasks.py", "def f():\n    from solicit.topics import service", "inside a function"),
    ],
)
def test_planted_import_is_found(path, source, problem):
    (found,) = broken_imports(Module(path, source))
    assert problem in found


def test_floor_four_may_call_several_features():
    source = "from solicit.questions.service import open\nfrom solicit.reports import queries"
    assert broken_imports(Module("solicit/submissions/views.py", source)) == []


def test_planted_web_library_in_ml_is_found():
    assert foreign_to_ml(Module("ml/decision/x.py", "import sqlalchemy")) == ["ml/decision/x.py:1 sqlalchemy"]


def test_planted_giant_is_found():
    body = "def giant():\n" + "    pass\n" * 45
    assert oversized(Module("solicit/x.py", body)) == ["solicit/x.py:1 giant has 46 lines"]
