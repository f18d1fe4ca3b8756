"""Make room for limits, costs, letters, travel details and the meeting."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_meeting"
down_revision = "0005_panels"
branch_labels = None
depends_on = None

DEFAULTED = (
    ("invitation", "attendance"),
    ("invitation", "nonce"),
    ("invitation", "answer_note"),
    ("invitation", "cancel_reason"),
    ("nomination", "proposed_name"),
    ("nomination", "source"),
    ("selection", "purpose"),
    ("selection", "name"),
    ("selection", "cost_rates"),
    ("selection", "questions"),
    ("selection", "gap"),
    ("selection", "n_draws"),
    ("selection_candidate", "also_ids"),
    ("selection_candidate", "attendance"),
    ("selection_candidate", "institution"),
    ("selection_candidate", "is_young"),
    ("selection_candidate", "topic_ids"),
    ("selection_candidate", "n_authors"),
    ("selection_candidate", "is_kept"),
)

NEW_CHECKS = (
    ("invitation", "offered_iff_time", "state IN ('selected', 'cancelled') OR offered_at IS NOT NULL"),
    (
        "invitation",
        "answered_iff_time",
        "state NOT IN ('accepted', 'declined', 'confirmed') OR answered_at IS NOT NULL",
    ),
    ("nomination", "one_answer", "consented_at IS NULL OR declined_at IS NULL"),
    ("nomination", "panel_iff_source", "(source = 'panel') = (panel_id IS NOT NULL)"),
    ("selection", "replacement_iff_replaces", "(purpose = 'replacement') = (replaces_id IS NOT NULL)"),
    ("selection_candidate", "draw_share_range", "draw_share BETWEEN 0 AND 1"),
    ("selection_candidate", "reserve_is_left_out", "reserve_place IS NULL OR NOT is_chosen"),
)

# Checks that say something else now: table, name, before, after.
CHANGED_CHECKS = (
    (
        "selection",
        "selectionstate",
        "state IN ('proposed', 'approved')",
        "state IN ('proposed', 'approved', 'replaced')",
    ),
    (
        "selection",
        "approved_iff_time",
        "(state = 'approved') = (approved_at IS NOT NULL)",
        "(state = 'proposed') = (approved_at IS NULL)",
    ),
    (
        "selection_candidate",
        "rule",
        "rule IN ('none', 'always', 'never')",
        "rule IN ('none', 'always', 'never', 'accepted', 'out')",
    ),
    (
        "selection_candidate",
        "rule_iff_reason",
        "(rule = 'none') = (rule_reason = '')",
        "(rule IN ('always', 'never')) = (rule_reason <> '')",
    ),
)

# The default price of each band in cents.
BANDS = (
    "(VALUES (1, 40000), (2, 65000), (3, 90000), (4, 120000), (5, 150000), (6, 190000), (7, 230000)) AS band (n, cents)"
)

OLD_QUOTA_FIELDS = "('theme', 'region', 'career', 'country')"


def upgrade() -> None:
    add_tables()
    add_columns()
    for table, name, _, _ in CHANGED_CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.drop_constraint(op.f("ck_selection_limits_sensible"), "selection", type_="check")
    op.drop_constraint(op.f("ck_selection_nights_positive"), "selection", type_="check")
    carry_over()
    for table, name, _, condition in CHANGED_CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    for table, name, condition in NEW_CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    for table, column in DEFAULTED:
        op.alter_column(table, column, server_default=None)
    op.alter_column("selection", "limit_set_id", nullable=False)
    op.alter_column("selection_candidate", "rule", type_=sa.String(length=8))
    op.alter_column("selection", "state", type_=sa.String(length=8))
    take_what_moved()


def downgrade() -> None:
    bring_back_tables()
    for table, name, _ in NEW_CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    for table, name, _, _ in CHANGED_CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    carry_back()
    for table, name, condition, _ in CHANGED_CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.alter_column("selection_candidate", "rule", type_=sa.String(length=6))
    take_columns()
    take_tables()


def carry_over() -> None:
    """Each selection had limits of its own: they become a set of limits, the last one of a call in force."""
    op.execute(
        """
        INSERT INTO limit_set (id, call_id, state, seats, online_places, budget_cents, reason, refusal,
                               drawn_up_at, drawn_up_by_id, decided_at, decided_by_id)
        SELECT id, call_id,
               CASE WHEN id = first_value(id) OVER (PARTITION BY call_id ORDER BY state = 'approved' DESC, id DESC)
                    THEN 'in force' ELSE 'replaced' END,
               seats, 0, budget_cents, '', '', proposed_at, proposed_by_id, proposed_at, proposed_by_id
        FROM selection
        """
    )
    op.execute(
        "SELECT setval(pg_get_serial_sequence('limit_set', 'id'), greatest(1, (SELECT coalesce(max(id), 0) FROM limit_set)))"
    )
    op.execute("INSERT INTO limit_run (limit_set_id, run_id) SELECT id, run_id FROM selection")
    op.execute(
        "INSERT INTO limit_quota (limit_set_id, field, value, minimum, maximum, price)"
        " SELECT selection_id, field, value, minimum, maximum, price FROM selection_quota ORDER BY id"
    )
    op.execute(
        "UPDATE selection SET limit_set_id = id, explained_at = proposed_at,"
        " cost_rates = jsonb_build_object('per_diem_cents', stay_cents / nights, 'nights', nights)"
    )
    op.execute(
        "INSERT INTO subregion_band (call_id, subregion, band)"
        " SELECT call_id, subregion,"
        f" (SELECT n FROM {BANDS} ORDER BY abs(cents - amount_cents), n LIMIT 1) FROM travel_cost"
    )
    op.execute("UPDATE invitation SET offered_at = changed_at WHERE state NOT IN ('selected', 'cancelled')")
    op.execute("UPDATE invitation SET answered_at = changed_at WHERE state IN ('accepted', 'declined', 'confirmed')")


def carry_back() -> None:
    """What the older tables have no word for is lost: caps, and quotas of new kinds."""
    op.execute("UPDATE selection_candidate SET rule = 'none' WHERE rule IN ('accepted', 'out')")
    op.execute(
        "UPDATE selection SET state = 'proposed', approved_at = NULL, approved_by_id = NULL WHERE state = 'replaced'"
    )
    op.execute(
        """
        UPDATE selection SET seats = limit_set.seats, budget_cents = limit_set.budget_cents,
               nights = coalesce((cost_rates ->> 'nights')::bigint, 1),
               stay_cents = coalesce((cost_rates ->> 'per_diem_cents')::bigint * (cost_rates ->> 'nights')::bigint, 0),
               run_id = (SELECT min(run_id) FROM limit_run WHERE limit_run.limit_set_id = limit_set.id)
        FROM limit_set WHERE limit_set.id = selection.limit_set_id
        """
    )
    for column in ("seats", "budget_cents", "nights", "stay_cents", "run_id"):
        op.alter_column("selection", column, nullable=False)
    op.create_foreign_key(op.f("fk_selection_run_id_ranking_run"), "selection", "ranking_run", ["run_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_selection_limits_sensible"), "selection", "seats >= 1 AND budget_cents >= 0 AND stay_cents >= 0"
    )
    op.create_check_constraint(op.f("ck_selection_nights_positive"), "selection", "nights >= 1")
    op.execute(
        "INSERT INTO selection_quota (selection_id, field, value, minimum, maximum, price)"
        " SELECT selection.id, field, value, minimum, maximum, price"
        " FROM selection JOIN limit_quota USING (limit_set_id)"
        f" WHERE field IN {OLD_QUOTA_FIELDS} ORDER BY selection.id, limit_quota.id"
    )
    op.execute(
        "INSERT INTO travel_cost (call_id, subregion, amount_cents)"
        " SELECT subregion_band.call_id, subregion, coalesce(amount_cents, cents) FROM subregion_band"
        f" JOIN {BANDS} ON n = subregion_band.band LEFT JOIN travel_band USING (call_id, band)"
    )


def take_what_moved() -> None:
    op.drop_constraint(op.f("fk_selection_run_id_ranking_run"), "selection", type_="foreignkey")
    op.drop_column("selection", "nights")
    op.drop_column("selection", "stay_cents")
    op.drop_column("selection", "run_id")
    op.drop_column("selection", "budget_cents")
    op.drop_column("selection", "seats")
    op.drop_index(op.f("ix_selection_quota_selection_id"), table_name="selection_quota")
    op.drop_table("selection_quota")
    op.drop_table("travel_cost")


def bring_back_tables() -> None:
    for column in ("seats", "nights", "run_id", "budget_cents", "stay_cents"):
        op.add_column("selection", sa.Column(column, sa.BigInteger(), nullable=True))
    op.create_table(
        "selection_quota",
        sa.Column("id", sa.BIGINT(), autoincrement=True, nullable=False),
        sa.Column("selection_id", sa.BIGINT(), autoincrement=False, nullable=False),
        sa.Column("field", sa.VARCHAR(length=7), autoincrement=False, nullable=False),
        sa.Column("value", sa.TEXT(), autoincrement=False, nullable=False),
        sa.Column("minimum", sa.BIGINT(), autoincrement=False, nullable=False),
        sa.Column("maximum", sa.BIGINT(), autoincrement=False, nullable=False),
        sa.Column("price", sa.BIGINT(), autoincrement=False, nullable=True),
        sa.CheckConstraint(
            "field::text = ANY (ARRAY['theme'::character varying, 'region'::character varying, 'career'::character varying, 'country'::character varying]::text[])",
            name=op.f("ck_selection_quota_quotafield"),
        ),
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
        "travel_cost",
        sa.Column("call_id", sa.BIGINT(), autoincrement=False, nullable=False),
        sa.Column("subregion", sa.TEXT(), autoincrement=False, nullable=False),
        sa.Column("amount_cents", sa.BIGINT(), autoincrement=False, nullable=False),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_travel_cost_amount_not_negative")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_travel_cost_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", "subregion", name=op.f("pk_travel_cost")),
    )


def add_tables() -> None:
    op.create_table(
        "candidate_double",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("second_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum("orcid", "name", name="doublebasis", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("suspected", "same", "different", name="doublestate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state = 'different' OR basis = 'orcid' OR decided_at IS NOT NULL OR state = 'suspected'",
            name=op.f("ck_candidate_double_decided_by_a_person"),
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_candidate_double_in_order")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_candidate_double_call_id_call")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_candidate_double_decided_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["person.id"], name=op.f("fk_candidate_double_first_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["person.id"], name=op.f("fk_candidate_double_second_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_double")),
        sa.UniqueConstraint(
            "call_id", "first_id", "second_id", name=op.f("uq_candidate_double_call_id_first_id_second_id")
        ),
    )
    op.create_index(op.f("ix_candidate_double_first_id"), "candidate_double", ["first_id"], unique=False)
    op.create_index(op.f("ix_candidate_double_second_id"), "candidate_double", ["second_id"], unique=False)
    op.create_table(
        "candidate_wish",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "wish",
            sa.Enum("in person", "online", "not", name="wish", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("is_young", sa.Boolean(), nullable=False),
        sa.Column(
            "gender",
            sa.Enum("woman", "man", "other", name="gender", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_candidate_wish_call_id_call")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_candidate_wish_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "person_id", name=op.f("pk_candidate_wish")),
    )
    op.create_index(op.f("ix_candidate_wish_person_id"), "candidate_wish", ["person_id"], unique=False)
    op.create_table(
        "cost_settings",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("per_diem_cents", sa.BigInteger(), nullable=False),
        sa.Column("nights", sa.BigInteger(), nullable=False),
        sa.Column("visa_cents", sa.BigInteger(), nullable=False),
        sa.Column("insurance_cents", sa.BigInteger(), nullable=False),
        sa.Column("online_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_cost_settings_currency_form")),
        sa.CheckConstraint("nights >= 1", name=op.f("ck_cost_settings_nights_positive")),
        sa.CheckConstraint(
            "per_diem_cents >= 0 AND visa_cents >= 0 AND insurance_cents >= 0 AND online_cents >= 0",
            name=op.f("ck_cost_settings_amounts_not_negative"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_cost_settings_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_cost_settings")),
    )
    op.create_table(
        "letter_batch",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("prepared", "sent", "discarded", name="batchstate", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cost_rates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'prepared') = (decided_at IS NULL)", name=op.f("ck_letter_batch_decided_iff_time")
        ),
        sa.CheckConstraint(
            "state <> 'sent' OR decided_by_id <> prepared_by_id", name=op.f("ck_letter_batch_approved_by_another")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_letter_batch_call_id_call")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_letter_batch_decided_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["person.id"], name=op.f("fk_letter_batch_prepared_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    op.create_index(op.f("ix_letter_batch_call_id"), "letter_batch", ["call_id"], unique=False)
    op.create_table(
        "limit_set",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in force",
                "waiting",
                "refused",
                "replaced",
                name="limitstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("seats", sa.BigInteger(), nullable=False),
        sa.Column("online_places", sa.BigInteger(), nullable=False),
        sa.Column("budget_cents", sa.BigInteger(), nullable=False),
        sa.Column("country_cap", sa.BigInteger(), nullable=True),
        sa.Column("institution_cap", sa.BigInteger(), nullable=True),
        sa.Column("host_cap", sa.BigInteger(), nullable=True),
        sa.Column("changes_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("drawn_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_up_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(changes_id IS NULL) = (reason = '')", name=op.f("ck_limit_set_change_iff_reason")),
        sa.CheckConstraint("(state = 'refused') = (refusal <> '')", name=op.f("ck_limit_set_refused_iff_refusal")),
        sa.CheckConstraint(
            "changes_id IS NULL OR state <> 'in force' OR decided_by_id <> drawn_up_by_id",
            name=op.f("ck_limit_set_changed_by_two"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR state = 'waiting' OR decided_at IS NOT NULL", name=op.f("ck_limit_set_decided_iff_time")
        ),
        sa.CheckConstraint(
            "country_cap >= 1 AND institution_cap >= 1 AND host_cap >= 0", name=op.f("ck_limit_set_caps_sensible")
        ),
        sa.CheckConstraint(
            "seats >= 1 AND budget_cents >= 0 AND online_places >= 0", name=op.f("ck_limit_set_sensible")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_limit_set_call_id_call")),
        sa.ForeignKeyConstraint(["changes_id"], ["limit_set.id"], name=op.f("fk_limit_set_changes_id_limit_set")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_limit_set_decided_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["drawn_up_by_id"], ["person.id"], name=op.f("fk_limit_set_drawn_up_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_set")),
    )
    op.create_index(op.f("ix_limit_set_call_id"), "limit_set", ["call_id"], unique=False)
    op.create_index(
        "uq_limit_set_draft", "limit_set", ["call_id"], unique=True, postgresql_where=sa.text("state = 'draft'")
    )
    op.create_index(
        "uq_limit_set_in_force", "limit_set", ["call_id"], unique=True, postgresql_where=sa.text("state = 'in force'")
    )
    op.create_table(
        "meeting",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("signatory_title", sa.Text(), nullable=False),
        sa.Column("letter_text", sa.Text(), nullable=False),
        sa.Column("online_address", sa.Text(), nullable=False),
        sa.Column("keep_travel_days", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("keep_travel_days BETWEEN 0 AND 365", name=op.f("ck_meeting_keep_travel_days_range")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_meeting_starts_before_end")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_meeting_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_meeting")),
    )
    op.create_table(
        "subregion_band",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("subregion", sa.Text(), nullable=False),
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("band BETWEEN 1 AND 7", name=op.f("ck_subregion_band_band_range")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_subregion_band_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", "subregion", name=op.f("pk_subregion_band")),
    )
    op.create_table(
        "travel_band",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_travel_band_amount_not_negative")),
        sa.CheckConstraint("band BETWEEN 1 AND 7", name=op.f("ck_travel_band_band_range")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_travel_band_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", "band", name=op.f("pk_travel_band")),
    )
    op.create_table(
        "travel_reading",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("reader_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "arrange travel", "visa letter", "own", name="readingpurpose", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_travel_reading_call_id_call")),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["person.id"], name=op.f("fk_travel_reading_reader_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["person.id"], name=op.f("fk_travel_reading_subject_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_reading")),
    )
    op.create_index(op.f("ix_travel_reading_call_id"), "travel_reading", ["call_id"], unique=False)
    op.create_index(op.f("ix_travel_reading_reader_id"), "travel_reading", ["reader_id"], unique=False)
    op.create_index(op.f("ix_travel_reading_subject_id"), "travel_reading", ["subject_id"], unique=False)
    op.create_table(
        "limit_quota",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("limit_set_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "field",
            sa.Enum(
                "theme",
                "topic",
                "region",
                "country",
                "institution",
                "career",
                "youth",
                "gender",
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
        sa.CheckConstraint("0 <= minimum AND minimum <= maximum", name=op.f("ck_limit_quota_minimum_below_maximum")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_limit_quota_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["limit_set_id"], ["limit_set.id"], name=op.f("fk_limit_quota_limit_set_id_limit_set"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_quota")),
        sa.UniqueConstraint("limit_set_id", "field", "value", name=op.f("uq_limit_quota_limit_set_id_field_value")),
    )
    op.create_index(op.f("ix_limit_quota_limit_set_id"), "limit_quota", ["limit_set_id"], unique=False)
    op.create_table(
        "contribution",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_contribution_call_id_call")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contribution_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_contribution_question_id_question")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_contribution_recorded_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    op.create_index(op.f("ix_contribution_call_id"), "contribution", ["call_id"], unique=False)
    op.create_index(op.f("ix_contribution_person_id"), "contribution", ["person_id"], unique=False)
    op.create_index(op.f("ix_contribution_question_id"), "contribution", ["question_id"], unique=False)
    op.create_table(
        "question_outcome",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("agreed", "open", "follow up", name="outcomekind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_question_outcome_call_id_call")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_outcome_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["person.id"],
            name=op.f("fk_question_outcome_recorded_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_outcome")),
    )
    op.create_index(op.f("ix_question_outcome_call_id"), "question_outcome", ["call_id"], unique=False)
    op.create_index(op.f("ix_question_outcome_question_id"), "question_outcome", ["question_id"], unique=False)
    op.create_table(
        "invitation_reminder",
        sa.Column("invitation_id", sa.BigInteger(), nullable=False),
        sa.Column("days_before", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_invitation_reminder_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invitation_id", "days_before", name=op.f("pk_invitation_reminder")),
    )
    op.create_table(
        "programme_session",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("theme_id", sa.BigInteger(), nullable=True),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name=op.f("ck_programme_session_minutes_range")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_programme_session_call_id_call")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_programme_session_theme_id_theme")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_programme_session_topic_id_topic")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_session")),
        sa.UniqueConstraint(
            "call_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_programme_session_call_id_position"),
        ),
    )
    op.create_table(
        "spending",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("invitation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "travel",
                "stay",
                "visa",
                "insurance",
                "online",
                "other",
                name="spendingkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_spending_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_spending_invitation_id_invitation"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_spending_recorded_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending")),
    )
    op.create_index(op.f("ix_spending_invitation_id"), "spending", ["invitation_id"], unique=False)
    op.create_table(
        "travel_document",
        sa.Column("invitation_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_travel_document_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_travel_document")),
    )
    op.create_table(
        "limit_run",
        sa.Column("limit_set_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["limit_set_id"], ["limit_set.id"], name=op.f("fk_limit_run_limit_set_id_limit_set"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["ranking_run.id"], name=op.f("fk_limit_run_run_id_ranking_run")),
        sa.PrimaryKeyConstraint("limit_set_id", "run_id", name=op.f("pk_limit_run")),
    )
    op.create_index(op.f("ix_limit_run_run_id"), "limit_run", ["run_id"], unique=False)
    op.create_table(
        "programme_slot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=True),
        sa.Column("invitation_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 600", name=op.f("ck_programme_slot_minutes_range")),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_programme_slot_invitation_id_invitation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_programme_slot_question_id_question")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["programme_session.id"],
            name=op.f("fk_programme_slot_session_id_programme_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_slot")),
        sa.UniqueConstraint(
            "session_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_programme_slot_session_id_position"),
        ),
    )
    op.create_index(op.f("ix_programme_slot_invitation_id"), "programme_slot", ["invitation_id"], unique=False)


def add_columns() -> None:
    op.add_column("invitation", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "invitation",
        sa.Column(
            "attendance",
            sa.Enum("in person", "online", name="attendance", native_enum=False, create_constraint=True),
            nullable=False,
            server_default=sa.text("'in person'"),
        ),
    )
    op.add_column("invitation", sa.Column("nonce", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("invitation", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("answer_note", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("invitation", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invitation", sa.Column("cancel_reason", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("invitation", sa.Column("replaced_by_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_invitation_batch_id"), "invitation", ["batch_id"], unique=False)
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_invitation_batch_id_letter_batch"),
        "invitation",
        "letter_batch",
        ["batch_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        op.f("fk_invitation_replaced_by_id_invitation"),
        "invitation",
        "invitation",
        ["replaced_by_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.add_column(
        "nomination",
        sa.Column(
            "source",
            sa.Enum(
                "organizer", "panel", "oneself", name="nominationsource", native_enum=False, create_constraint=True
            ),
            nullable=False,
            server_default=sa.text("'organizer'"),
        ),
    )
    op.add_column("nomination", sa.Column("proposed_name", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("nomination", sa.Column("panel_id", sa.BigInteger(), nullable=True))
    op.add_column("nomination", sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_nomination_panel_id_panel"), "nomination", "panel", ["panel_id"], ["id"])
    # Several people may propose one person, and none of them learns of the others.
    op.drop_constraint(op.f("uq_nomination_call_id_person_id"), "nomination", type_="unique")
    op.create_unique_constraint(
        op.f("uq_nomination_call_id_person_id_proposed_by_id"), "nomination", ["call_id", "person_id", "proposed_by_id"]
    )
    op.add_column("selection", sa.Column("limit_set_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "selection",
        sa.Column(
            "purpose",
            sa.Enum("first", "replacement", name="purpose", native_enum=False, create_constraint=True),
            nullable=False,
            server_default=sa.text("'first'"),
        ),
    )
    op.add_column("selection", sa.Column("replaces_id", sa.BigInteger(), nullable=True))
    op.add_column("selection", sa.Column("name", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "selection",
        sa.Column(
            "cost_rates", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'{}'")
        ),
    )
    op.add_column(
        "selection",
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column("selection", sa.Column("result_digest", sa.LargeBinary(), nullable=True))
    op.add_column("selection", sa.Column("gap", sa.Double(), nullable=False, server_default=sa.text("0")))
    op.add_column("selection", sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("selection", sa.Column("n_draws", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index(op.f("ix_selection_limit_set_id"), "selection", ["limit_set_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_selection_limit_set_id_limit_set"), "selection", "limit_set", ["limit_set_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_selection_replaces_id_selection"), "selection", "selection", ["replaces_id"], ["id"])
    op.add_column(
        "selection_candidate",
        sa.Column("also_ids", sa.ARRAY(sa.BigInteger()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.add_column(
        "selection_candidate",
        sa.Column(
            "attendance",
            sa.Enum("in person", "online", name="attendance", native_enum=False, create_constraint=True),
            nullable=False,
            server_default=sa.text("'in person'"),
        ),
    )
    op.add_column(
        "selection_candidate", sa.Column("institution", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "selection_candidate", sa.Column("is_young", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column(
        "selection_candidate",
        sa.Column(
            "gender",
            sa.Enum("woman", "man", "other", name="gender", native_enum=False, create_constraint=True),
            nullable=True,
        ),
    )
    op.add_column(
        "selection_candidate",
        sa.Column("topic_ids", sa.ARRAY(sa.BigInteger()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.add_column(
        "selection_candidate",
        sa.Column("n_authors", sa.ARRAY(sa.BigInteger()), nullable=False, server_default=sa.text("'{}'")),
    )
    op.add_column(
        "selection_candidate", sa.Column("is_kept", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("selection_candidate", sa.Column("draw_share", sa.Double(), nullable=True))
    op.add_column("selection_candidate", sa.Column("reserve_place", sa.BigInteger(), nullable=True))


def take_columns() -> None:
    op.drop_column("selection_candidate", "reserve_place")
    op.drop_column("selection_candidate", "draw_share")
    op.drop_column("selection_candidate", "is_kept")
    op.drop_column("selection_candidate", "n_authors")
    op.drop_column("selection_candidate", "topic_ids")
    op.drop_column("selection_candidate", "gender")
    op.drop_column("selection_candidate", "is_young")
    op.drop_column("selection_candidate", "institution")
    op.drop_column("selection_candidate", "attendance")
    op.drop_column("selection_candidate", "also_ids")
    op.drop_constraint(op.f("fk_selection_replaces_id_selection"), "selection", type_="foreignkey")
    op.drop_constraint(op.f("fk_selection_limit_set_id_limit_set"), "selection", type_="foreignkey")
    op.drop_index(op.f("ix_selection_limit_set_id"), table_name="selection")
    op.drop_column("selection", "n_draws")
    op.drop_column("selection", "explained_at")
    op.drop_column("selection", "gap")
    op.drop_column("selection", "result_digest")
    op.drop_column("selection", "questions")
    op.drop_column("selection", "cost_rates")
    op.drop_column("selection", "name")
    op.drop_column("selection", "replaces_id")
    op.drop_column("selection", "purpose")
    op.drop_column("selection", "limit_set_id")
    op.drop_constraint(op.f("uq_nomination_call_id_person_id_proposed_by_id"), "nomination", type_="unique")
    op.execute(
        "DELETE FROM nomination USING nomination AS earlier WHERE earlier.call_id = nomination.call_id"
        " AND earlier.person_id = nomination.person_id AND earlier.id < nomination.id"
    )
    op.create_unique_constraint(op.f("uq_nomination_call_id_person_id"), "nomination", ["call_id", "person_id"])
    op.drop_constraint(op.f("fk_nomination_panel_id_panel"), "nomination", type_="foreignkey")
    op.drop_column("nomination", "declined_at")
    op.drop_column("nomination", "panel_id")
    op.drop_column("nomination", "source")
    op.drop_column("nomination", "proposed_name")
    op.drop_constraint(op.f("fk_invitation_replaced_by_id_invitation"), "invitation", type_="foreignkey")
    op.drop_constraint(op.f("fk_invitation_batch_id_letter_batch"), "invitation", type_="foreignkey")
    op.drop_index(op.f("ix_invitation_person_id"), table_name="invitation")
    op.drop_index(op.f("ix_invitation_batch_id"), table_name="invitation")
    op.drop_column("invitation", "replaced_by_id")
    op.drop_column("invitation", "cancel_reason")
    op.drop_column("invitation", "cancelled_at")
    op.drop_column("invitation", "confirmed_at")
    op.drop_column("invitation", "answer_note")
    op.drop_column("invitation", "answered_at")
    op.drop_column("invitation", "offered_at")
    op.drop_column("invitation", "answer_by")
    op.drop_column("invitation", "nonce")
    op.drop_column("invitation", "attendance")
    op.drop_column("invitation", "batch_id")


def take_tables() -> None:
    op.drop_index(op.f("ix_programme_slot_invitation_id"), table_name="programme_slot")
    op.drop_table("programme_slot")
    op.drop_index(op.f("ix_limit_run_run_id"), table_name="limit_run")
    op.drop_table("limit_run")
    op.drop_table("travel_document")
    op.drop_index(op.f("ix_spending_invitation_id"), table_name="spending")
    op.drop_table("spending")
    op.drop_table("programme_session")
    op.drop_table("invitation_reminder")
    op.drop_index(op.f("ix_question_outcome_question_id"), table_name="question_outcome")
    op.drop_index(op.f("ix_question_outcome_call_id"), table_name="question_outcome")
    op.drop_table("question_outcome")
    op.drop_index(op.f("ix_contribution_question_id"), table_name="contribution")
    op.drop_index(op.f("ix_contribution_person_id"), table_name="contribution")
    op.drop_index(op.f("ix_contribution_call_id"), table_name="contribution")
    op.drop_table("contribution")
    op.drop_index(op.f("ix_limit_quota_limit_set_id"), table_name="limit_quota")
    op.drop_table("limit_quota")
    op.drop_index(op.f("ix_travel_reading_subject_id"), table_name="travel_reading")
    op.drop_index(op.f("ix_travel_reading_reader_id"), table_name="travel_reading")
    op.drop_index(op.f("ix_travel_reading_call_id"), table_name="travel_reading")
    op.drop_table("travel_reading")
    op.drop_table("travel_band")
    op.drop_table("subregion_band")
    op.drop_table("meeting")
    op.drop_index("uq_limit_set_in_force", table_name="limit_set", postgresql_where=sa.text("state = 'in force'"))
    op.drop_index("uq_limit_set_draft", table_name="limit_set", postgresql_where=sa.text("state = 'draft'"))
    op.drop_index(op.f("ix_limit_set_call_id"), table_name="limit_set")
    op.drop_table("limit_set")
    op.drop_index(op.f("ix_letter_batch_call_id"), table_name="letter_batch")
    op.drop_table("letter_batch")
    op.drop_table("cost_settings")
    op.drop_index(op.f("ix_candidate_wish_person_id"), table_name="candidate_wish")
    op.drop_table("candidate_wish")
    op.drop_index(op.f("ix_candidate_double_second_id"), table_name="candidate_double")
    op.drop_index(op.f("ix_candidate_double_first_id"), table_name="candidate_double")
    op.drop_table("candidate_double")
