"""Processor time of the pages around submitting, at 1,000 and 10,000 questions."""

from functools import partial

import click
import lxml.html
import sqlalchemy as sa
from flask import Flask

from benchmarks.site import Cost, Stopwatch, bench_site, cost_of, machine
from solicit.access.guard import TOKEN_KEY
from solicit.access.service import open_sign_in
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.encoders import web_encoder
from solicit.people.models import Person

SIZES = (1_000, 10_000)
TEXT = dict(
    theme="space",
    goal_overview="We want to find out where it comes from and how it changes on its way.",
    significance="It would tell us how worlds like ours begin and end.",
    approach="",
    language="en",
    go="on",
)
ABOUT = dict(full_name="A Person", country="KE", career="student", age="sixteen", go="on")
TITLE = "Where does the dust between the stars come from, and what is it made of?"


@click.command()
@click.option("--turns", default=100, show_default=True, help="How often each page is asked for.")
def main(turns: int) -> None:
    """Print CPU milliseconds of application and database for each page."""
    print(machine())
    print(f"{'page':34}{'questions':>10}{'application':>13}{'database':>10}{'together':>10}")
    with bench_site() as site:
        base = f"/en/{site.call.slug}"
        client, writer = site.app.test_client(), Writer(site.app, base)
        for size in SIZES:
            site.grow_to(size)
            for name, address in pages_below(base).items():
                show(name, size, cost_of(partial(_get, client, address), turns))
            show("whole submission, every page", size, cost_of(writer.submit, turns // 2))
            show("  of it what is sent (4 POST)", size, cost_of(writer.submit, turns // 2, only=writer.posts))
            show("  of it the bare embedding", size, cost_of(partial(web_encoder().encode, [TITLE]), turns))


def pages_below(base: str) -> dict[str, str]:
    """The addresses of public pages."""
    return {
        "public call page": base,
        "list of questions": f"{base}/questions",
        "list, one theme, page 3": f"{base}/questions?theme=space&page=3",
        "search by words": f"{base}/questions?q=dust",
        "one question": f"{base}/questions/Q-101",
        "similar questions": f"{base}/similar?title={TITLE.replace(' ', '+')}&language=en",
    }


class Writer:
    """Somebody signed in who sends one question after another, page by page, as a browser without scripts does."""

    def __init__(self, app: Flask, base: str) -> None:
        self.client, self.base, self.posts, self.n = app.test_client(), base, Stopwatch(), 0
        with transaction() as session:
            person_id = session.scalar(sa.select(sa.func.min(Person.id)))
            token = open_sign_in(session, person_id=person_id, now=utcnow())
        with self.client.session_transaction() as cookie:
            cookie[TOKEN_KEY] = token

    def submit(self) -> None:
        self.n += 1
        page = self._post(f"{self.base}/submit", kind="question")
        draft = page.removesuffix("/question")
        page = self._post(page, **TEXT | {"title": f"{TITLE} {self.n}"})
        page = self._post(page, **ABOUT)
        assert page == f"{draft}/check", page
        _get(self.client, self._post(page, has_consented="y"))

    def _post(self, address: str, **fields: str) -> str:
        """Open a page and send its form; returns where it leads."""
        hidden = hidden_fields(self.client.get(address).text)
        with self.posts:
            answer = self.client.post(address, data=hidden | fields)
        assert answer.status_code == 303, (address, answer.status_code)
        return answer.headers["Location"]


def hidden_fields(page: str) -> dict[str, str]:
    """What a form sends by itself: its token, and the version that it was opened with."""
    hidden = lxml.html.document_fromstring(page).xpath("//main//input[@type='hidden']")
    return {field.get("name"): field.get("value") for field in hidden}


def _get(client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)


def show(name: str, size: int, cost: Cost) -> None:
    print(f"{name:34}{size:>10,}{cost.application:>13.2f}{cost.database:>10.2f}{cost.processors:>10.2f}")


if __name__ == "__main__":
    main()
