"""Small plots as SVG text: axes with words, points, lines, intervals and bars. Numbers in, text out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 640, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 64, 52
INK, GRID = "#14202e", "#d5dce5"
# Told apart by shade, too, and for the colour-blind.
COLOURS = ("#1c4e9c", "#b04f17", "#17785a", "#7546b0")


@dataclass
class Plot:
    """A plane from ``x_range`` x ``y_range``; what is drawn later lies above."""

    title: str
    subtitle: str
    x_label: str
    y_label: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    marks: list[str] = field(default_factory=list)
    n_keys: int = 0

    def x(self, value: float) -> float:
        low, high = self.x_range
        return round(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), 2)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 2)

    def points(self, xs: Iterable[float], ys: Iterable[float], colour: str, radius: float = 3.5) -> None:
        self.marks += [
            f'<circle cx="{self.x(x)}" cy="{self.y(y)}" r="{radius}" fill="{colour}"/>'
            for x, y in zip(xs, ys, strict=True)
        ]

    def line(self, xs: Iterable[float], ys: Iterable[float], colour: str, dashes: str = "") -> None:
        path = " ".join(f"{self.x(x)},{self.y(y)}" for x, y in zip(xs, ys, strict=True))
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.marks.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')

    def upright(self, x: float, low: float, high: float, colour: str, width: float = 2) -> None:
        """An interval, or a bar where it is wide."""
        self.marks.append(
            f'<line x1="{self.x(x)}" x2="{self.x(x)}" y1="{self.y(low)}" y2="{self.y(high)}" '
            f'stroke="{colour}" stroke-width="{width}"/>'
        )

    def key(self, words: str, colour: str, *, at_start: bool = False) -> None:
        """One line of the legend, at the lower right, or left."""
        y = HEIGHT - BOTTOM - 12 - 18 * self.n_keys
        self.n_keys += 1
        x, anchor = (LEFT + 14, "start") if at_start else (WIDTH - RIGHT - 14, "end")
        self.marks.append(_text(x, y, words, anchor=anchor, colour=colour, weight=600))

    def text(self, x_ticks: Sequence[float], y_ticks: Sequence[float]) -> str:
        """The whole picture."""
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
            f'height="{HEIGHT}" role="img" font-family="sans-serif" font-size="13">',
            f"<title>{escape(self.title)}</title><desc>{escape(self.subtitle)}</desc>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(16, 24, self.title, weight=700, size=16),
            _text(16, 44, self.subtitle),
            *(self._x_tick(value) for value in x_ticks),
            *(self._y_tick(value) for value in y_ticks),
            *self.marks,
            _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, self.x_label, anchor="middle"),
            self._y_title(),
            "</svg>",
        ]
        return "\n".join(lines) + "\n"

    def _x_tick(self, value: float) -> str:
        return _text(self.x(value), HEIGHT - BOTTOM + 20, f"{value:g}", anchor="middle")

    def _y_tick(self, value: float) -> str:
        y = self.y(value)
        grid = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{GRID}"/>'
        return grid + _text(LEFT - 8, y + 4, f"{value:g}", anchor="end")

    def _y_title(self) -> str:
        middle = (TOP + HEIGHT - BOTTOM) / 2
        return (
            f'<text transform="translate(20 {middle}) rotate(-90)" text-anchor="middle" fill="{INK}">'
            f"{escape(self.y_label)}</text>"
        )


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK, weight: int = 400, size: int = 13
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}" '
        f'font-size="{size}">{escape(words)}</text>'
    )
