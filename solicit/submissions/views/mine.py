"""My page: what one began and sent, what one is asked, and what we wrote."""

from dataclasses import dataclass
from datetime import datetime

from flask import g, render_template, request, url_for

from solicit.access.guard import requires
from solicit.access.policy import Permission
from solicit.calls.queries import CallFacts, call_subject
from solicit.db import db
from solicit.mail.letters import subject_of
from solicit.mail.queries import letters_to
from solicit.questions.queries.public import states_of
from solicit.submissions.queries import own
from solicit.submissions.queries.asked import waiting_for
from solicit.submissions.queries.drafts import drafts_at_hand
from solicit.submissions.views import bp
from solicit.submissions.views.own import MINE
from solicit.web.pagination import paginate, window_from

N_LETTERS = 20
# Letters to somebody who is invited: their invitation has a page.
TO_INVITED = ("invitation", "invitation_reminder", "invitation_confirmed", "invitation_cancelled")


@dataclass(frozen=True)
class LetterLine:
    """A letter as its reader finds it again: its subject alone, never a link that acts."""

    subject: str
    written_at: datetime
    is_to_invited: bool


@bp.get(MINE)
@requires(Permission.SEE_OWN_SUBMISSIONS, call_subject)
def mine(lang: str, call: CallFacts):
    session, who = db.session(), dict(call=call, person_id=g.identity.person_id)
    window = window_from(request.args.get("page"))
    sent = own.own_submissions(session, **who, window=window)
    co_authored = own.co_authored(session, **who)
    letters = _letters(lang, call)
    return render_template(
        "submissions/mine.html",
        call=call,
        drafts=drafts_at_hand(session, **who),
        waiting=waiting_for(session, **who),
        rows=sent.rows,
        co_authored=co_authored,
        standings=states_of(session, tuple(row.id for row in (*sent.rows, *co_authored)), language=lang),
        letters=letters,
        is_invited=any(letter.is_to_invited for letter in letters),
        pagination=paginate(window, sent.total, lambda page: url_for(".mine", page=page)),
    )


def _letters(lang: str, call: CallFacts) -> tuple[LetterLine, ...]:
    found = letters_to(db.session(), person_id=g.identity.person_id, call_id=call.id, limit=N_LETTERS)
    return tuple(
        LetterLine(
            subject=subject_of(each.kind, params=each.params, locale=lang),
            written_at=each.created_at,
            is_to_invited=each.kind in TO_INVITED,
        )
        for each in found
    )
