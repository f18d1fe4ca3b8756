"""Numbers in sentences."""

import pytest
from flask import render_template_string
from flask_babel import force_locale

from solicit.web.counting import ngettext

QUESTIONS = "%(num)s question", "%(num)s questions"


@pytest.mark.parametrize(("n", "said"), [(1, "1 question"), (2, "2 questions"), (1547, "1,547 questions")])
def test_number_has_its_separators(app, n, said):
    template = "{{ ngettext('%(num)s question', '%(num)s questions', n) }}"
    with app.test_request_context():
        assert ngettext(*QUESTIONS, n) == render_template_string(template, n=n) == said


def test_number_is_written_as_the_language_does(app):
    with app.test_request_context(), force_locale("de"):
        assert ngettext(*QUESTIONS, 1547) == "1.547 questions"
