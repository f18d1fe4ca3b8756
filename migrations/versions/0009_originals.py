"""Keep what was translated of a call, so that a translation shows when its original changed afterwards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_originals"
down_revision = "0007_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of translations that there are nothing is known: they count from here on as translated from what stands now."""
    column = sa.Column("translated_from", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("call", column)
    op.execute(REMEMBER)
    op.alter_column("call", "translated_from", server_default=None)


def downgrade() -> None:
    op.drop_column("call", "translated_from")


# Every original by the name of its text, as solicit.calls.queries.words.text_name gives it.
REMEMBER = """
WITH original (call_id, name, text) AS (
    SELECT c.id, t.key, t.value FROM call c, jsonb_each_text(jsonb_build_object(
        'title', title, 'headline', headline, 'motto', motto, 'lead', lead, 'about', about,
        'before_you_start', before_you_start, 'consent', consent, 'confidentiality', confidentiality)) t
    UNION ALL
    SELECT l.call_id, 'theme.' || l.key || '.' || t.key, t.value FROM theme l, jsonb_each_text(jsonb_build_object(
        'name', name, 'short_name', short_name, 'description', description)) t
    UNION ALL
    SELECT l.call_id, 'stage.' || l.position || '.' || t.key, t.value FROM stage l, jsonb_each_text(
        jsonb_build_object('title', title, 'text', text)) t
    UNION ALL
    SELECT l.call_id, 'reason.' || l.key || '.' || t.key, t.value FROM out_of_scope_reason l, jsonb_each_text(
        jsonb_build_object('label', label, 'letter', letter)) t
    UNION ALL
    SELECT l.call_id, 'mission.' || l.key || '.' || t.key, t.value FROM mission l, jsonb_each_text(
        jsonb_build_object('name', name, 'around', around, 'goal', goal)) t
), kept AS (
    SELECT c.id, tongue.key AS language, jsonb_object_agg(original.name, original.text) AS texts
    FROM call c
    CROSS JOIN jsonb_each(c.translations) tongue
    CROSS JOIN jsonb_object_keys(tongue.value) translated
    JOIN original ON original.call_id = c.id AND original.name = translated
    GROUP BY c.id, tongue.key
), whole AS (
    SELECT id, jsonb_object_agg(language, texts) AS translated_from FROM kept GROUP BY id
)
UPDATE call SET translated_from = whole.translated_from FROM whole WHERE whole.id = call.id
"""
