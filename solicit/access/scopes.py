"""What a personal key to the API may be used for: each scope opens some of the doors that its person may open.

A scope that begins with "read:" opens them for reading only, one that begins with "write:" for changing only.
"""

from solicit.access.policy import Grant, Permission
from solicit.words import N_

SCOPES: dict[str, frozenset[Permission]] = {
    "read:public": frozenset(),
    "read:own": frozenset({Permission.SEE_OWN_SUBMISSIONS, Permission.SEE_SUBMISSION}),
    "write:submissions": frozenset({Permission.SEND_SUBMISSION, Permission.CHANGE_SUBMISSION}),
    "read:desk": frozenset(
        {
            Permission.SCREEN_QUESTIONS,
            Permission.SCREEN_QUESTION,
            Permission.SEARCH,
            Permission.SEE_JOBS,
            Permission.SEE_JOB,
        }
    ),
    "write:desk": frozenset({Permission.SCREEN_QUESTION, Permission.SEE_JOB, Permission.ARRANGE_TOPICS}),
    "read:rankings": frozenset({Permission.SEE_RANKING}),
    "read:exports": frozenset({Permission.EXPORT}),
    "write:exports": frozenset({Permission.EXPORT}),
}
SCOPE_WORDS = {
    "read:public": N_("read what everybody may read"),
    "read:own": N_("read my submissions"),
    "write:submissions": N_("submit, change and withdraw in my name"),
    "read:desk": N_("read the desk, search, and watch jobs"),
    "write:desk": N_("decide on questions, start and stop jobs"),
    "read:rankings": N_("read rankings before they are published"),
    "read:exports": N_("export tables that name nobody"),
    "write:exports": N_("export every table, which is noted where it names people; for 7 days at most"),
}
# A page wants a fresh proof for these; a token stands for the proof that it was made with, and not for long.
SHORT_LIVED = frozenset({"write:exports"})
SHORT_LIFE_DAYS = 7
EVERYBODYS = ("read:public", "read:own", "write:submissions")


def scopes_for(grants: frozenset[Grant]) -> tuple[str, ...]:
    """The scopes that can open anything for somebody with these roles."""
    return tuple(SCOPES) if grants else EVERYBODYS


def scopes_that_open(permission: Permission, *, writes: bool) -> tuple[str, ...]:
    """The scopes that open a door for reading, or for changing what is behind it."""
    kind = "write:" if writes else "read:"
    return tuple(name for name, opened in SCOPES.items() if name.startswith(kind) and permission in opened)
