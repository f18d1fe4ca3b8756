"""Processor time of the pages around submitting, at 1,000 and 10,000 questions."""

from functools import partial

import click

from benchmarks.site import Cost, bench_site, cost_of, machine
from solicit.embeddings.tasks import web_encoder

SIZES = (1_000, 10_000)
TITLE = "Where does the dust between the stars come from, and what is it made of?"


@click.command()
@click.option("--turns", default=100, show_default=True, help="How often each page is asked for.")
def main(turns: int) -> None:
    """Print CPU milliseconds of application and database for each page."""
    print(machine())
    print(f"{'page':34}{'questions':>10}{'application':>13}{'database':>10}{'together':>10}")
    for size in SIZES:
        with bench_site(size) as (app, call):
            client = app.test_client()
            base = f"/en/{call.slug}"
            pages = {
                "public call page": base,
                "list of questions": f"{base}/questions",
                "list, one theme, page 3": f"{base}/questions?theme=space&page=3",
                "search by words": f"{base}/questions?q=dust",
                "one question": f"{base}/questions/Q-101",
                "similar questions": f"{base}/similar?title={TITLE.replace(' ', '+')}&language=en",
            }
            for name, address in pages.items():
                show(name, size, cost_of(partial(_get, client, address), turns))
            encoder = web_encoder()
            show("  of it the bare embedding", size, cost_of(partial(encoder.encode, [TITLE]), turns))


def _get(client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)


def show(name: str, size: int, cost: Cost) -> None:
    print(f"{name:34}{size:>10,}{cost.application:>13.2f}{cost.database:>10.2f}{cost.total:>10.2f}")


if __name__ == "__main__":
    main()
