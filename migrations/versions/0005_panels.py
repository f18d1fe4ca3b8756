"""Make room for seat offers, suspected conflicts, series of rounds, proposals, votes of every kind and their chain."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_panels"
down_revision = "0004_clarity"
branch_labels = None
depends_on = None

DEFAULTED = (
    ("assignment", "stage"),
    ("assignment", "is_random"),
    ("conflict_of_interest", "signs"),
    ("conflict_of_interest", "decision_note"),
    ("panelist", "conflict_words"),
    ("panelist", "expertise"),
    ("panelist", "own_titles"),
    ("person", "uses_keys"),
    ("ranking_row", "n_comparisons"),
    ("ranking_row", "n_ballots"),
    ("ranking_row", "priority_of_groups"),
    ("ranking_row", "is_method_sensitive"),
    ("ranking_row", "is_divided"),
    ("ranking_run", "purpose"),
    ("ranking_run", "reason"),
    ("ranking_run", "rating_model"),
    ("round", "activity"),
    ("round", "instruction"),
    ("round", "theme_ids"),
    ("round", "is_staged"),
    ("round", "stage"),
    ("round", "home_share"),
    ("round", "pairs_per_panelist"),
    ("round", "publishes_ratings"),
)

NEW_CHECKS = (
    ("conflict_of_interest", "suspected_is_undecided", "state <> 'suspected' OR decided_at IS NULL"),
    ("conflict_of_interest", "dismissed_is_decided", "state <> 'dismissed' OR decided_at IS NOT NULL"),
    ("round", "scoring_comes_first", "activity = 'scoring' OR follows_id IS NOT NULL"),
    ("round", "only_scoring_is_staged", "NOT is_staged OR activity = 'scoring'"),
    ("round", "stage_range", "stage BETWEEN 0 AND 3"),
    ("round", "home_share_range", "home_share BETWEEN 0 AND 1"),
    ("ranking_run", "official_iff_no_reason", "(purpose = 'official') = (reason = '')"),
)
# Votes change only while their round is open, by whatever route; the refusal names the constraint round_is_open.
# Voiding waits for the freeze. Erasing a person says SET LOCAL solicit.erasing = 'yes' and may then delete openings of
# seals and what was never handed in, and empty a reason; a vote that counts it may not touch.
GUARDS = """
CREATE FUNCTION is_erasing() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('solicit.erasing', true), '') = 'yes' $$;

