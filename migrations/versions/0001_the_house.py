"""Build the house: every table of the first version"""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects import postgresql

revision = "0001_the_house"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.execute("CREATE SEQUENCE question_number AS integer")
    op.execute("CREATE SEQUENCE plan_number AS integer")
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_key", sa.Uuid(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_call_id"), "audit_event", ["call_id"], unique=False)
    op.create_index("ix_audit_event_subject", "audit_event", ["subject", "subject_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "closed",
                "published",
                "archived",
                name="callstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("motto", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("before_you_start", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grace_minutes", sa.BigInteger(), nullable=False),
        sa.Column("publishes_while_open", sa.Boolean(), nullable=False),
        sa.Column("n_places", sa.BigInteger(), nullable=False),
        sa.Column("host_country", sa.Text(), nullable=False),
        sa.Column("text_limits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,60}$'", name=op.f("ck_call_slug_form")),
        sa.CheckConstraint("grace_minutes BETWEEN 0 AND 1440", name=op.f("ck_call_grace_range")),
        sa.CheckConstraint("n_places >= 1", name=op.f("ck_call_places_positive")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_call_opens_before_close")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("slug", name=op.f("uq_call_slug")),
    )
    op.create_table(
        "embedding_model",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embedding_model")),
        sa.UniqueConstraint("name", name=op.f("uq_embedding_model_name")),
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("email_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index(op.f("ix_failed_sign_in_email_hash"), "failed_sign_in", ["email_hash"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("affiliation", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column(
            "career",
            sa.Enum(
                "researcher",
                "engineer",
                "enthusiast",
                "student",
                name="career",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("orcid", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=True),
        sa.CheckConstraint("scheme IN ('light', 'dark')", name=op.f("ck_person_scheme_known")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "stopped",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("n_steps", sa.BigInteger(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("result_path", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('done', 'failed', 'stopped')) = (finished_at IS NOT NULL)",
            name=op.f("ck_job_finished_iff_over"),
        ),
        sa.CheckConstraint("step BETWEEN 0 AND n_steps", name=op.f("ck_job_step_in_range")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_job_call_id_call")),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["person.id"], name=op.f("fk_job_started_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "uq_job_kind_waiting",
        "job",
        ["call_id", "kind"],
        unique=True,
        postgresql_where="state IN ('queued', 'running')",
    )
    op.create_table(
        "out_of_scope_reason",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_out_of_scope_reason_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_out_of_scope_reason")),
        sa.UniqueConstraint("call_id", "key", name=op.f("uq_out_of_scope_reason_call_id_key")),
    )
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "sent", "failed", name="mailstate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("n_tries", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_mail_sent_iff_time")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_outbox_mail_call_id_call")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_outbox_mail_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_mail_message_id")),
    )
    op.create_index(op.f("ix_outbox_mail_person_id"), "outbox_mail", ["person_id"], unique=False)
    op.create_table(
        "person_key",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_key_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_key")),
        sa.UniqueConstraint("key", name=op.f("uq_person_key_key")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("question", "plan", name="kind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "closed",
                "frozen",
                name="roundstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviews_per_question", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_round_opens_before_close")),
        sa.CheckConstraint("reviews_per_question >= 1", name=op.f("ck_round_reviews_positive")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_round_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    op.create_index(op.f("ix_round_call_id"), "round", ["call_id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "stage",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_stage_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("call_id", "position", name=op.f("uq_stage_call_id_position")),
    )
    op.create_table(
        "text_vector",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("vector", HALFVEC(), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["embedding_model.id"], name=op.f("fk_text_vector_model_id_embedding_model")
        ),
        sa.PrimaryKeyConstraint("digest", "model_id", name=op.f("pk_text_vector")),
    )
    op.create_table(
        "theme",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.CheckConstraint("colour IN ('space', 'life', 'nature', 'station')", name=op.f("ck_theme_colour_known")),
        sa.CheckConstraint("shape IN ('circle', 'triangle', 'diamond', 'square')", name=op.f("ck_theme_shape_known")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_theme_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("call_id", "key", name=op.f("uq_theme_call_id_key")),
        sa.UniqueConstraint("call_id", "position", name=op.f("uq_theme_call_id_position")),
    )
    op.create_table(
        "topic_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("n_questions", sa.BigInteger(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_topic_run_call_id_call")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["embedding_model.id"], name=op.f("fk_topic_run_model_id_embedding_model")
        ),
        sa.ForeignKeyConstraint(
            ["run_by_id"], ["person.id"], name=op.f("fk_topic_run_run_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_run")),
    )
    op.create_index(op.f("ix_topic_run_call_id"), "topic_run", ["call_id"], unique=False)
    op.create_table(
        "travel_cost",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("subregion", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_travel_cost_amount_not_negative")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_travel_cost_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", "subregion", name=op.f("pk_travel_cost")),
    )
    op.create_table(
        "criterion",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("low", sa.Text(), nullable=False),
        sa.Column("high", sa.Text(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_criterion_weight_positive")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_criterion_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("round_id", "key", name=op.f("uq_criterion_round_id_key")),
    )
    op.create_table(
        "nomination",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_nomination_call_id_call")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_nomination_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["person.id"],
            name=op.f("fk_nomination_proposed_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_nomination_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_nomination_call_id_person_id")),
    )
    op.create_table(
        "panel",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_panel_call_id_call")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_panel_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("call_id", "name", name=op.f("uq_panel_call_id_name")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("question", "plan", name="kind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger(), nullable=True),
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
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("goal_overview", sa.Text(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.LargeBinary(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column(
            "search_vector",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple', search_text)", persisted=True),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("screened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("screened_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reason_id", sa.BigInteger(), nullable=True),
        sa.Column("reason_note", sa.Text(), nullable=False),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f("ck_question_merged_iff_target")
        ),
        sa.CheckConstraint(
            "(state = 'out_of_scope') = (reason_id IS NOT NULL)",
            name=op.f("ck_question_out_of_scope_iff_reason"),
        ),
        sa.CheckConstraint("state <> 'in_scope' OR number IS NOT NULL", name=op.f("ck_question_in_scope_has_number")),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_question_not_merged_into_itself")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_question_call_id_call")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["question.id"], name=op.f("fk_question_merged_into_id_question")),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["out_of_scope_reason.id"], name=op.f("fk_question_reason_id_out_of_scope_reason")
        ),
        sa.ForeignKeyConstraint(
            ["screened_by_id"],
            ["person.id"],
            name=op.f("fk_question_screened_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_question_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_question_kind_number")),
    )
    op.create_index("ix_question_call_state", "question", ["call_id", "state", "theme_id"], unique=False)
    op.create_index(op.f("ix_question_merged_into_id"), "question", ["merged_into_id"], unique=False)
    op.create_index("ix_question_search", "question", ["search_vector"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_question_text_digest"), "question", ["text_digest"], unique=False)
    op.create_table(
        "ranking_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("frozen", "published", name="runstate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("variances", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("result_digest", sa.LargeBinary(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_id", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_ranking_run_published_iff_time"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_ranking_run_call_id_call")),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"],
            ["person.id"],
            name=op.f("fk_ranking_run_frozen_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_ranking_run_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_run")),
        sa.UniqueConstraint("round_id", name=op.f("uq_ranking_run_round_id")),
    )
    op.create_index(op.f("ix_ranking_run_call_id"), "ranking_run", ["call_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("submitter_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("question", "plan", name="kind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "revision_requested",
                "withdrawn",
                name="submissionstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum("person", "import", name="source", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("goal_overview", sa.Text(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("idempotency_key", sa.Uuid(), nullable=True),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name=op.f("ck_submission_sent_unless_draft")),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_submission_withdrawn_iff_time"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR source = 'import' OR (consented_at IS NOT NULL AND theme_id IS NOT NULL)",
            name=op.f("ck_submission_sent_is_complete"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_submission_call_id_call")),
        sa.ForeignKeyConstraint(
            ["submitter_id"],
            ["person.id"],
            name=op.f("fk_submission_submitter_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_submission_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_submission_idempotency_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_submission_reference")),
    )
    op.create_index("ix_submission_call_state", "submission", ["call_id", "state"], unique=False)
    op.create_index(op.f("ix_submission_submitter_id"), "submission", ["submitter_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("panel_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "assigned",
                "draft",
                "submitted",
                "abstained",
                "voided",
                name="assignmentstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("abstain_reason", sa.Text(), nullable=False),
        sa.Column("affinity", sa.Double(), nullable=False),
        sa.Column("queue_order", sa.BigInteger(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'abstained') = (abstain_reason <> '')", name=op.f("ck_assignment_abstained_iff_reason")
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_assignment_panel_id_panel")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_assignment_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_assignment_question_id_question")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_assignment_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "round_id", "question_id", "person_id", name=op.f("uq_assignment_round_id_question_id_person_id")
        ),
    )
    op.create_index(op.f("ix_assignment_question_id"), "assignment", ["question_id"], unique=False)
    op.create_index("ix_assignment_queue", "assignment", ["person_id", "round_id", "state"], unique=False)
    op.create_table(
        "authorship",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("affiliation", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column(
            "career",
            sa.Enum(
                "researcher",
                "engineer",
                "enthusiast",
                "student",
                name="career",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("is_willing", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_authorship_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_authorship_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "person_id", name=op.f("pk_authorship")),
        sa.UniqueConstraint("submission_id", "position", name=op.f("uq_authorship_submission_id_position")),
    )
    op.create_index(op.f("ix_authorship_person_id"), "authorship", ["person_id"], unique=False)
    op.create_table(
        "conflict_of_interest",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "suspected",
                "confirmed",
                "dismissed",
                name="conflictstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum("declared", "own", name="conflictsource", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["person.id"],
            name=op.f("fk_conflict_of_interest_decided_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_conflict_of_interest_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_conflict_of_interest_question_id_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_of_interest")),
        sa.UniqueConstraint("question_id", "person_id", name=op.f("uq_conflict_of_interest_question_id_person_id")),
    )
    op.create_index(op.f("ix_conflict_of_interest_person_id"), "conflict_of_interest", ["person_id"], unique=False)
    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("left_id", sa.BigInteger(), nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=False),
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("cosine", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("same", "related", "different", name="verdict", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(verdict IS NULL) = (decided_at IS NULL)", name=op.f("ck_duplicate_pair_decided_iff_verdict")
        ),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_duplicate_pair_left_before_right")),
        sa.CheckConstraint("probability BETWEEN 0 AND 1", name=op.f("ck_duplicate_pair_probability_range")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_duplicate_pair_call_id_call")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["person.id"],
            name=op.f("fk_duplicate_pair_decided_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["left_id"], ["question.id"], name=op.f("fk_duplicate_pair_left_id_question")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["embedding_model.id"], name=op.f("fk_duplicate_pair_model_id_embedding_model")
        ),
        sa.ForeignKeyConstraint(["right_id"], ["question.id"], name=op.f("fk_duplicate_pair_right_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint("left_id", "right_id", name=op.f("uq_duplicate_pair_left_id_right_id")),
    )
    op.create_index("ix_duplicate_pair_queue", "duplicate_pair", ["call_id", "verdict", "probability"], unique=False)
    op.create_index(op.f("ix_duplicate_pair_right_id"), "duplicate_pair", ["right_id"], unique=False)
    op.create_table(
        "merge",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state_before",
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
        sa.Column("submission_ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_merge_two_questions")),
        sa.ForeignKeyConstraint(
            ["merged_by_id"], ["person.id"], name=op.f("fk_merge_merged_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["question.id"], name=op.f("fk_merge_source_id_question")),
        sa.ForeignKeyConstraint(["target_id"], ["question.id"], name=op.f("fk_merge_target_id_question")),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["person.id"], name=op.f("fk_merge_undone_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index(op.f("ix_merge_target_id"), "merge", ["target_id"], unique=False)
    op.create_index("uq_merge_standing", "merge", ["source_id"], unique=True, postgresql_where="undone_at IS NULL")
    op.create_table(
        "panelist",
        sa.Column("panel_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("keywords", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("min_load", sa.BigInteger(), nullable=False),
        sa.Column("max_load", sa.BigInteger(), nullable=False),
        sa.Column("statement_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("0 <= min_load AND min_load <= max_load", name=op.f("ck_panelist_loads_in_order")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panelist_panel_id_panel")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_panelist_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("panel_id", "person_id", name=op.f("pk_panelist")),
    )
    op.create_index(op.f("ix_panelist_person_id"), "panelist", ["person_id"], unique=False)
    op.create_table(
        "question_source",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("first_question_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_question_id"], ["question.id"], name=op.f("fk_question_source_first_question_id_question")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_source_question_id_question")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_question_source_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_question_source")),
    )
    op.create_index(
        op.f("ix_question_source_first_question_id"), "question_source", ["first_question_id"], unique=False
    )
    op.create_index(op.f("ix_question_source_question_id"), "question_source", ["question_id"], unique=False)
    op.create_table(
        "question_vector",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "aspect",
            sa.Enum("title", "text", name="aspect", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("vector", HALFVEC(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_question_vector_call_id_call")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["embedding_model.id"], name=op.f("fk_question_vector_model_id_embedding_model")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_question_vector_question_id_question"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_question_vector_theme_id_theme")),
        sa.PrimaryKeyConstraint("question_id", "model_id", "aspect", name=op.f("pk_question_vector")),
    )
    op.create_index(
        "ix_question_vector_search", "question_vector", ["call_id", "model_id", "aspect", "theme_id"], unique=False
    )
    op.create_table(
        "ranking_row",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("question", "plan", name="kind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum("ranked", "insufficient", name="evidence", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("p_top_k", sa.Double(), nullable=False),
        sa.Column("plain_mean", sa.Double(), nullable=True),
        sa.Column("n_ratings", sa.BigInteger(), nullable=False),
        sa.Column("n_outside", sa.BigInteger(), nullable=False),
        sa.Column("component", sa.BigInteger(), nullable=False),
        sa.Column("band", sa.BigInteger(), nullable=True),
        sa.Column("place_first", sa.BigInteger(), nullable=True),
        sa.Column("place_last", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(evidence = 'ranked') = (place_first IS NOT NULL)", name=op.f("ck_ranking_row_ranked_iff_place")
        ),
        sa.CheckConstraint("low <= mean AND mean <= high", name=op.f("ck_ranking_row_mean_in_interval")),
        sa.CheckConstraint("p_top_k BETWEEN 0 AND 1", name=op.f("ck_ranking_row_probability_range")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_ranking_row_question_id_question")),
        sa.ForeignKeyConstraint(["run_id"], ["ranking_run.id"], name=op.f("fk_ranking_row_run_id_ranking_run")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_ranking_row_theme_id_theme")),
        sa.PrimaryKeyConstraint("run_id", "question_id", name=op.f("pk_ranking_row")),
    )
    op.create_index("ix_ranking_row_order", "ranking_row", ["run_id", "theme_id", "position"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "panelist",
                "chair",
                "organizer",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("call_id", sa.BigInteger(), nullable=True),
        sa.Column("panel_id", sa.BigInteger(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(role = 'administrator') = (call_id IS NULL)", name=op.f("ck_role_grant_administrator_of_all")
        ),
        sa.CheckConstraint(
            "(role IN ('panelist', 'chair')) = (panel_id IS NOT NULL)",
            name=op.f("ck_role_grant_seat_has_panel"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_role_grant_call_id_call")),
        sa.ForeignKeyConstraint(
            ["granted_by_id"],
            ["person.id"],
            name=op.f("fk_role_grant_granted_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_role_grant_panel_id_panel")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "call_id",
            "panel_id",
            name="uq_role_grant",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_role_grant_call_id"), "role_grant", ["call_id"], unique=False)
    op.create_index(op.f("ix_role_grant_panel_id"), "role_grant", ["panel_id"], unique=False)
    op.create_table(
        "selection",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("proposed", "approved", name="selectionstate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("seats", sa.BigInteger(), nullable=False),
        sa.Column("budget_cents", sa.BigInteger(), nullable=False),
        sa.Column("stay_cents", sa.BigInteger(), nullable=False),
        sa.Column("nights", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("optimal", "node_limit", "infeasible", name="outcome", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("is_proven", sa.Boolean(), nullable=False),
        sa.Column("merit_total", sa.BigInteger(), nullable=False),
        sa.Column("coverage_total", sa.BigInteger(), nullable=False),
        sa.Column("cost_total_cents", sa.BigInteger(), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL)", name=op.f("ck_selection_approved_iff_time")
        ),
        sa.CheckConstraint("approved_by_id <> proposed_by_id", name=op.f("ck_selection_approved_by_another")),
        sa.CheckConstraint(
            "seats >= 1 AND budget_cents >= 0 AND stay_cents >= 0", name=op.f("ck_selection_limits_sensible")
        ),
        sa.CheckConstraint("nights >= 1", name=op.f("ck_selection_nights_positive")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["person.id"],
            name=op.f("fk_selection_approved_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_selection_call_id_call")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["person.id"],
            name=op.f("fk_selection_proposed_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["run_id"], ["ranking_run.id"], name=op.f("fk_selection_run_id_ranking_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection")),
    )
    op.create_index(op.f("ix_selection_call_id"), "selection", ["call_id"], unique=False)
    op.create_index(
        "uq_selection_approved", "selection", ["call_id"], unique=True, postgresql_where="state = 'approved'"
    )
    op.create_table(
        "statement_score",
        sa.Column("nomination_id", sa.BigInteger(), nullable=False),
        sa.Column("organizer_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value BETWEEN 0 AND 100", name=op.f("ck_statement_score_value_range")),
        sa.ForeignKeyConstraint(
            ["nomination_id"],
            ["nomination.id"],
            name=op.f("fk_statement_score_nomination_id_nomination"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"],
            ["person.id"],
            name=op.f("fk_statement_score_organizer_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("nomination_id", "organizer_id", name=op.f("pk_statement_score")),
    )
    op.create_table(
        "submission_version",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("goal_overview", sa.Text(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_version_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_submission_version_theme_id_theme")),
        sa.PrimaryKeyConstraint("submission_id", "number", name=op.f("pk_submission_version")),
    )
    op.create_table(
        "support",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("supported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_support_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_support_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", "person_id", name=op.f("pk_support")),
    )
    op.create_index(op.f("ix_support_person_id"), "support", ["person_id"], unique=False)
    op.create_table(
        "topic",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("medoid_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_topic_call_id_call")),
        sa.ForeignKeyConstraint(["medoid_id"], ["question.id"], name=op.f("fk_topic_medoid_id_question")),
        sa.ForeignKeyConstraint(["run_id"], ["topic_run.id"], name=op.f("fk_topic_run_id_topic_run")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_topic_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
    )
    op.create_index("ix_topic_call_theme", "topic", ["call_id", "theme_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("selection_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "selected",
                "offered",
                "accepted",
                "declined",
                "expired",
                "replaced",
                "confirmed",
                "cancelled",
                name="invitationstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_invitation_call_id_call")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["selection_id"], ["selection.id"], name=op.f("fk_invitation_selection_id_selection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_invitation_call_id_person_id")),
    )
    op.create_index(op.f("ix_invitation_selection_id"), "invitation", ["selection_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "confidence",
            sa.Enum(
                "my_field",
                "well_enough",
                "outside",
                name="confidence",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("comment_to_panel", sa.Text(), nullable=False),
        sa.Column("comment_to_authors", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_review_assignment_id_assignment")),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_review")),
    )
    op.create_table(
        "selection_candidate",
        sa.Column("selection_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("merit", sa.BigInteger(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum("questions", "statement", "waiting", name="basis", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column(
            "career",
            sa.Enum(
                "researcher",
                "engineer",
                "enthusiast",
                "student",
                name="career",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("question_ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("theme_keys", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "rule",
            sa.Enum("none", "always", "never", name="rule", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("rule_reason", sa.Text(), nullable=False),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("(rule = 'none') = (rule_reason = '')", name=op.f("ck_selection_candidate_rule_iff_reason")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_selection_candidate_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"],
            ["selection.id"],
            name=op.f("fk_selection_candidate_selection_id_selection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("selection_id", "person_id", name=op.f("pk_selection_candidate")),
    )
    op.create_index(op.f("ix_selection_candidate_person_id"), "selection_candidate", ["person_id"], unique=False)
    op.create_table(
        "selection_quota",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("selection_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "field",
            sa.Enum(
                "theme",
                "region",
                "career",
                "country",
                name="quotafield",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("maximum", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "0 <= minimum AND minimum <= maximum", name=op.f("ck_selection_quota_minimum_below_maximum")
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"],
            ["selection.id"],
            name=op.f("fk_selection_quota_selection_id_selection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_quota")),
    )
    op.create_index(op.f("ix_selection_quota_selection_id"), "selection_quota", ["selection_id"], unique=False)
    op.create_table(
        "topic_member",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("is_weak", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_topic_member_question_id_question"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_member_topic_id_topic")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_topic_member")),
    )
    op.create_index(op.f("ix_topic_member_topic_id"), "topic_member", ["topic_id"], unique=False)
    op.create_table(
        "score",
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("criterion_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("value BETWEEN 1 AND 5", name=op.f("ck_score_value_range")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["review.assignment_id"],
            name=op.f("fk_score_assignment_id_review"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_score_criterion_id_criterion")),
        sa.PrimaryKeyConstraint("assignment_id", "criterion_id", name=op.f("pk_score")),
    )


def downgrade() -> None:
    op.drop_table("score")
    op.drop_index(op.f("ix_topic_member_topic_id"), table_name="topic_member")
    op.drop_table("topic_member")
    op.drop_index(op.f("ix_selection_quota_selection_id"), table_name="selection_quota")
    op.drop_table("selection_quota")
    op.drop_index(op.f("ix_selection_candidate_person_id"), table_name="selection_candidate")
    op.drop_table("selection_candidate")
    op.drop_table("review")
    op.drop_index(op.f("ix_invitation_selection_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index("ix_topic_call_theme", table_name="topic")
    op.drop_table("topic")
    op.drop_index(op.f("ix_support_person_id"), table_name="support")
    op.drop_table("support")
    op.drop_table("submission_version")
    op.drop_table("statement_score")
    op.drop_index("uq_selection_approved", table_name="selection", postgresql_where="state = 'approved'")
    op.drop_index(op.f("ix_selection_call_id"), table_name="selection")
    op.drop_table("selection")
    op.drop_index(op.f("ix_role_grant_panel_id"), table_name="role_grant")
    op.drop_index(op.f("ix_role_grant_call_id"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index("ix_ranking_row_order", table_name="ranking_row")
    op.drop_table("ranking_row")
    op.drop_index("ix_question_vector_search", table_name="question_vector")
    op.drop_table("question_vector")
    op.drop_index(op.f("ix_question_source_question_id"), table_name="question_source")
    op.drop_index(op.f("ix_question_source_first_question_id"), table_name="question_source")
    op.drop_table("question_source")
    op.drop_index(op.f("ix_panelist_person_id"), table_name="panelist")
    op.drop_table("panelist")
    op.drop_index("uq_merge_standing", table_name="merge", postgresql_where="undone_at IS NULL")
    op.drop_index(op.f("ix_merge_target_id"), table_name="merge")
    op.drop_table("merge")
    op.drop_index(op.f("ix_duplicate_pair_right_id"), table_name="duplicate_pair")
    op.drop_index("ix_duplicate_pair_queue", table_name="duplicate_pair")
    op.drop_table("duplicate_pair")
    op.drop_index(op.f("ix_conflict_of_interest_person_id"), table_name="conflict_of_interest")
    op.drop_table("conflict_of_interest")
    op.drop_index(op.f("ix_authorship_person_id"), table_name="authorship")
    op.drop_table("authorship")
    op.drop_index("ix_assignment_queue", table_name="assignment")
    op.drop_index(op.f("ix_assignment_question_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_submission_submitter_id"), table_name="submission")
    op.drop_index("ix_submission_call_state", table_name="submission")
    op.drop_table("submission")
    op.drop_index(op.f("ix_ranking_run_call_id"), table_name="ranking_run")
    op.drop_table("ranking_run")
    op.drop_index(op.f("ix_question_text_digest"), table_name="question")
    op.drop_index("ix_question_search", table_name="question", postgresql_using="gin")
    op.drop_index(op.f("ix_question_merged_into_id"), table_name="question")
    op.drop_index("ix_question_call_state", table_name="question")
    op.drop_table("question")
    op.drop_table("panel")
    op.drop_table("nomination")
    op.drop_table("criterion")
    op.drop_table("travel_cost")
    op.drop_index(op.f("ix_topic_run_call_id"), table_name="topic_run")
    op.drop_table("topic_run")
    op.drop_table("theme")
    op.drop_table("text_vector")
    op.drop_table("stage")
    op.drop_index(op.f("ix_sign_in_person_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_round_call_id"), table_name="round")
    op.drop_table("round")
    op.drop_table("person_key")
    op.drop_index(op.f("ix_outbox_mail_person_id"), table_name="outbox_mail")
    op.drop_table("outbox_mail")
    op.drop_table("out_of_scope_reason")
    op.drop_index("uq_job_kind_waiting", table_name="job", postgresql_where="state IN ('queued', 'running')")
    op.drop_table("job")
    op.drop_table("person")
    op.drop_index(op.f("ix_failed_sign_in_email_hash"), table_name="failed_sign_in")
    op.drop_table("failed_sign_in")
    op.drop_table("embedding_model")
    op.drop_table("call")
    op.drop_index("ix_audit_event_subject", table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_call_id"), table_name="audit_event")
    op.drop_table("audit_event")
    op.execute("DROP SEQUENCE plan_number")
    op.execute("DROP SEQUENCE question_number")
