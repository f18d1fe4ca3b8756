"""The life of a long job."""

import enum

from solicit.words import N_


class JobState(enum.Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.STOPPED, JobState.FAILED}),
    # A worker that died leaves its job running; the next worker takes it up again.
    JobState.RUNNING: frozenset({JobState.RUNNING, JobState.DONE, JobState.FAILED, JobState.STOPPED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.STOPPED: frozenset(),
}

WORDS = {
    JobState.QUEUED: N_("Waiting"),
    JobState.RUNNING: N_("Running"),
    JobState.DONE: N_("Done"),
    JobState.FAILED: N_("Failed"),
    JobState.STOPPED: N_("Stopped"),
}

OVER = frozenset(state for state, moves in MOVES.items() if not moves)
AGAIN = frozenset({JobState.FAILED, JobState.STOPPED})

KIND_WORDS = {
    "embeddings.change_model": N_("Change the language model"),
    "submissions.import": N_("Import questions"),
    "invitations.select": N_("Choose whom to invite"),
    "invitations.replace": N_("Fill the seats that came free"),
    "invitations.explain": N_("Work out why somebody is invited"),
    "questions.find_duplicates": N_("Look for duplicates"),
    "questions.look_over_all": N_("Look over all questions"),
    "questions.decide_many": N_("Decide on many questions"),
    "questions.undo_decision": N_("Undo a decision on many questions"),
    "questions.suggest_missions": N_("Look for missions that could answer questions"),
    "reports.tell_submitters": N_("Write to the submitters"),
    "topics.group": N_("Group the questions into topics"),
    "topics.lay_out": N_("Draw the map"),
    "panels.assign": N_("Assign questions to panelists"),
    "panels.find_conflicts": N_("Look for conflicts of interest"),
    "rankings.freeze": N_("Freeze a ranking"),
    "rankings.correct": N_("Correct a ranking"),
    "rankings.without": N_("Rank without some panelists"),
    "panels.health": N_("Measure the health of a panel"),
}
