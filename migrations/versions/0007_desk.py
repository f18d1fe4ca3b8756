"""Make room for the desk: call set-up, worded letters, tokens, saved searches, missions, second looks, publications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_desk"
down_revision = "0006_meeting"
branch_labels = None
depends_on = None

DEFAULTED = ("language", "translations", "time_zone", "form_choices", "criteria", "results_for", "keep_drafts_days")


def upgrade() -> None:
    add_tables()
    add_columns()
    add_indexes()


def add_tables() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_api_token_scopes_named")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_api_token_call_id_call")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_api_token_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "letter_wording",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_letter_wording_call_id_call")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_letter_wording_changed_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wording")),
        sa.UniqueConstraint("call_id", "kind", "language", name=op.f("uq_letter_wording_call_id_kind_language")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("contents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_publication_digest_length")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_publication_call_id_call")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_publication_published_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_publication_call_id_number")),
        sa.UniqueConstraint("digest", name=op.f("uq_publication_digest")),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_saved_search_call_id_call")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("call_id", "person_id", "name", name=op.f("uq_saved_search_call_id_person_id_name")),
    )
    op.create_index(op.f("ix_saved_search_person_id"), "saved_search", ["person_id"], unique=False)
    op.create_table(
        "mission_link",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("mission_id", sa.BigInteger(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=True),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum("confirmed", "refused", name="missionverdict", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("judged_by_id", sa.BigInteger(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(verdict IS NULL) = (judged_at IS NULL)", name=op.f("ck_mission_link_judged_iff_time")),
        sa.CheckConstraint(
            "verdict IS NOT NULL OR similarity IS NOT NULL", name=op.f("ck_mission_link_suggested_or_judged")
        ),
        sa.ForeignKeyConstraint(
            ["judged_by_id"], ["person.id"], name=op.f("fk_mission_link_judged_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["mission_id"], ["mission.id"], name=op.f("fk_mission_link_mission_id_mission")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_mission_link_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", "mission_id", name=op.f("pk_mission_link")),
    )
    op.create_index(op.f("ix_mission_link_mission_id"), "mission_link", ["mission_id"], unique=False)
    op.create_table(
        "second_look",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "kept", "changed", name="secondlookstate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name=op.f("ck_second_look_answered_iff_time")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_second_look_answered_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_second_look_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_second_look_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_second_look")),
    )
    op.create_index(op.f("ix_second_look_person_id"), "second_look", ["person_id"], unique=False)


def add_columns() -> None:
    op.add_column("call", sa.Column("language", sa.Text(), nullable=False, server_default=sa.text("'en'")))
    op.add_column(
        "call",
        sa.Column(
            "translations", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'{}'")
        ),
    )
    op.add_column("call", sa.Column("time_zone", sa.Text(), nullable=False, server_default=sa.text("'UTC'")))
    op.add_column(
        "call",
        sa.Column(
            "form_choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'{}'")
        ),
    )
    op.add_column(
        "call",
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column(
        "call",
        sa.Column(
            "results_for",
            sa.Enum("everybody", "submitters", "nobody", name="resultsfor", native_enum=False, create_constraint=True),
            nullable=False,
            server_default=sa.text("'everybody'"),
        ),
    )
    op.add_column("call", sa.Column("keep_drafts_days", sa.BigInteger(), nullable=False, server_default=sa.text("30")))
    op.add_column("call", sa.Column("copied_from_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_call_copied_from_id_call"), "call", "call", ["copied_from_id"], ["id"])
    op.create_check_constraint(op.f("ck_call_keep_drafts_range"), "call", "keep_drafts_days BETWEEN 1 AND 3650")
    for name in DEFAULTED:
        op.alter_column("call", name, server_default=None)


def add_indexes() -> None:
    """What organizers count: submissions with all that is counted of them, letters by state, assignments by panel."""
    op.drop_index("ix_submission_call_state", table_name="submission")
    op.create_index(
        "ix_submission_call_state",
        "submission",
        ["call_id", "state"],
        postgresql_include=["id", "sent_at", "theme_id"],
    )
    op.create_index("ix_outbox_mail_call", "outbox_mail", ["call_id", "state", "problem", "kind"])
    op.create_index(
        "ix_assignment_panel", "assignment", ["round_id", "panel_id", "state"], postgresql_include=["changed_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_assignment_panel", table_name="assignment")
    op.drop_index("ix_outbox_mail_call", table_name="outbox_mail")
    op.drop_index("ix_submission_call_state", table_name="submission")
    op.create_index("ix_submission_call_state", "submission", ["call_id", "state"])
    op.drop_constraint(op.f("fk_call_copied_from_id_call"), "call", type_="foreignkey")
    op.drop_constraint(op.f("ck_call_keep_drafts_range"), "call", type_="check")
    op.drop_column("call", "copied_from_id")
    op.drop_column("call", "keep_drafts_days")
    op.drop_column("call", "results_for")
    op.drop_column("call", "criteria")
    op.drop_column("call", "form_choices")
    op.drop_column("call", "time_zone")
    op.drop_column("call", "translations")
    op.drop_column("call", "language")
    op.drop_index(op.f("ix_second_look_person_id"), table_name="second_look")
    op.drop_table("second_look")
    op.drop_index(op.f("ix_mission_link_mission_id"), table_name="mission_link")
    op.drop_table("mission_link")
    op.drop_index(op.f("ix_saved_search_person_id"), table_name="saved_search")
    op.drop_table("saved_search")
    op.drop_table("publication")
    op.drop_table("letter_wording")
    op.drop_index(op.f("ix_api_token_person_id"), table_name="api_token")
    op.drop_table("api_token")
