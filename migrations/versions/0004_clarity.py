"""Make room for learnt probabilities, groups, claims, suspicions, redactions, translations, proposed topics and maps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_clarity"
down_revision = "0003_submitting"
branch_labels = None
depends_on = None

DEFAULTED = (
    ("duplicate_pair", "method"),
    ("duplicate_pair", "is_audit"),
    ("job", "n_done"),
    ("job", "n_total"),
    ("embedding_model", "index_problem"),
    ("job", "arguments"),
    ("job", "task"),
    ("out_of_scope_reason", "position"),
    ("out_of_scope_reason", "is_offered"),
    ("question", "is_summary"),
    ("topic", "is_pinned"),
    ("topic", "version"),
    ("topic_member", "is_pinned"),
    ("topic_member", "came_later"),
    ("topic_run", "state"),
)


def upgrade() -> None:
    add_tables()
    add_columns()


def downgrade() -> None:
    take_columns()
    take_tables()


def number_the_reasons() -> None:
    """Reasons were listed in the order in which they were made."""
    op.execute(
        "UPDATE out_of_scope_reason SET position = (SELECT count(*) FROM out_of_scope_reason AS other WHERE other.call_id = out_of_scope_reason.call_id AND other.id < out_of_scope_reason.id)"
    )


def add_tables() -> None:
    op.create_table(
        "duplicate_curve",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("meaning", "words", name="method", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("n_verdicts", sa.BigInteger(), nullable=False),
        sa.Column("calibration_error", sa.Double(), nullable=True),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_duplicate_curve_call_id_call")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["embedding_model.id"], name=op.f("fk_duplicate_curve_model_id_embedding_model")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_curve")),
    )
    op.create_index("ix_duplicate_curve_latest", "duplicate_curve", ["call_id", "model_id", "method"], unique=False)
    op.create_table(
        "map_layout",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("n_questions", sa.BigInteger(), nullable=False),
        sa.Column("laid_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_map_layout_call_id_call")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["embedding_model.id"], name=op.f("fk_map_layout_model_id_embedding_model")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_layout")),
    )
    op.create_index(op.f("ix_map_layout_call_id"), "map_layout", ["call_id"], unique=False)
    op.create_table(
        "theme_classifier",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("coefficients", sa.LargeBinary(), nullable=False),
        sa.Column("intercepts", sa.LargeBinary(), nullable=False),
        sa.Column("n_examples", sa.BigInteger(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_theme_classifier_call_id_call")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["embedding_model.id"], name=op.f("fk_theme_classifier_model_id_embedding_model")
        ),
        sa.PrimaryKeyConstraint("call_id", "model_id", name=op.f("pk_theme_classifier")),
    )
    op.create_table(
        "job_note",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_note_job_id_job"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_note")),
    )
    op.create_index(op.f("ix_job_note_job_id"), "job_note", ["job_id"], unique=False)
    op.create_table(
        "duplicate_group",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("canonical_id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_duplicate_group_call_id_call")),
        sa.ForeignKeyConstraint(
            ["canonical_id"], ["question.id"], name=op.f("fk_duplicate_group_canonical_id_question"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_duplicate_group_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_duplicate_group")),
    )
    op.create_index(op.f("ix_duplicate_group_call_id"), "duplicate_group", ["call_id"], unique=False)
    op.create_index(op.f("ix_duplicate_group_canonical_id"), "duplicate_group", ["canonical_id"], unique=False)
    op.create_table(
        "map_point",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("layout_id", sa.BigInteger(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("came_later", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["map_layout.id"], name=op.f("fk_map_point_layout_id_map_layout"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_map_point_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_map_point")),
    )
    op.create_index(op.f("ix_map_point_layout_id"), "map_point", ["layout_id"], unique=False)
    op.create_table(
        "redaction",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("goal_overview", sa.Text(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.Column("plan", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("of_digest", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("redacted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redacted_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_redaction_question_id_question"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["redacted_by_id"], ["person.id"], name=op.f("fk_redaction_redacted_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_redaction")),
    )
    op.create_table(
        "screening_claim",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_screening_claim_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_screening_claim_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_screening_claim")),
    )
    op.create_index(op.f("ix_screening_claim_person_id"), "screening_claim", ["person_id"], unique=False)
    op.create_table(
        "screening_decision",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "in_scope",
                "out_of_scope",
                "back",
                "theme",
                name="decisionact",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_screening_decision_call_id_call")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_screening_decision_made_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_decision")),
    )
    op.create_index(op.f("ix_screening_decision_made_by_id"), "screening_decision", ["made_by_id"], unique=False)
    op.create_table(
        "screening_step",
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "in_scope",
                "out_of_scope",
                "merged",
                "withdrawn",
                name="questionstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("reason_id", sa.BigInteger(), nullable=True),
        sa.Column("reason_note", sa.Text(), nullable=False),
        sa.Column("screened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("screened_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["screening_decision.id"],
            name=op.f("fk_screening_step_decision_id_screening_decision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_screening_step_question_id_question"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["out_of_scope_reason.id"], name=op.f("fk_screening_step_reason_id_out_of_scope_reason")
        ),
        sa.ForeignKeyConstraint(
            ["screened_by_id"], ["person.id"], name=op.f("fk_screening_step_screened_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_screening_step_theme_id_theme")),
        sa.PrimaryKeyConstraint("decision_id", "question_id", name=op.f("pk_screening_step")),
    )
    op.create_index(op.f("ix_screening_step_question_id"), "screening_step", ["question_id"], unique=False)
    op.create_table(
        "summary_version",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("goal_overview", sa.Text(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_summary_version_question_id_question"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_summary_version_written_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("question_id", "version", name=op.f("pk_summary_version")),
    )
    op.create_table(
        "suspicion",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "spam",
                "out_of_scope",
                "self_identification",
                name="suspicionkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.Column("signs", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("strength BETWEEN 0 AND 1", name=op.f("ck_suspicion_strength_range")),
        sa.ForeignKeyConstraint(
            ["dismissed_by_id"], ["person.id"], name=op.f("fk_suspicion_dismissed_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_suspicion_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", "kind", name=op.f("pk_suspicion")),
    )
    op.create_index(
        "ix_suspicion_open", "suspicion", ["question_id"], unique=False, postgresql_where="dismissed_at IS NULL"
    )
    op.create_table(
        "translation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("author", "desk", name="translationsource", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("goal_overview", sa.Text(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.Column("of_digest", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_screened", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_translation_made_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_translation_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation")),
        sa.UniqueConstraint("question_id", "language", name=op.f("uq_translation_question_id_language")),
    )
    op.create_index(op.f("ix_translation_made_by_id"), "translation", ["made_by_id"], unique=False)
    op.create_table(
        "proposed_topic",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("continues_id", sa.BigInteger(), nullable=True),
        sa.Column("became_id", sa.BigInteger(), nullable=True),
        sa.Column("terms", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("medoid_id", sa.BigInteger(), nullable=False),
        sa.Column("words_of", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["became_id"], ["topic.id"], name=op.f("fk_proposed_topic_became_id_topic")),
        sa.ForeignKeyConstraint(["continues_id"], ["topic.id"], name=op.f("fk_proposed_topic_continues_id_topic")),
        sa.ForeignKeyConstraint(["medoid_id"], ["question.id"], name=op.f("fk_proposed_topic_medoid_id_question")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["topic_run.id"], name=op.f("fk_proposed_topic_run_id_topic_run"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_proposed_topic_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_topic")),
        sa.UniqueConstraint("run_id", "theme_id", "position", name=op.f("uq_proposed_topic_run_id_theme_id_position")),
    )
    op.create_table(
        "proposed_member",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_topic_id", sa.BigInteger(), nullable=True),
        sa.Column("is_weak", sa.Boolean(), nullable=False),
        sa.Column("previous_id", sa.BigInteger(), nullable=True),
        sa.Column("was_fixed", sa.Boolean(), nullable=False),
        sa.Column("was_middle", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["previous_id"], ["topic.id"], name=op.f("fk_proposed_member_previous_id_topic")),
        sa.ForeignKeyConstraint(
            ["proposed_topic_id"],
            ["proposed_topic.id"],
            name=op.f("fk_proposed_member_proposed_topic_id_proposed_topic"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_proposed_member_question_id_question"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["topic_run.id"], name=op.f("fk_proposed_member_run_id_topic_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "question_id", name=op.f("pk_proposed_member")),
    )
    op.create_index(
        op.f("ix_proposed_member_proposed_topic_id"), "proposed_member", ["proposed_topic_id"], unique=False
    )
    op.create_index(op.f("ix_proposed_member_question_id"), "proposed_member", ["question_id"], unique=False)


def add_columns() -> None:
    op.add_column("call", sa.Column("model_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_call_model_id_embedding_model"), "call", "embedding_model", ["model_id"], ["id"])
    # Until now the newest model answered.
    op.execute(
        "UPDATE call SET model_id = (SELECT max(model_id) FROM question_vector WHERE question_vector.call_id = call.id)"
    )
    op.add_column("embedding_model", sa.Column("languages", sa.ARRAY(sa.Text()), nullable=True))
    op.add_column("embedding_model", sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("embedding_model", sa.Column("index_problem", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "duplicate_pair",
        sa.Column(
            "method",
            sa.Enum("meaning", "words", name="method", native_enum=False, create_constraint=True),
            nullable=False,
            server_default="meaning",
        ),
    )
    op.add_column(
        "duplicate_pair",
        sa.Column("features", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.add_column("duplicate_pair", sa.Column("is_audit", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("job", sa.Column("task", sa.Text(), nullable=False, server_default=""))
    # Until now every long job bore the name of its task.
    op.execute("UPDATE job SET task = kind")
    op.add_column("duplicate_pair", sa.Column("place", sa.Double(), nullable=True))
    op.add_column("job", sa.Column("n_done", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("job", sa.Column("n_total", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column(
        "job", sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="{}")
    )
    op.add_column("out_of_scope_reason", sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("out_of_scope_reason", sa.Column("is_offered", sa.Boolean(), nullable=False, server_default="true"))
    op.add_column("question", sa.Column("is_summary", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("question", sa.Column("wording_settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("question", sa.Column("suggested_theme_id", sa.BigInteger(), nullable=True))
    op.add_column("question", sa.Column("suggested_theme_probability", sa.Double(), nullable=True))
    op.create_foreign_key(
        op.f("fk_question_suggested_theme_id_theme"), "question", "theme", ["suggested_theme_id"], ["id"]
    )
    op.add_column("topic", sa.Column("is_pinned", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("topic", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_topic_merged_into_id_topic"), "topic", "topic", ["merged_into_id"], ["id"])
    op.add_column("topic", sa.Column("words_of", sa.Text(), nullable=True))
    op.add_column("topic", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("topic_member", sa.Column("is_pinned", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("topic_member", sa.Column("came_later", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("topic_run", sa.Column("result_digest", sa.LargeBinary(), nullable=True))
    op.add_column(
        "topic_run",
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "proposed",
                "accepted",
                "discarded",
                name="runstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
            server_default="accepted",
        ),
    )
    op.add_column("topic_run", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("topic_run", sa.Column("decided_by_id", sa.BigInteger(), nullable=True))
    op.execute("UPDATE topic_run SET decided_at = run_at, decided_by_id = run_by_id")
    op.create_check_constraint(
        op.f("ck_topic_run_decided_iff_time"),
        "topic_run",
        "(state IN ('accepted', 'discarded')) = (decided_at IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_topic_merged_is_retired"), "topic", "merged_into_id IS NULL OR retired_at IS NOT NULL"
    )
    number_the_reasons()
    for table, column in DEFAULTED:
        op.alter_column(table, column, server_default=None)
    op.create_index(
        "ix_duplicate_pair_place",
        "duplicate_pair",
        ["call_id", sa.text("coalesce(place, probability) DESC"), "id"],
        postgresql_where="verdict IS NULL",
    )
    op.create_index(
        "uq_topic_run_undecided",
        "topic_run",
        ["call_id"],
        unique=True,
        postgresql_where="state IN ('running', 'proposed')",
    )
    op.create_foreign_key(
        op.f("fk_topic_run_decided_by_id_person"), "topic_run", "person", ["decided_by_id"], ["id"], ondelete="SET NULL"
    )


def take_columns() -> None:
    # A grouping that nobody accepted is not one that stands.
    op.execute(
        "DELETE FROM topic_run WHERE state <> 'accepted' AND NOT EXISTS (SELECT 1 FROM topic WHERE topic.run_id = topic_run.id)"
    )
    op.drop_constraint(op.f("fk_topic_run_decided_by_id_person"), "topic_run", type_="foreignkey")
    op.drop_index("ix_duplicate_pair_place", table_name="duplicate_pair", postgresql_where="verdict IS NULL")
    op.drop_index("uq_topic_run_undecided", table_name="topic_run", postgresql_where="state IN ('running', 'proposed')")
    op.drop_column("topic_run", "decided_by_id")
    op.drop_column("topic_run", "decided_at")
    op.drop_column("topic_run", "state")
    op.drop_column("topic_run", "result_digest")
    op.drop_column("topic_member", "came_later")
    op.drop_column("topic_member", "is_pinned")
    op.drop_column("topic", "version")
    op.drop_column("topic", "words_of")
    op.drop_constraint(op.f("fk_topic_merged_into_id_topic"), "topic", type_="foreignkey")
    op.drop_column("topic", "merged_into_id")
    op.drop_column("topic", "is_pinned")
    op.drop_constraint(op.f("fk_question_suggested_theme_id_theme"), "question", type_="foreignkey")
    op.drop_column("question", "suggested_theme_probability")
    op.drop_column("question", "suggested_theme_id")
    op.drop_column("question", "wording_settled_at")
    op.drop_column("question", "is_summary")
    op.drop_column("out_of_scope_reason", "is_offered")
    op.drop_column("out_of_scope_reason", "position")
    op.drop_column("job", "arguments")
    op.drop_column("job", "n_total")
    op.drop_column("job", "n_done")
    op.drop_column("job", "task")
    op.drop_column("duplicate_pair", "place")
    op.drop_column("duplicate_pair", "is_audit")
    op.drop_column("duplicate_pair", "features")
    op.drop_column("duplicate_pair", "method")
    op.drop_constraint(op.f("fk_call_model_id_embedding_model"), "call", type_="foreignkey")
    op.drop_column("call", "model_id")
    op.drop_column("embedding_model", "index_problem")
    op.drop_column("embedding_model", "indexed_at")
    op.drop_column("embedding_model", "languages")


def take_tables() -> None:
    op.drop_index(op.f("ix_proposed_member_question_id"), table_name="proposed_member")
    op.drop_index(op.f("ix_proposed_member_proposed_topic_id"), table_name="proposed_member")
    op.drop_table("proposed_member")
    op.drop_table("proposed_topic")
    op.drop_index(op.f("ix_translation_made_by_id"), table_name="translation")
    op.drop_table("translation")
    op.drop_index("ix_suspicion_open", table_name="suspicion", postgresql_where="dismissed_at IS NULL")
    op.drop_table("suspicion")
    op.drop_index(op.f("ix_screening_step_question_id"), table_name="screening_step")
    op.drop_table("screening_step")
    op.drop_index(op.f("ix_screening_decision_made_by_id"), table_name="screening_decision")
    op.drop_table("screening_decision")
    op.drop_table("summary_version")
    op.drop_index(op.f("ix_screening_claim_person_id"), table_name="screening_claim")
    op.drop_table("screening_claim")
    op.drop_table("redaction")
    op.drop_index(op.f("ix_map_point_layout_id"), table_name="map_point")
    op.drop_table("map_point")
    op.drop_index(op.f("ix_duplicate_group_canonical_id"), table_name="duplicate_group")
    op.drop_index(op.f("ix_duplicate_group_call_id"), table_name="duplicate_group")
    op.drop_table("duplicate_group")
    op.drop_index(op.f("ix_job_note_job_id"), table_name="job_note")
    op.drop_table("job_note")
    op.drop_table("theme_classifier")
    op.drop_index(op.f("ix_map_layout_call_id"), table_name="map_layout")
    op.drop_table("map_layout")
    op.drop_index("ix_duplicate_curve_latest", table_name="duplicate_curve")
    op.drop_table("duplicate_curve")
