"""Let rounds follow merges: what their chains say of one, why a question is listed, and who agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0008_merging"
down_revision = "0007_desk"
branch_labels = None
depends_on = None

ACTS = ("open", "cast", "void", "close", "reopen", "freeze")
PICKS = ("shortlist", "contested", "chosen")


def upgrade() -> None:
    op.add_column("round", sa.Column("merging_agreed_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("chain_link", "act", type_=sa.String(7), existing_nullable=False)
    allow("chain_link", "act", "ck_chain_link_chainact", (*ACTS, "merge", "unmerge"))
    allow("round_question", "pick", "ck_round_question_pick", (*PICKS, "merged"))


def downgrade() -> None:
    allow("round_question", "pick", "ck_round_question_pick", PICKS)
    allow("chain_link", "act", "ck_chain_link_chainact", ACTS)
    op.alter_column("chain_link", "act", type_=sa.String(6), existing_nullable=False)
    op.drop_column("round", "merging_agreed_at")


def allow(table: str, column: str, constraint: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(constraint), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(constraint), table, f"{column} IN ({listed})")
