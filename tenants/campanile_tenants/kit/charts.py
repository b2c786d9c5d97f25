"""Charts that answer one question, drawn on the server, each with the table that says the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEIGHT, COLUMN, GAP = 120, 34, 10


@dataclass(frozen=True)
class Column:
    """One column: its name, its number, and where it is drawn (pixels from the left and the top)."""

    label: str
    value: int
    x: int
    y: int
    height: int

    @property
    def middle(self) -> int:
        """Where the number stands."""
        return self.x + COLUMN // 2


@dataclass(frozen=True)
class ColumnChart:
    """Columns from zero. `title` is the answer in words: "12 reports this week, 3 more than the week before"."""

    title: str
    unit: str
    columns: tuple[Column, ...]

    @property
    def width(self) -> int:
        """Of the picture, in pixels."""
        return len(self.columns) * (COLUMN + GAP) + GAP

    @property
    def view_box(self) -> str:
        """For the SVG, with room for numbers above and names below."""
        return f"0 -20 {self.width} {HEIGHT + 44}"


def columns(title: str, unit: str, rows: Iterable[tuple[str, int]]) -> ColumnChart:
    """A chart of `(name, number)` in their order.

    >>> [column.height for column in columns("t", "u", [("a", 0), ("b", 5), ("c", 10)]).columns]
    [0, 60, 120]
    """
    known = list(rows)
    most = max((value for _label, value in known), default=0) or 1
    drawn = []
    for number, (label, value) in enumerate(known):
        height = round(HEIGHT * value / most)
        drawn.append(Column(label, value, GAP + number * (COLUMN + GAP), HEIGHT - height, height))
    return ColumnChart(title, unit, tuple(drawn))


__all__ = ["Column", "ColumnChart", "columns"]
