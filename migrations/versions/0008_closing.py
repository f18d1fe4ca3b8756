"""Keep when a call closed, beside when it was to close."""

import sqlalchemy as sa
from alembic import op

revision = "0008_closing"
down_revision = "0007_desk"
branch_labels = None
depends_on = None

# What the audit says of the last time that a call was closed; without that, its closing time. Nothing closes later.
CLOSED_AT = """
UPDATE call SET closed_at = least(closes_at, coalesce((
    SELECT max(event.at) FROM audit_event AS event
    WHERE event.subject = 'call' AND event.subject_id = call.id
        AND event.act = 'move' AND event.details ->> 'new' = 'closed'
), now()))
WHERE state IN ('closed', 'published', 'archived')
"""


def upgrade() -> None:
    op.add_column("call", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(CLOSED_AT)
    op.create_check_constraint(
        op.f("ck_call_closed_iff_time"),
        "call",
        "(state IN ('closed', 'published', 'archived')) = (closed_at IS NOT NULL)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_call_closed_iff_time"), "call", type_="check")
    op.drop_column("call", "closed_at")
