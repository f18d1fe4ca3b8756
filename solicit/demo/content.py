"""Reading the sample content: texts of our own writing, invented people."""

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "content"
LANGUAGES = ("en", "ar", "zh", "fr", "ru", "es")


@dataclass(frozen=True, kw_only=True)
class SampleQuestion:
    """One sample question or plan; ``paraphrase_of`` names the question that asks the same."""

    key: str
    kind: str
    theme: str
    language: str
    voice: str
    career: str
    country: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    paraphrase_of: str | None
    near_miss_of: str | None


@dataclass(frozen=True, kw_only=True)
class SamplePerson:
    """One invented person; panelists have a panel and keywords, experts a theme and a statement."""

    key: str
    full_name: str
    family_name: str
    email: str
    affiliation: str
    country: str
    career: str
    locale: str
    willing: bool
    # Whether the name may be published with the results.
    named: bool = False
    orcid: str | None = None
    panel: str | None = None
    chair: bool = False
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    theme: str | None = None
    statement: str = ""


@dataclass(frozen=True)
class SamplePeople:
    authors: tuple[SamplePerson, ...]
    panelists: tuple[SamplePerson, ...]
    organizers: tuple[SamplePerson, ...]
    experts: tuple[SamplePerson, ...]

    @property
    def shown_judges(self) -> tuple[SamplePerson, ...]:
        """The first panel's chair and one of its panelists: who tries the site out as them finds their work undone."""
        return self.panelists[:2]


def sample_questions() -> tuple[SampleQuestion, ...]:
    """All sample texts, in the order of their keys within each language."""
    lines = [
        line for language in LANGUAGES for line in (FOLDER / f"questions-{language}.jsonl").read_text().splitlines()
    ]
    return tuple(SampleQuestion(**json.loads(line)) for line in lines if line)


def sample_people() -> SamplePeople:
    groups = json.loads((FOLDER / "people.json").read_text())
    return SamplePeople(**{name: tuple(_person(values) for values in group) for name, group in groups.items()})


def sample_call() -> dict:
    """The texts of the sample call, as written in call.json."""
    return json.loads((FOLDER / "call.json").read_text())


def sample_meeting() -> dict:
    """The meeting, and what invited people answer, give and say, as written in meeting.json."""
    return json.loads((FOLDER / "meeting.json").read_text())


def sample_comments() -> tuple[dict, ...]:
    """Short comments to the panel: theme or None, sentiment, text."""
    return tuple(json.loads((FOLDER / "panel_comments.json").read_text()))


def sample_posts() -> tuple[tuple[str, ...], ...]:
    """What panelists say to each other, a thread for each question that they talk about."""
    return tuple(tuple(thread) for thread in json.loads((FOLDER / "discussions.json").read_text()))


def _person(values: dict) -> SamplePerson:
    return SamplePerson(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
