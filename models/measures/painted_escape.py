"""What a model lets pass of painted defects, by their size and contrast.

Nobody knows the defects that will come. How small and how faint a painted one may be before it
escapes tells a person more than one share of all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inspector.inference.some_at_a_time import Run
from models.dataset.painted_lot import PaintedLot, painted_lot
from models.graphs.running import one_by_one
from models.measures.rate import Rate

N_PAINTED = 160  # so that most cells of the table have ten or more
AREA_BOUNDS = (0.0, 0.003, 0.012, 1.0)  # shares of the picture
CONTRAST_BOUNDS = (0.0, 16.0, 48.0, 255.0)  # grey levels
_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PaintedScores:
    """Painted defects and what each scored; see `PaintedLot`.

    Attributes:
        scores: float32 (N,), by a model that was not fitted to the picture.
    """

    scores: NDArray[np.float32]
    areas: NDArray[np.float64]
    contrasts: NDArray[np.float64]

    @property
    def are_plain(self) -> NDArray[np.bool_]:
        """Which of them nobody overlooks."""
        return (self.areas >= AREA_BOUNDS[1]) & (self.contrasts >= CONTRAST_BOUNDS[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class EscapeCell:
    """Painted defects of one size and contrast.

    Attributes:
        area_share, contrast_levels: From, to.
        escape: How many of them pass; None where none was painted.
    """

    area_share: tuple[float, float]
    contrast_levels: tuple[float, float]
    escape: Rate | None


def scored(lot: PaintedLot, scores: NDArray[np.float32]) -> PaintedScores:
    """A lot with its scores."""
    return PaintedScores(scores=scores, areas=lot.areas, contrasts=lot.contrasts)


def joined(pieces: Sequence[PaintedScores]) -> PaintedScores:
    """Several as one; empty where there is none."""
    if not pieces:
        return PaintedScores(scores=_NONE, areas=np.zeros(0), contrasts=np.zeros(0))
    return PaintedScores(
        scores=np.concatenate([piece.scores for piece in pieces]),
        areas=np.concatenate([piece.areas for piece in pieces]),
        contrasts=np.concatenate([piece.contrasts for piece in pieces]),
    )


def painted_scores(good: NDArray[np.uint8], run: Run) -> PaintedScores:
    """Paint on good pictures, the same each time, and judge what came of it.

    Args:
        good: uint8 (N, H, W, C), N at least 1; the model was not fitted to them.
        run: The bundle's graph.
    """
    lot = painted_lot(good, N_PAINTED, np.random.Generator(np.random.PCG64(_SEED)))
    return scored(lot, one_by_one(run, lot.tensors)["score"] if len(lot.tensors) else _NONE)


def escape_cells(painted: PaintedScores, threshold: float) -> tuple[EscapeCell, ...]:
    """Every size, the smallest first, and in each every contrast, the faintest first."""
    return tuple(
        EscapeCell(
            area_share=area,
            contrast_levels=contrast,
            escape=_passing(painted.scores[_within(painted, area, contrast)], threshold),
        )
        for area in pairwise(AREA_BOUNDS)
        for contrast in pairwise(CONTRAST_BOUNDS)
    )


def cells_as_table(cells: Sequence[EscapeCell]) -> list[dict[str, object]]:
    """For a manifest."""
    return [
        {
            "area_share": list(cell.area_share),
            "contrast_levels": list(cell.contrast_levels),
            "count": cell.escape.count if cell.escape else 0,
            "total": cell.escape.total if cell.escape else 0,
        }
        for cell in cells
    ]


def cells_in(validation: Mapping[str, object]) -> tuple[EscapeCell, ...]:
    """What a manifest says; empty where it says nothing."""
    table = validation.get("painted")
    if not isinstance(table, list):
        return ()
    return tuple(
        EscapeCell(
            area_share=tuple(row["area_share"]),
            contrast_levels=tuple(row["contrast_levels"]),
            escape=Rate(count=row["count"], total=row["total"]) if row["total"] else None,
        )
        for row in table
    )


def lines(cells: Sequence[EscapeCell], of: str) -> Iterator[str]:
    """For people: a row for each size, a column for each contrast.

    Args:
        of: What a share is of: a picture, or a tile of one.
    """
    if not cells:
        return
    yield f"painted    what passes of all, by share of a {of} and contrast, faint ones too:"
    columns = dict.fromkeys(map(contrast_text, cells))
    yield f"{'':23}" + "".join(f"{column:>18}" for column in columns)
    for size in dict.fromkeys(map(area_text, cells)):
        row = [cell.escape for cell in cells if area_text(cell) == size]
        yield f"{'':11}{size:<12}" + "".join(f"{_passing_text(escape):>18}" for escape in row)


def area_text(cell: EscapeCell) -> str:
    """Such as "under 0.3 %"."""
    low, high = (f"{100 * bound:g}" for bound in cell.area_share)
    return f"{_range_text(low, high, cell.area_share, AREA_BOUNDS)} %"


def contrast_text(cell: EscapeCell) -> str:
    """Such as "16 to 48 levels"."""
    low, high = (f"{bound:g}" for bound in cell.contrast_levels)
    return f"{_range_text(low, high, cell.contrast_levels, CONTRAST_BOUNDS)} levels"


def _within(
    painted: PaintedScores, area: tuple[float, float], contrast: tuple[float, float]
) -> NDArray[np.bool_]:
    is_last = contrast[1] == CONTRAST_BOUNDS[-1], area[1] == AREA_BOUNDS[-1]
    return (
        (painted.contrasts >= contrast[0])
        & ((painted.contrasts < contrast[1]) | is_last[0])
        & (painted.areas >= area[0])
        & ((painted.areas < area[1]) | is_last[1])
    )


def _passing(scores: NDArray[np.float32], threshold: float) -> Rate | None:
    if not len(scores):
        return None
    return Rate(count=int((scores <= threshold).sum()), total=len(scores))


def _range_text(
    low: str, high: str, bounds: tuple[float, float], all_bounds: tuple[float, ...]
) -> str:
    if bounds[0] == all_bounds[0]:
        return f"under {high}"
    return f"from {low}" if bounds[1] == all_bounds[-1] else f"{low} to {high}"


def _passing_text(escape: Rate | None) -> str:
    return "none painted" if escape is None else f"{escape.count} of {escape.total}"


_NONE = np.zeros(0, np.float32)
