"""The facts of a call that every page below its address needs."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import Session, defer

from solicit.access.policy import Subject
from solicit.calls.models import Call, Theme
from solicit.calls.queries.words import Speaker, Words, spoken_in
from solicit.calls.states import OVER, CallState, FormChoices, Kind, ResultsFor, TextLimits
from solicit.embeddings.models import EmbeddingModel


@dataclass(frozen=True)
class ThemeView:
    """A theme as pages mark it: name, shape and colour; the words are in the reader's language where it has them."""

    id: int
    key: str
    name: str
    short_name: str
    shape: str
    colour: str
    description: str


@dataclass(frozen=True)
class CallFacts:
    """What every page below a call's address knows of it.

    Title and themes are in the language that was asked for, as far as they are translated (``Words`` know theirs).
    """

    id: int
    slug: str
    state: CallState
    title: str
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    grace_minutes: int
    publishes_while_open: bool
    n_places: int
    host_country: str
    terms_version: str
    licence: str
    language: str
    # The call's own language, and those with any translation.
    languages: tuple[str, ...]
    time_zone: str
    results_for: ResultsFor
    keep_drafts_days: int
    contact: str
    limits: TextLimits
    # What the form of a submission asks for.
    asks: FormChoices
    themes: tuple[ThemeView, ...]
    # The language model whose vectors answer for this call; none before the first text was embedded.
    model_id: int | None = None
    model_name: str | None = None
    model_width: int | None = None
    # The languages it knows; none means every one.
    model_reads: tuple[str, ...] = ()

    def theme(self, key: str | None) -> ThemeView | None:
        """The theme with this key, if the call has it."""
        return next((theme for theme in self.themes if theme.key == key), None)

    def theme_by_id(self, theme_id: int | None) -> ThemeView | None:
        return next((theme for theme in self.themes if theme.id == theme_id), None)

    def reads(self, language: str) -> bool:
        """Whether the vectors of texts in this language mean anything."""
        return not self.model_reads or language.split("-")[0] in self.model_reads

    @property
    def asks_missions(self) -> bool:
        """Whether a submission may name missions."""
        return Kind.PLAN in self.asks.kinds and "missions" in self.asks

    @property
    def stops_at(self) -> datetime:
        """When it stops taking submissions, or stopped."""
        return self.closed_at or self.closes_at

    @property
    def desk_is_over(self) -> bool:
        """Whether the results are out, so that the desk decides nothing any more."""
        return self.state in OVER

    @property
    def shows_questions(self) -> bool:
        """Whether the public may read screened questions now."""
        return self.desk_is_over or (self.publishes_while_open and self.state is not CallState.DRAFT)


KEPT_STATEMENTS = 64
# Columns of the table that become facts as they stand.
PLAIN = (
    *("id", "slug", "state", "opens_at", "closes_at", "closed_at", "grace_minutes"),
    *(
        "publishes_while_open",
        "n_places",
        "host_country",
        "terms_version",
        "licence",
        "language",
        "time_zone",
        "results_for",
        "keep_drafts_days",
        "contact",
    ),
)


def call_facts(session: Session, *, slug: str, language: str | None = None) -> CallFacts | None:
    """The call at an address with its themes, in its own language or as far as possible in another; one statement."""
    rows = session.execute(_facts_in(language), {"slug": slug}).all()
    if not rows:
        return None
    call, model = rows[0].Call, rows[0].EmbeddingModel
    speaker = Speaker(own=call.language, language=language, spoken=rows[0].spoken)
    return CallFacts(
        **{name: getattr(call, name) for name in PLAIN},
        title=speaker.say("title", call.title),
        languages=(call.language, *sorted(set(rows[0].tags) - {call.language})),
        limits=TextLimits(**call.text_limits),
        asks=FormChoices.from_json(call.form_choices),
        themes=tuple(theme_view(row.Theme, speaker) for row in rows if row.Theme),
        model_id=call.model_id,
        model_name=model.name if model else None,
        model_width=model.width if model else None,
        model_reads=model.reads if model else (),
    )


# Every page of a call asks this: put together each time, the statement costs more than its answer.
@lru_cache(KEPT_STATEMENTS)
def _facts_in(language: str | None) -> sa.Select:
    tags = sa.func.jsonb_path_query_array(Call.translations, sa.cast("$.keyvalue().key", JSONPATH))
    return (
        sa.select(
            Call, Theme, EmbeddingModel, spoken_in(language).label("spoken"), sa.type_coerce(tags, JSONB).label("tags")
        )
        .outerjoin(Theme, Theme.call_id == Call.id)
        .outerjoin(EmbeddingModel, EmbeddingModel.id == Call.model_id)
        .where(Call.slug == sa.bindparam("slug"))
        .options(defer(Call.translations))
        .order_by(Theme.position)
    )


def theme_view(theme: Theme, speaker: Speaker) -> ThemeView:
    texts = dict(name=theme.name, short_name=theme.short_name, description=theme.description)
    marks = dict(id=theme.id, key=theme.key, shape=theme.shape, colour=theme.colour)
    return ThemeView(**marks, **speaker.say_of("theme", theme.key, **texts))


@dataclass(frozen=True)
class Letterhead:
    """What every letter of a call says of it: its title in the reader's language, and who answers questions."""

    title: Words
    contact: str

    def params(self, written: dict) -> dict[str, str]:
        """The title for those values of a letter that hold it, in whatever language it was when they were written."""
        return {name: str(self.title) for name in ("call", "call_title") if name in written}


def letterhead_of(session: Session, *, call_id: int, language: str) -> Letterhead:
    """What letters of a call in a language begin with; one statement."""
    row = session.execute(
        sa.select(Call.title, Call.contact, Call.language, spoken_in(language).label("spoken")).where(
            Call.id == call_id
        )
    ).one()
    speaker = Speaker(own=row.language, language=language, spoken=row.spoken)
    return Letterhead(speaker.say("title", row.title), row.contact)


def only_open_call(session: Session, *, language: str | None = None) -> CallFacts | None:
    """The open call of an installation that has just one: its frame stands around pages of no call."""
    slugs = session.scalars(sa.select(Call.slug).where(Call.state == CallState.OPEN).limit(2)).all()
    return call_facts(session, slug=slugs[0], language=language) if len(slugs) == 1 else None


def call_subject(session: Session, *, call: CallFacts, **_) -> Subject:
    """Facts for the policy about doors of a whole call."""
    return Subject(call_id=call.id)
