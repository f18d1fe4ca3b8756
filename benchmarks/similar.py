"""What the similar panel costs beside the bare embedding of its title: ``python -m benchmarks.similar [N ...]``."""

import sys

from benchmarks.world import World, cost, world
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.demo.content import sample_questions
from solicit.questions.queries.similar import similar_panel

SIZES = (1_000, 10_000, 50_000)
TITLES = [text.title for text in sample_questions() if text.language == "en"]


def ask(made: World, call: CallFacts, number: int) -> None:
    """One look at the panel, with a title that nobody typed before."""
    panel = similar_panel(
        db.session(), call=call, title=title(number), language="en", viewer_id=None, encoder=made.encoder
    )
    db.session.rollback()
    assert panel.questions


def title(number: int) -> str:
    return f"{TITLES[number % len(TITLES)]} Part {number}"


def main(sizes: tuple[int, ...]) -> None:
    with world() as made:
        call = made.call()
        for size in sizes:
            made.grow_to(size)
            bare = cost(lambda number: made.encoder.encode([title(number)]))
            panel = cost(lambda number: ask(made, call, number))
            print(f"{size:6} questions, {2 * size:6} vectors", flush=True)
            print(f"  bare embedding  {bare}")
            print(f"  similar panel   {panel}")
            print(f"  p50 above the bare embedding: {panel.p50 - bare.p50:.2f} ms", flush=True)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
