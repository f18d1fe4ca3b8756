"""Make room for drafts, plans, co-authors, guardians, reports, imports, second factors and choices about mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_submitting"
down_revision = "0002_the_queue"
branch_labels = None
depends_on = None

DEFAULTED = (
    ("authorship", "is_corresponding"),
    ("authorship", "may_be_named"),
    ("authorship", "is_minor"),
    ("call", "licence"),
    ("person", "totp_last_step"),
    ("sign_in", "is_pending"),
    ("submission", "licence"),
)

# key, name, around, goal; the application has its own list for calls made later.
MISSIONS = (
    (
        "change-6",
        "Chang'E-6",
        "2024",
        "Bring back samples from the region of the Moon's south pole, and study the soil there.",
    ),
    (
        "change-7",
        "Chang'E-7",
        "2026",
        "Survey the ground, the composition and the environment of the Moon's south pole and look for water ice, with an orbiter, a lander, a rover, a hopper and a relay satellite.",
    ),
    (
        "change-8",
        "Chang'E-8",
        "2030",
        "Begin an international research station on the Moon, try to use lunar soil on site, and watch the Earth's climate system from there.",
    ),
    ("tianwen-2", "Tianwen-2", "2025", "Bring back samples from an asteroid, and study its shape."),
    (
        "tianwen-3",
        "Tianwen-3",
        "2028",
        "Bring back samples from Mars, and study the landing area and how the planet changed.",
    ),
    (
        "tianwen-4",
        "Tianwen-4",
        "2030",
        "Explore the system of Jupiter, with its moons, and the way to interstellar space.",
    ),
)

STEMMED = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "id": "indonesian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
BRANCHES = " ".join(f"WHEN '{code}' THEN '{name}'::regconfig" for code, name in STEMMED.items())
STEMMER = f"CASE language {BRANCHES} ELSE 'simple'::regconfig END"
FOLDED = "to_tsvector('simple'::regconfig, search_text)"
STEMS = (
    f"setweight(to_tsvector({STEMMER}, title), 'A')"
    f" || to_tsvector({STEMMER}, goal_overview || ' ' || significance || ' ' || approach)"
)


def search_by(words: str) -> None:
    """What a question's text is searched by; not every supported version can change how a stored column is computed."""
    op.drop_column("question", "search_vector")
    computed = sa.Computed(words, persisted=True)
    op.add_column("question", sa.Column("search_vector", postgresql.TSVECTOR(), computed, nullable=False))
    op.create_index("ix_question_search", "question", ["search_vector"], unique=False, postgresql_using="gin")


def upgrade() -> None:
    add_to_people()
    add_to_letters()
    add_to_calls()
    add_to_submissions()
    add_to_questions()
    for table, column in DEFAULTED:
        op.alter_column(table, column, server_default=None)


def downgrade() -> None:
    take_from_questions()
    take_from_submissions()
    take_from_calls()
    take_from_letters()
    take_from_people()


