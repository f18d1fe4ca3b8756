"""Themes as organizers change them: in the call's own language, whatever theirs is."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call, Theme
from solicit.calls.queries.facts import ThemeView, theme_view
from solicit.calls.queries.parts import KeptPart, digest_of
from solicit.calls.queries.words import Speaker


def own_themes(session: Session, *, call_id: int) -> tuple[ThemeView, ...]:
    """The themes of a call in their order; one statement."""
    rows = session.execute(
        sa.select(Theme, Call.language)
        .join(Call, Call.id == Theme.call_id)
        .where(Theme.call_id == call_id)
        .order_by(Theme.position)
    )
    return tuple(theme_view(row.Theme, Speaker(own=row.language, language=None, spoken=None)) for row in rows)


def kept_theme(session: Session, *, theme_id: int) -> KeptPart:
    """One theme for its form; one statement."""
    wanted = sa.select(Theme).where(Theme.id == theme_id).execution_options(populate_existing=True)
    values = theme_values(session.scalars(wanted).one())
    return KeptPart(values, digest_of(values))


def theme_values(theme: Theme) -> dict:
    return {name: getattr(theme, name) for name in ("name", "short_name", "description", "shape", "colour")}
