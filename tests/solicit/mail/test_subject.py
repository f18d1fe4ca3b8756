"""What a subject may hold."""

import pytest

from solicit.mail.letters import LONGEST_SUBJECT, header_text


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?x=0D=0ABcc:_e@x.org?=",
        "=?u=?a?q?b?=tf-8?q?x=0D=0ABcc:_e@x.org?=",
        "=?=?a?q?b?=utf-8?q?=?a?q?b?=x?=",
    ],
)
def test_no_encoded_word_is_left_however_it_is_nested(subject):
    assert "=?" not in header_text(subject) or "?=" not in header_text(subject)


def test_subject_is_one_short_line():
    assert header_text("One\r\nBcc: e@x.org\t two") == "One Bcc: e@x.org two"
    assert len(header_text("x" * 500)) == LONGEST_SUBJECT
