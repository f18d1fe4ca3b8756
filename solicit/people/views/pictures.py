"""A QR code as the numbers of a drawing, because our pages show no images from data."""

from dataclasses import dataclass

import segno

QUIET_ZONE = 4


@dataclass(frozen=True)
class QrCode:
    """The side of the square in modules, and the path that paints the dark ones."""

    side: int
    path: str


def qr_code(text: str) -> QrCode:
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=QUIET_ZONE))
    dark = ((x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return QrCode(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
