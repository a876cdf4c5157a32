"""Draws the plots of labelled pictures as SVG text; the page's style sheet gives the colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from inspector.report.svg import chart, line, rect, text
from models.measures.painted_escape import EscapeCell, area_text, contrast_text

_SIDE = 300  # of a square plot, SVG units
_LEFT, _TOP = 52, 12
_RIGHT, _BOTTOM = _LEFT + _SIDE, _TOP + _SIDE
# Curves of sides that agree lie on each other: each further one is thinner, so all are seen.
_STROKES = (("--time", 7.0), ("--pass", 3.5), ("--fail", 1.5))
_LEAST_CELL_WIDTH, _CELL_HEIGHT, _NAMES_END, _HEAD = 96, 40, 150, 30  # of a shaded table
_LETTER_WIDTH = 8  # of the names above its columns, with room to spare


def roc(curves: Mapping[str, Sequence[float]], is_defect: ArrayLike) -> str:
    """Share of defects found over share of good parts rejected, a line for each set of scores.

    Args:
        curves: Up to three sets of scores by name, each in the order of `is_defect`.
    """
    truth = np.asarray(is_defect, dtype=np.bool_)
    if truth.all() or not truth.any():
        return "<p class=soft>Needs good parts and defects.</p>"
    drawn = [
        line(_LEFT, _TOP, _LEFT, _BOTTOM, "axis"),
        line(_LEFT, _BOTTOM, _RIGHT, _BOTTOM, "axis"),
        line(_LEFT, _BOTTOM, _RIGHT, _TOP, "grid"),
    ]
    for share in (0.0, 0.5, 1.0):
        x, y = _LEFT + share * _SIDE, _BOTTOM - share * _SIDE
        drawn.append(text(x, _BOTTOM + 20, f"{share:g}", "middle", "tick"))
        drawn.append(text(_LEFT - 8, y + 4.5, f"{share:g}", "end", "tick"))
    drawn.append(text((_LEFT + _RIGHT) / 2, _BOTTOM + 42, "good parts rejected", "middle", "soft"))
    middle = (_TOP + _BOTTOM) / 2
    upright = text(0, 0, "defects found", "middle", "soft")
    drawn.append(f'<g transform="translate(14 {middle}) rotate(-90)">{upright}</g>')
    for place, (name, scores) in enumerate(curves.items()):
        colour, width = _STROKES[place]
        drawn.append(_curve(_steps(scores, truth), colour, width))
        if len(curves) > 1:
            y = _BOTTOM - 18 - 24 * (len(curves) - 1 - place)
            drawn.append(_curve([(0.55, (_BOTTOM - y) / _SIDE)] * 2, colour, width, reach=30))
            drawn.append(text(_LEFT + 0.55 * _SIDE + 40, y + 4.5, name, "start", "name"))
    title = "Share of defects found over share of good parts rejected"
    return chart(title, _RIGHT + 16, _BOTTOM + 50, drawn, max_width_px=440)


def confusion_matrix(confusion: Mapping[str, Mapping[str, int]]) -> str:
    """How often each truth got each verdict, the darker the larger its share of the row."""
    rows = []
    for truth, counts in confusion.items():
        total = sum(counts.values())
        cells = [
            _Cell(
                said=f"{count:,}",
                share=count / (total or 1),
                tooltip=f"{truth}: {count:,} of {total:,} are said to be {verdict}",
            )
            for verdict, count in counts.items()
        ]
        rows.append((truth, cells))
    columns = list(next(iter(confusion.values()), {}))
    return _shaded("How often each truth got each verdict", columns, rows, "time")


def escape_grid(cells: Sequence[EscapeCell]) -> str:
    """Painted defects that pass, a row for each size; the darker, the more of them."""
    rows: dict[str, list[_Cell]] = {}
    for cell in cells:
        size, contrast, escape = area_text(cell), contrast_text(cell), cell.escape
        shown = _Cell(said="none", share=0.0, tooltip=f"{size}, {contrast}: none painted")
        if escape is not None:
            said = f"{escape.count} of {escape.total}"
            shown = _Cell(said=said, share=escape.share, tooltip=f"{size}, {contrast}: {said} pass")
        rows.setdefault(size, []).append(shown)
    columns = list(dict.fromkeys(map(contrast_text, cells)))
    return _shaded("Painted defects that pass", columns, list(rows.items()), "fail")


@dataclass(frozen=True, slots=True)
class _Cell:
    said: str
    share: float
    tooltip: str


def _shaded(
    title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[_Cell]]], colour: str
) -> str:
    """A table whose cells are the darker the larger their share."""
    longest = max(map(len, columns), default=0)
    cell_width = max(_LEAST_CELL_WIDTH, _LETTER_WIDTH * (longest + 2))
    drawn = [
        text(_NAMES_END + cell_width * (place + 0.5), 20, column, "middle", "tick")
        for place, column in enumerate(columns)
    ]
    for row, (name, cells) in enumerate(rows):
        y = _HEAD + _CELL_HEIGHT * row
        drawn.append(text(_NAMES_END - 12, y + _CELL_HEIGHT / 2 + 5, name, "end", "name"))
        for place, cell in enumerate(cells):
            x = _NAMES_END + cell_width * place
            box = rect(x + 1, y + 1, cell_width - 2, _CELL_HEIGHT - 2, colour, cell.tooltip)
            drawn.append(f'<g opacity="{0.08 + 0.5 * cell.share:.3f}">{box}</g>')
            middle = x + cell_width / 2
            drawn.append(text(middle, y + _CELL_HEIGHT / 2 + 5, cell.said, "middle", "name"))
    width, height = _NAMES_END + cell_width * len(columns), _HEAD + _CELL_HEIGHT * len(rows)
    return chart(title, width + 4, height + 4, drawn, max_width_px=width + 4)


def _steps(scores: Sequence[float], truth: ArrayLike) -> list[tuple[float, float]]:
    """Good parts rejected and defects found, both as shares, as the threshold falls."""
    values, is_defect = np.asarray(scores), np.asarray(truth)
    points = [(0.0, 0.0)]
    for threshold in np.unique(values)[::-1]:
        is_above = values >= threshold
        points.append((float(is_above[~is_defect].mean()), float(is_above[is_defect].mean())))
    return points


def _curve(
    points: Sequence[tuple[float, float]], colour: str, width: float, reach: float = 0.0
) -> str:
    """A line through points of the plot, shares of its sides; the last one `reach` units on."""
    places = [(_LEFT + x * _SIDE, _BOTTOM - y * _SIDE) for x, y in points]
    places[-1] = (places[-1][0] + reach, places[-1][1])
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return (
        f'<polyline points="{drawn}" fill="none" stroke="var({colour})" stroke-width="{width}" '
        'stroke-linejoin="round"/>'
    )
