"""What the similar panel costs beside the bare embedding of its title, at 1,000, 10,000 and 50,000 questions."""

from collections.abc import Iterator
from itertools import count

import click

from benchmarks.site import Cost, Site, bench_site, cost_of, machine
from solicit.db import db
from solicit.demo.content import sample_questions
from solicit.questions.queries.similar import similar_panel

SIZES = (1_000, 10_000, 50_000)


@click.command()
@click.option("--turns", default=200, show_default=True, help="How often the panel is asked for.")
@click.option("--most", default=SIZES[-1], show_default=True, help="Leave larger sizes out.")
def main(turns: int, most: int) -> None:
    """Print milliseconds on the clock, and of the processors of application and database."""
    print(machine())
    print(f"{'':16}{'questions':>10}{'p50':>9}{'p99':>9}{'application':>13}{'database':>10}{'together':>10}")
    titles = new_titles()
    with bench_site() as site:
        for size in (size for size in SIZES if size <= most):
            site.grow_to(size)
            show("bare embedding", size, cost_of(lambda: site.encoder.encode([next(titles)]), turns))
            show("similar panel", size, cost_of(lambda: ask(site, next(titles)), turns))


def new_titles() -> Iterator[str]:
    """Titles that nobody typed before."""
    english = [text.title for text in sample_questions() if text.language == "en"]
    for number in count():
        yield f"{english[number % len(english)]} Part {number}"


def ask(site: Site, title: str) -> None:
    """One look at the panel."""
    panel = similar_panel(
        db.session(), call=site.call, title=title, language="en", viewer_id=None, encoder=site.encoder
    )
    db.session.rollback()
    assert panel.questions


def show(name: str, size: int, cost: Cost) -> None:
    clock = f"{cost.p50:>9.2f}{cost.p99:>9.2f}"
    print(f"{name:16}{size:>10,}{clock}{cost.application:>13.2f}{cost.database:>10.2f}{cost.processors:>10.2f}")


if __name__ == "__main__":
    main()