def add_to_people() -> None:
    """People: a second factor, a changed address, what is left of who was erased, and the organizations that forms suggest."""
    op.create_table(
        "erasure",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("blanks_texts", sa.Boolean(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("person_id", name=op.f("uq_erasure_person_id")),
    )
    op.create_table(
        "organization",
        sa.Column("ror", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column(
            "search_vector",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple', search_text)", persisted=True),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("ror", name=op.f("pk_organization")),
    )
    op.create_index("ix_organization_search", "organization", ["search_vector"], unique=False, postgresql_using="gin")
    op.create_table(
        "address_change",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_address_change_email_lower")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_address_change_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_address_change")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"], unique=False)
    op.add_column("person", sa.Column("ror", sa.Text(), nullable=True))
    op.add_column("person", sa.Column("totp_secret", sa.Text(), nullable=True))
    op.add_column("person", sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("totp_last_step", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_check_constraint(
        op.f("ck_person_confirmed_totp_has_secret"), "person", "totp_confirmed_at IS NULL OR totp_secret IS NOT NULL"
    )
    op.add_column("sign_in", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE sign_in SET proved_at = created_at")
    op.alter_column("sign_in", "proved_at", nullable=False)
    op.add_column("sign_in", sa.Column("is_pending", sa.Boolean(), nullable=False, server_default=sa.false()))


def take_from_people() -> None:
    op.drop_column("sign_in", "is_pending")
    op.drop_column("sign_in", "proved_at")
    op.drop_constraint(op.f("ck_person_confirmed_totp_has_secret"), "person", type_="check")
    op.drop_column("person", "totp_last_step")
    op.drop_column("person", "totp_confirmed_at")
    op.drop_column("person", "totp_secret")
    op.drop_column("person", "ror")
    op.drop_index(op.f("ix_recovery_code_person_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_table("address_change")
    op.drop_index("ix_organization_search", table_name="organization", postgresql_using="gin")
    op.drop_table("organization")
    op.drop_table("erasure")


def add_to_letters() -> None:
    """Letters that people do not want any more."""
    op.create_table(
        "mail_stop",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_stop_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_mail_stop")),
    )


def take_from_letters() -> None:
    op.drop_table("mail_stop")


def add_to_calls() -> None:
    """Calls: their licence, and the missions that plans may name."""
    op.create_table(
        "mission",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("around", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.CheckConstraint("key ~ '^[a-z0-9][a-z0-9-]{0,60}$'", name=op.f("ck_mission_key_form")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_mission_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mission")),
        sa.UniqueConstraint("call_id", "key", name=op.f("uq_mission_call_id_key")),
    )
    op.add_column("call", sa.Column("licence", sa.Text(), nullable=False, server_default="CC BY 4.0"))
    insert = sa.text(
        "INSERT INTO mission (call_id, key, name, around, goal, position, is_offered) "
        "SELECT id, :key, :name, :around, :goal, :position, true FROM call"
    )
    for position, (key, name, around, goal) in enumerate(MISSIONS, 1):
        op.execute(insert.bindparams(key=key, name=name, around=around, goal=goal, position=position))


def take_from_calls() -> None:
    op.drop_column("call", "licence")
    op.drop_table("mission")


def add_to_submissions() -> None:
    """Submissions: drafts, plans, imports, and the people around them."""
    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("organizer_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "read",
                "checked",
                "imported",
                "discarded",
                name="importstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'imported') = (imported_at IS NOT NULL)", name=op.f("ck_import_batch_imported_iff_time")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_import_batch_call_id_call")),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["person.id"], name=op.f("fk_import_batch_organizer_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(op.f("ix_import_batch_call_id"), "import_batch", ["call_id"], unique=False)
    op.create_table(
        "co_author",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "named",
                "invited",
                "accepted",
                "declined",
                "revoked",
                name="coauthorstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'named') = (invited_at IS NULL)", name=op.f("ck_co_author_invited_unless_named")),
        sa.CheckConstraint(
            "(state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)",
            name=op.f("ck_co_author_answered_iff_time"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_co_author_email_lower")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_co_author_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_co_author_submission_id_submission"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_author")),
        sa.UniqueConstraint("submission_id", "email", name=op.f("uq_co_author_submission_id_email")),
    )
    op.create_index(op.f("ix_co_author_email"), "co_author", ["email"], unique=False)
    op.create_index(op.f("ix_co_author_person_id"), "co_author", ["person_id"], unique=False)
    op.create_index(op.f("ix_co_author_submission_id"), "co_author", ["submission_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("author", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("link_nonce", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guardian_email", sa.Text(), nullable=True),
        sa.Column("guardian_nonce", sa.Text(), nullable=True),
        sa.Column("guardian_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guardian_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_draft_email_lower")),
        sa.CheckConstraint(
            "guardian_asked_at IS NULL OR guardian_email IS NOT NULL", name=op.f("ck_draft_asked_guardian_has_email")
        ),
        sa.CheckConstraint(
            "guardian_confirmed_at IS NULL OR guardian_asked_at IS NOT NULL",
            name=op.f("ck_draft_confirming_guardian_was_asked"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_draft_submission_id_submission"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_email"), "draft", ["email"], unique=False)
    op.create_index(op.f("ix_draft_key_hash"), "draft", ["key_hash"], unique=False)
    op.create_index(op.f("ix_draft_saved_at"), "draft", ["saved_at"], unique=False)
    op.create_table(
        "revision_request",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_revision_request_asked_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_revision_request_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_request")),
    )
    op.create_index(op.f("ix_revision_request_submission_id"), "revision_request", ["submission_id"], unique=False)
    op.create_index(
        "uq_revision_request_open",
        "revision_request",
        ["submission_id"],
        unique=True,
        postgresql_where="answered_at IS NULL",
    )
    op.add_column("authorship", sa.Column("ror", sa.Text(), nullable=True))
    op.add_column("authorship", sa.Column("orcid", sa.Text(), nullable=True))
    op.add_column("authorship", sa.Column("is_corresponding", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("authorship", sa.Column("may_be_named", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("authorship", sa.Column("is_minor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE authorship SET is_corresponding = true WHERE position = 1")
    op.create_check_constraint(
        op.f("ck_authorship_minor_is_not_named"), "authorship", "NOT (is_minor AND may_be_named)"
    )
    op.create_index(
        "uq_authorship_corresponding", "authorship", ["submission_id"], unique=True, postgresql_where="is_corresponding"
    )
    op.add_column(
        "submission", sa.Column("plan", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.add_column("submission", sa.Column("external_id", sa.Text(), nullable=True))
    op.add_column("submission", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.add_column("submission", sa.Column("licence", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_submission_batch_id"), "submission", ["batch_id"], unique=False)
    op.create_unique_constraint(op.f("uq_submission_call_id_external_id"), "submission", ["call_id", "external_id"])
    op.create_foreign_key(
        op.f("fk_submission_batch_id_import_batch"),
        "submission",
        "import_batch",
        ["batch_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.add_column(
        "submission_version",
        sa.Column("plan", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.create_check_constraint(op.f("ck_submission_plan_is_a_plan"), "submission", "plan IS NULL OR kind = 'plan'")


def take_from_submissions() -> None:
    op.drop_constraint(op.f("ck_submission_plan_is_a_plan"), "submission", type_="check")
    op.drop_column("submission_version", "plan")
    op.drop_constraint(op.f("fk_submission_batch_id_import_batch"), "submission", type_="foreignkey")
    op.drop_constraint(op.f("uq_submission_call_id_external_id"), "submission", type_="unique")
    op.drop_index(op.f("ix_submission_batch_id"), table_name="submission")
    op.drop_column("submission", "licence")
    op.drop_column("submission", "batch_id")
    op.drop_column("submission", "external_id")
    op.drop_column("submission", "plan")
    op.drop_constraint(op.f("ck_authorship_minor_is_not_named"), "authorship", type_="check")
    op.drop_index("uq_authorship_corresponding", table_name="authorship", postgresql_where="is_corresponding")
    op.drop_column("authorship", "is_minor")
    op.drop_column("authorship", "may_be_named")
    op.drop_column("authorship", "is_corresponding")
    op.drop_column("authorship", "orcid")
    op.drop_column("authorship", "ror")
    op.drop_index("uq_revision_request_open", table_name="revision_request", postgresql_where="answered_at IS NULL")
    op.drop_index(op.f("ix_revision_request_submission_id"), table_name="revision_request")
    op.drop_table("revision_request")
    op.drop_index(op.f("ix_draft_saved_at"), table_name="draft")
    op.drop_index(op.f("ix_draft_key_hash"), table_name="draft")
    op.drop_index(op.f("ix_draft_email"), table_name="draft")
    op.drop_table("draft")
    op.drop_index(op.f("ix_co_author_submission_id"), table_name="co_author")
    op.drop_index(op.f("ix_co_author_person_id"), table_name="co_author")
    op.drop_index(op.f("ix_co_author_email"), table_name="co_author")
    op.drop_table("co_author")
    op.drop_index(op.f("ix_import_batch_call_id"), table_name="import_batch")
    op.drop_table("import_batch")


def add_to_questions() -> None:
    """Questions: what authors and readers say of them, plans, and the stems of words."""
    op.create_table(
        "difference_note",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_difference_note_question_id_question")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_difference_note_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "question_id", name=op.f("pk_difference_note")),
    )
    op.create_index(op.f("ix_difference_note_question_id"), "difference_note", ["question_id"], unique=False)
    op.create_table(
        "problem_report",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "names_somebody",
                "offends",
                "spam",
                "copied",
                "other",
                name="reportreason",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("acted_on", "nothing_wrong", name="reportoutcome", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_problem_report_closed_iff_outcome")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_problem_report_call_id_call")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_problem_report_closed_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_problem_report_question_id_question")),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["person.id"], name=op.f("fk_problem_report_reporter_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_report")),
    )
    op.create_index(op.f("ix_problem_report_question_id"), "problem_report", ["question_id"], unique=False)
    op.create_index("ix_problem_report_queue", "problem_report", ["call_id", "closed_at", "reported_at"], unique=False)
    op.create_index(op.f("ix_problem_report_reporter_id"), "problem_report", ["reporter_id"], unique=False)
    op.add_column(
        "question", sa.Column("plan", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.create_index(
        "ix_question_plan",
        "question",
        ["plan"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"plan": "jsonb_path_ops"},
        postgresql_where="plan IS NOT NULL",
    )
    search_by(f"{FOLDED} || {STEMS}")
    op.drop_index("ix_question_call_state", table_name="question")
    op.create_index(
        "ix_question_call_state",
        "question",
        ["call_id", "state", "theme_id"],
        unique=False,
        postgresql_include=["kind", "language", "id"],
    )


def take_from_questions() -> None:
    op.drop_index("ix_question_call_state", table_name="question")
    op.create_index("ix_question_call_state", "question", ["call_id", "state", "theme_id"], unique=False)
    search_by(FOLDED)
    op.drop_column("question", "plan")
    op.drop_index(op.f("ix_problem_report_reporter_id"), table_name="problem_report")
    op.drop_index("ix_problem_report_queue", table_name="problem_report")
    op.drop_index(op.f("ix_problem_report_question_id"), table_name="problem_report")
    op.drop_table("problem_report")
    op.drop_index(op.f("ix_difference_note_question_id"), table_name="difference_note")
    op.drop_table("difference_note")