CREATE FUNCTION require_round(wanted bigint, VARIADIC allowed text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    SELECT state INTO found FROM round WHERE id = wanted FOR SHARE;
    IF found <> ALL (allowed) THEN
        RAISE EXCEPTION 'round % is %', wanted, found USING ERRCODE = 'check_violation', CONSTRAINT = 'round_is_open';
    END IF;
END $$;

CREATE FUNCTION require_round_of_assignment(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE found assignment%ROWTYPE;
BEGIN
    SELECT * INTO found FROM assignment WHERE id = wanted;
    IF NOT (is_erasing() AND found.state <> 'submitted') THEN
        PERFORM require_round(found.round_id, 'open');
    END IF;
END $$;

CREATE FUNCTION guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM require_round_of_assignment(OLD.assignment_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM require_round_of_assignment(NEW.assignment_id); RETURN NEW; END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION guard_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE counted text[] := ARRAY['submitted', 'abstained'];
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = ANY (counted) THEN
        IF TG_OP = 'UPDATE' AND NEW.state = 'voided' THEN
            PERFORM require_round(OLD.round_id, 'draft', 'open', 'closed');
        ELSE
            PERFORM require_round(OLD.round_id, 'open');
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.state = ANY (counted) THEN PERFORM require_round(NEW.round_id, 'open'); END IF;
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION guard_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND is_erasing() THEN
        IF TG_OP = 'DELETE' AND OLD.state IN ('offered', 'draft') THEN RETURN OLD; END IF;
        IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'reason' = to_jsonb(NEW) - 'reason' THEN RETURN NEW; END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'voided' THEN
        PERFORM require_round(OLD.round_id, 'draft', 'open', 'closed');
        RETURN NEW;
    END IF;
    IF TG_OP <> 'INSERT' THEN PERFORM require_round(OLD.round_id, 'open'); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM require_round(NEW.round_id, 'open'); RETURN NEW; END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION guard_ballot_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids bigint[] := CASE TG_OP
    WHEN 'INSERT' THEN ARRAY[NEW.ballot_id]
    WHEN 'DELETE' THEN ARRAY[OLD.ballot_id]
    ELSE ARRAY[OLD.ballot_id, NEW.ballot_id]
END;
BEGIN
    IF TG_OP = 'DELETE' AND is_erasing() THEN RETURN OLD; END IF;
    -- A draft ballot that is being erased is gone before its places.
    PERFORM require_round(round_id, 'open') FROM ballot WHERE id = ANY (ids);
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION guard_vote_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN PERFORM require_round(NEW.round_id, 'open'); RETURN NEW; END IF;
    IF TG_OP = 'DELETE' AND is_erasing() THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'what was sealed does not change' USING ERRCODE = 'check_violation', CONSTRAINT = 'chain_only_grows';
END $$;

CREATE FUNCTION guard_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a chain only grows' USING ERRCODE = 'check_violation', CONSTRAINT = 'chain_only_grows';
END $$;
"""
GUARDED = (
    ("score", "INSERT OR UPDATE OR DELETE", "guard_review"),
    ("review", "INSERT OR DELETE OR UPDATE OF assignment_id, confidence, version, text_digest", "guard_review"),
    ("assignment", "INSERT OR DELETE OR UPDATE OF state, round_id, question_id, person_id", "guard_assignment"),
    ("comparison", "INSERT OR UPDATE OR DELETE", "guard_vote"),
    ("ballot", "INSERT OR UPDATE OR DELETE", "guard_vote"),
    ("ballot_place", "INSERT OR UPDATE OR DELETE", "guard_ballot_place"),
    ("vote_version", "INSERT OR UPDATE OR DELETE", "guard_vote_version"),
    ("chain_link", "UPDATE OR DELETE", "guard_chain"),
    ("chain_anchor", "UPDATE OR DELETE", "guard_chain"),
)
NEVER_EMPTIED = ("vote_version", "chain_link", "chain_anchor")

WIDER = (
    (
        "conflict_of_interest",
        "conflictsource",
        "source",
        "'own', 'declared'",
        "'co_author', 'group', 'institution', 'country'",
    ),
    ("ranking_row", "evidence", "evidence", "'ranked', 'insufficient'", "'set_aside'"),
)


def upgrade() -> None:
    add_tables()
    add_columns()
    for table, check, column, old, new in WIDER:
        op.drop_constraint(op.f(f"ck_{table}_{check}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{check}"), table, f"{column} IN ({old}, {new})")
    for table, name, condition in NEW_CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    for table, column in DEFAULTED:
        op.alter_column(table, column, server_default=None)
    add_guards()


def downgrade() -> None:
    take_guards()
    for table, name, _ in NEW_CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    forget_what_is_new()
    take_columns()
    for table, check, column, old, _ in WIDER:
        op.drop_constraint(op.f(f"ck_{table}_{check}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{check}"), table, f"{column} IN ({old})")
    take_tables()


def forget_what_is_new() -> None:
    """What the older tables have no word for."""
    op.execute("DELETE FROM conflict_of_interest WHERE source NOT IN ('own', 'declared')")
    op.execute("UPDATE ranking_row SET evidence = 'insufficient' WHERE evidence = 'set_aside'")
    op.execute("DELETE FROM ranking_row USING ranking_run WHERE ranking_run.id = run_id AND purpose <> 'official'")
    op.execute(
        "DELETE FROM ranking_annotation USING ranking_run WHERE ranking_run.id = run_id AND purpose <> 'official'"
    )
    op.execute("DELETE FROM ranking_run WHERE purpose <> 'official'")


def add_tables() -> None:
    op.create_table(
        "conflict_policy",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("co_authors", sa.Boolean(), nullable=False),
        sa.Column("institutions", sa.Boolean(), nullable=False),
        sa.Column("groups", sa.Boolean(), nullable=False),
        sa.Column("countries", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_conflict_policy_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_conflict_policy")),
    )
    op.create_table(
        "theme_expertise",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("expert", "some", "none", name="expertise", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_theme_expertise_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_expertise_theme_id_theme")),
        sa.PrimaryKeyConstraint("person_id", "theme_id", name=op.f("pk_theme_expertise")),
    )
    op.create_table(
        "seat_offer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("panel_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("is_chair", sa.Boolean(), nullable=False),
        sa.Column("keywords", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("min_load", sa.BigInteger(), nullable=False),
        sa.Column("max_load", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "declined",
                "withdrawn",
                "expired",
                name="seatofferstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("offered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (person_id IS NOT NULL)", name=op.f("ck_seat_offer_accepted_iff_person")
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)",
            name=op.f("ck_seat_offer_answered_iff_time"),
        ),
        sa.CheckConstraint("0 <= min_load AND min_load <= max_load", name=op.f("ck_seat_offer_loads_in_order")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_seat_offer_email_lower")),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["person.id"], name=op.f("fk_seat_offer_offered_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_seat_offer_panel_id_panel")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_seat_offer_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_offer")),
    )
    op.create_index(
        "uq_seat_offer_waiting",
        "seat_offer",
        ["panel_id", "email"],
        unique=True,
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_table(
        "assignment_proposal",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed", "deployed", "discarded", name="proposalstate", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("stage", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_assignment_proposal_decided_iff_time")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["person.id"],
            name=op.f("fk_assignment_proposal_decided_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["person.id"],
            name=op.f("fk_assignment_proposal_proposed_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_assignment_proposal_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_proposal")),
    )
    op.create_index(op.f("ix_assignment_proposal_round_id"), "assignment_proposal", ["round_id"], unique=False)
    op.create_index(
        "uq_assignment_proposal_waiting",
        "assignment_proposal",
        ["round_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "ballot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "submitted", name="ballotstate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name=op.f("ck_ballot_submitted_iff_time")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_ballot_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_ballot_round_id_round")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_ballot_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("round_id", "person_id", "theme_id", name=op.f("uq_ballot_round_id_person_id_theme_id")),
    )
    op.create_index(op.f("ix_ballot_person_id"), "ballot", ["person_id"], unique=False)
    op.create_table(
        "chain_anchor",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("anchored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_chain_anchor_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_anchor")),
    )
    op.create_index(op.f("ix_chain_anchor_round_id"), "chain_anchor", ["round_id"], unique=False)
    op.create_table(
        "chain_link",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "open",
                "cast",
                "void",
                "close",
                "reopen",
                "freeze",
                name="chainact",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_chain_link_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "seq", name=op.f("pk_chain_link")),
    )
    op.create_table(
        "comparison",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("left_id", sa.BigInteger(), nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("is_random", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("offered", "judged", "voided", name="comparisonstate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "preference",
            sa.Enum(
                "left", "right", "equal", "undecided", name="preference", native_enum=False, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(preference = 'undecided') = (reason <> '')", name=op.f("ck_comparison_undecided_iff_reason")
        ),
        sa.CheckConstraint(
            "(state = 'judged') = (preference IS NOT NULL)", name=op.f("ck_comparison_judged_iff_preference")
        ),
        sa.CheckConstraint("left_id <> right_id", name=op.f("ck_comparison_two_questions")),
        sa.ForeignKeyConstraint(["left_id"], ["question.id"], name=op.f("fk_comparison_left_id_question")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_comparison_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["right_id"], ["question.id"], name=op.f("fk_comparison_right_id_question")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_comparison_round_id_round")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_comparison_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison")),
    )
    op.create_index(op.f("ix_comparison_left_id"), "comparison", ["left_id"], unique=False)
    op.create_index(op.f("ix_comparison_person_id"), "comparison", ["person_id"], unique=False)
    op.create_index(op.f("ix_comparison_right_id"), "comparison", ["right_id"], unique=False)
    op.create_index("ix_comparison_round", "comparison", ["round_id", "state"], unique=False)
    op.create_index(
        "uq_comparison_pair",
        "comparison",
        [
            "round_id",
            "person_id",
            sa.literal_column("least(left_id, right_id)"),
            sa.literal_column("greatest(left_id, right_id)"),
        ],
        unique=True,
    )
    op.create_table(
        "discussion_post",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("by_chair", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_discussion_post_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_discussion_post_question_id_question")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_discussion_post_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion_post")),
    )
    op.create_index(op.f("ix_discussion_post_person_id"), "discussion_post", ["person_id"], unique=False)
    op.create_index("ix_discussion_post_thread", "discussion_post", ["round_id", "question_id", "id"], unique=False)
    op.create_table(
        "discussion_summary",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_discussion_summary_question_id_question")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_discussion_summary_round_id_round")),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["person.id"],
            name=op.f("fk_discussion_summary_written_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("round_id", "question_id", name=op.f("pk_discussion_summary")),
    )
    op.create_table(
        "health_case",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "alarm",
            sa.Enum("against_the_panel", "in_step", name="alarm", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("other_person_id", sa.BigInteger(), nullable=True),
        sa.Column("measure", sa.Double(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "explained", "upheld", name="casestate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_health_case_decided_iff_time")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_health_case_decided_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["other_person_id"], ["person.id"], name=op.f("fk_health_case_other_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_health_case_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_health_case_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_case")),
        sa.UniqueConstraint(
            "round_id",
            "alarm",
            "person_id",
            "other_person_id",
            name=op.f("uq_health_case_round_id_alarm_person_id_other_person_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_health_case_round_id"), "health_case", ["round_id"], unique=False)
    op.create_table(
        "panel_health",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_panel_health_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_panel_health")),
    )
    op.create_table(
        "recall",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recall_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_recall_question_id_question")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_recall_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "question_id", "person_id", name=op.f("pk_recall")),
    )
    op.create_table(
        "round_question",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "pick",
            sa.Enum("shortlist", "contested", "chosen", name="pick", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_round_question_question_id_question")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_question_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "question_id", name=op.f("pk_round_question")),
    )
    op.create_index(op.f("ix_round_question_question_id"), "round_question", ["question_id"], unique=False)
    op.create_table(
        "round_reminder",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("days_before", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_round_reminder_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_reminder_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "person_id", "days_before", name=op.f("pk_round_reminder")),
    )
    op.create_table(
        "ballot_place",
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_ballot_place_place_positive")),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_place_ballot_id_ballot"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_ballot_place_question_id_question")),
        sa.PrimaryKeyConstraint("ballot_id", "question_id", name=op.f("pk_ballot_place")),
    )
    op.create_index(op.f("ix_ballot_place_question_id"), "ballot_place", ["question_id"], unique=False)
    op.create_table(
        "proposed_pair",
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("panel_id", sa.BigInteger(), nullable=False),
        sa.Column("affinity", sa.Double(), nullable=False),
        sa.Column("is_random", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_proposed_pair_panel_id_panel")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_proposed_pair_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["assignment_proposal.id"],
            name=op.f("fk_proposed_pair_proposal_id_assignment_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_proposed_pair_question_id_question")),
        sa.PrimaryKeyConstraint("proposal_id", "question_id", "person_id", name=op.f("pk_proposed_pair")),
    )
    op.create_table(
        "ranking_annotation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=True),
        sa.Column("panel_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_ranking_annotation_panel_id_panel")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_ranking_annotation_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_ranking_annotation_question_id_question")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["ranking_run.id"], name=op.f("fk_ranking_annotation_run_id_ranking_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_annotation")),
    )
    op.create_index(op.f("ix_ranking_annotation_run_id"), "ranking_annotation", ["run_id"], unique=False)
    op.create_table(
        "vote_version",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("review", "comparison", "ballot", name="votekind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("vote_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_vote_version_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "seq"],
            ["chain_link.round_id", "chain_link.seq"],
            name=op.f("fk_vote_version_round_id_chain_link"),
        ),
        sa.PrimaryKeyConstraint("round_id", "seq", name=op.f("pk_vote_version")),
    )
    op.create_index(op.f("ix_vote_version_person_id"), "vote_version", ["person_id"], unique=False)
    op.create_index("ix_vote_version_vote", "vote_version", ["kind", "vote_id"], unique=False)


def add_columns() -> None:
    op.add_column("assignment", sa.Column("stage", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("assignment", sa.Column("is_random", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("assignment", sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "conflict_of_interest", sa.Column("signs", sa.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'"))
    )
    op.execute("UPDATE conflict_of_interest SET signs = ARRAY[source]")
    op.add_column("conflict_of_interest", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "conflict_of_interest", sa.Column("decision_note", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.alter_column(
        "conflict_of_interest",
        "source",
        existing_type=sa.VARCHAR(length=8),
        type_=sa.String(length=11),
        existing_nullable=False,
    )
    op.add_column("panelist", sa.Column("conflict_words", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("panelist", sa.Column("expertise", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "panelist", sa.Column("own_titles", sa.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column("person", sa.Column("uses_keys", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    op.add_column("ranking_row", sa.Column("expected_place", sa.Double(), nullable=True))
    op.add_column(
        "ranking_row", sa.Column("n_comparisons", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("ranking_row", sa.Column("n_ballots", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("ranking_row", sa.Column("place_by_ratings", sa.BigInteger(), nullable=True))
    op.add_column("ranking_row", sa.Column("place_by_comparisons", sa.BigInteger(), nullable=True))
    op.add_column("ranking_row", sa.Column("place_by_ballots", sa.BigInteger(), nullable=True))
    op.add_column("ranking_row", sa.Column("place_by_groups", sa.BigInteger(), nullable=True))
    op.add_column(
        "ranking_row",
        sa.Column("priority_of_groups", sa.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.add_column("ranking_row", sa.Column("place_best", sa.BigInteger(), nullable=True))
    op.add_column("ranking_row", sa.Column("place_worst", sa.BigInteger(), nullable=True))
    op.add_column(
        "ranking_row", sa.Column("is_method_sensitive", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("ranking_row", sa.Column("is_divided", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column(
        "ranking_run",
        sa.Column(
            "purpose",
            sa.Enum("official", "corrected", "without", name="purpose", native_enum=False, create_constraint=True),
            nullable=False,
            server_default=sa.text("'official'"),
        ),
    )
    op.add_column("ranking_run", sa.Column("reason", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "ranking_run",
        sa.Column(
            "rating_model",
            sa.Enum("crossed", "robust", name="ratingmodel", native_enum=False, create_constraint=True),
            nullable=False,
            server_default=sa.text("'crossed'"),
        ),
    )
    op.add_column("ranking_run", sa.Column("draws_digest", sa.LargeBinary(), nullable=True))
    op.drop_constraint(op.f("uq_ranking_run_round_id"), "ranking_run", type_="unique")
    op.create_index(op.f("ix_ranking_run_round_id"), "ranking_run", ["round_id"], unique=False)
    op.create_index(
        "uq_ranking_run_official",
        "ranking_run",
        ["round_id"],
        unique=True,
        postgresql_where=sa.text("purpose = 'official'"),
    )
    op.add_column("review", sa.Column("comment_hidden_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("round", sa.Column("panel_id", sa.BigInteger(), nullable=True))
    op.add_column("round", sa.Column("follows_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "round",
        sa.Column(
            "activity",
            sa.Enum(
                "scoring",
                "comparing",
                "ballot",
                "discussion",
                name="activity",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
            server_default=sa.text("'scoring'"),
        ),
    )
    op.add_column("round", sa.Column("instruction", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "round", sa.Column("theme_ids", sa.ARRAY(sa.BigInteger()), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column("round", sa.Column("is_staged", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("round", sa.Column("stage", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("round", sa.Column("home_share", sa.Double(), nullable=False, server_default=sa.text("0.5")))
    op.add_column("round", sa.Column("most_per_region", sa.BigInteger(), nullable=True))
    op.add_column("round", sa.Column("most_per_institution", sa.BigInteger(), nullable=True))
    op.add_column(
        "round", sa.Column("pairs_per_panelist", sa.BigInteger(), nullable=False, server_default=sa.text("60"))
    )
    op.add_column(
        "round", sa.Column("publishes_ratings", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("round", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("round", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_round_follows_id"), "round", ["follows_id"], unique=False)
    op.create_index(op.f("ix_round_panel_id"), "round", ["panel_id"], unique=False)
    op.create_foreign_key(op.f("fk_round_panel_id_panel"), "round", "panel", ["panel_id"], ["id"])
    op.create_foreign_key(op.f("fk_round_follows_id_round"), "round", "round", ["follows_id"], ["id"])


def take_columns() -> None:
    op.drop_constraint(op.f("fk_round_follows_id_round"), "round", type_="foreignkey")
    op.drop_constraint(op.f("fk_round_panel_id_panel"), "round", type_="foreignkey")
    op.drop_index(op.f("ix_round_panel_id"), table_name="round")
    op.drop_index(op.f("ix_round_follows_id"), table_name="round")
    op.drop_column("round", "closed_at")
    op.drop_column("round", "opened_at")
    op.drop_column("round", "publishes_ratings")
    op.drop_column("round", "pairs_per_panelist")
    op.drop_column("round", "most_per_institution")
    op.drop_column("round", "most_per_region")
    op.drop_column("round", "home_share")
    op.drop_column("round", "stage")
    op.drop_column("round", "is_staged")
    op.drop_column("round", "theme_ids")
    op.drop_column("round", "instruction")
    op.drop_column("round", "activity")
    op.drop_column("round", "follows_id")
    op.drop_column("round", "panel_id")
    op.drop_column("review", "comment_hidden_at")
    op.drop_index("uq_ranking_run_official", table_name="ranking_run", postgresql_where=sa.text("purpose = 'official'"))
    op.drop_index(op.f("ix_ranking_run_round_id"), table_name="ranking_run")
    op.create_unique_constraint(
        op.f("uq_ranking_run_round_id"), "ranking_run", ["round_id"], postgresql_nulls_not_distinct=False
    )
    op.drop_column("ranking_run", "draws_digest")
    op.drop_column("ranking_run", "rating_model")
    op.drop_column("ranking_run", "reason")
    op.drop_column("ranking_run", "purpose")
    op.drop_column("ranking_row", "is_divided")
    op.drop_column("ranking_row", "is_method_sensitive")
    op.drop_column("ranking_row", "place_worst")
    op.drop_column("ranking_row", "place_best")
    op.drop_column("ranking_row", "priority_of_groups")
    op.drop_column("ranking_row", "place_by_groups")
    op.drop_column("ranking_row", "place_by_ballots")
    op.drop_column("ranking_row", "place_by_comparisons")
    op.drop_column("ranking_row", "place_by_ratings")
    op.drop_column("ranking_row", "n_ballots")
    op.drop_column("ranking_row", "n_comparisons")
    op.drop_column("ranking_row", "expected_place")
    op.drop_column("person", "uses_keys")
    op.drop_column("panelist", "own_titles")
    op.drop_column("panelist", "expertise")
    op.drop_column("panelist", "conflict_words")
    op.alter_column(
        "conflict_of_interest",
        "source",
        existing_type=sa.String(length=11),
        type_=sa.VARCHAR(length=8),
        existing_nullable=False,
    )
    op.drop_column("conflict_of_interest", "decision_note")
    op.drop_column("conflict_of_interest", "decided_at")
    op.drop_column("conflict_of_interest", "signs")
    op.drop_column("assignment", "skipped_at")
    op.drop_column("assignment", "is_random")
    op.drop_column("assignment", "stage")


def take_tables() -> None:
    op.drop_index("ix_vote_version_vote", table_name="vote_version")
    op.drop_index(op.f("ix_vote_version_person_id"), table_name="vote_version")
    op.drop_table("vote_version")
    op.drop_index(op.f("ix_ranking_annotation_run_id"), table_name="ranking_annotation")
    op.drop_table("ranking_annotation")
    op.drop_table("proposed_pair")
    op.drop_index(op.f("ix_ballot_place_question_id"), table_name="ballot_place")
    op.drop_table("ballot_place")
    op.drop_table("round_reminder")
    op.drop_index(op.f("ix_round_question_question_id"), table_name="round_question")
    op.drop_table("round_question")
    op.drop_table("recall")
    op.drop_table("panel_health")
    op.drop_index(op.f("ix_health_case_round_id"), table_name="health_case")
    op.drop_table("health_case")
    op.drop_table("discussion_summary")
    op.drop_index("ix_discussion_post_thread", table_name="discussion_post")
    op.drop_index(op.f("ix_discussion_post_person_id"), table_name="discussion_post")
    op.drop_table("discussion_post")
    op.drop_index("uq_comparison_pair", table_name="comparison")
    op.drop_index("ix_comparison_round", table_name="comparison")
    op.drop_index(op.f("ix_comparison_right_id"), table_name="comparison")
    op.drop_index(op.f("ix_comparison_person_id"), table_name="comparison")
    op.drop_index(op.f("ix_comparison_left_id"), table_name="comparison")
    op.drop_table("comparison")
    op.drop_table("chain_link")
    op.drop_index(op.f("ix_chain_anchor_round_id"), table_name="chain_anchor")
    op.drop_table("chain_anchor")
    op.drop_index(op.f("ix_ballot_person_id"), table_name="ballot")
    op.drop_table("ballot")
    op.drop_index(
        "uq_assignment_proposal_waiting",
        table_name="assignment_proposal",
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.drop_index(op.f("ix_assignment_proposal_round_id"), table_name="assignment_proposal")
    op.drop_table("assignment_proposal")
    op.drop_index("uq_seat_offer_waiting", table_name="seat_offer", postgresql_where=sa.text("state = 'offered'"))
    op.drop_table("seat_offer")
    op.drop_table("theme_expertise")
    op.drop_table("conflict_policy")


def add_guards() -> None:
    op.execute(GUARDS)
    for table, acts, guard in GUARDED:
        op.execute(f"CREATE TRIGGER guard BEFORE {acts} ON {table} FOR EACH ROW EXECUTE FUNCTION {guard}()")
    for table in NEVER_EMPTIED:
        op.execute(
            f"CREATE TRIGGER guard_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION guard_chain()"
        )


def take_guards() -> None:
    for table in NEVER_EMPTIED:
        op.execute(f"DROP TRIGGER guard_all ON {table}")
    for table, _, _ in GUARDED:
        op.execute(f"DROP TRIGGER guard ON {table}")
    for guard in sorted({guard for _, _, guard in GUARDED}):
        op.execute(f"DROP FUNCTION {guard}()")
    op.execute("DROP FUNCTION require_round_of_assignment(bigint)")
    op.execute("DROP FUNCTION require_round(bigint, text[])")
    op.execute("DROP FUNCTION is_erasing()")
