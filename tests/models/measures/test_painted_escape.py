"""Which painted defects pass, by size and contrast."""

import numpy as np
import pytest

from models.measures.painted_escape import (
    N_PAINTED,
    PaintedScores,
    cells_as_table,
    cells_in,
    escape_cells,
    joined,
    lines,
    painted_scores,
)
from models.measures.rate import Rate
from tests.models.measures.test_rejection import PARTS, difference

PAINTED = PaintedScores(
    scores=np.array([0.4, 0.6, 0.5, 2.0], np.float32),
    areas=np.array([0.001, 0.001, 0.012, 1.0]),
    contrasts=np.array([5.0, 16.0, 20.0, 255.0]),
)


def test_every_defect_stands_in_one_cell_and_passes_up_to_the_threshold() -> None:
    cells = escape_cells(PAINTED, 0.5)
    assert len(cells) == 9
    assert [cell.escape for cell in cells if cell.escape] == [
        Rate(count=1, total=1),
        Rate(count=0, total=1),
        Rate(count=1, total=1),
        Rate(count=0, total=1),
    ]


def test_cells_are_read_back_from_a_manifest() -> None:
    cells = escape_cells(PAINTED, 0.5)
    assert cells_in({"painted": cells_as_table(cells)}) == cells
    assert cells_in({}) == ()


def test_table_is_read_by_rows_of_size_and_columns_of_contrast() -> None:
    head, columns, *rows = lines(escape_cells(PAINTED, 0.5), "picture")
    assert "share of a picture" in head
    assert columns.split("  ")[-1].strip() == "from 48 levels"
    assert [row.split("  ")[0 if row[0] != " " else -1].strip() for row in rows] == [
        "none painted",
        "none painted",
        "0 of 1",
    ]
    assert rows[0].split()[:6] == ["under", "0.3", "%", "1", "of", "1"]
    assert list(lines((), "picture")) == []


def test_plain_defects_are_neither_tiny_nor_faint() -> None:
    assert PAINTED.are_plain.tolist() == [False, False, True, True]


def test_scores_are_those_of_the_painted_pictures_and_the_same_each_time() -> None:
    found = painted_scores(PARTS, difference)
    assert 0.8 * N_PAINTED <= len(found.scores) <= N_PAINTED
    assert np.array_equal(found.scores, painted_scores(PARTS, difference).scores)
    assert found.scores[found.are_plain].mean() > difference(PARTS)["score"].max()


def test_several_are_joined_in_their_order() -> None:
    both = joined([PAINTED, PAINTED])
    assert both.scores.tolist() == pytest.approx([0.4, 0.6, 0.5, 2.0] * 2)
    assert len(both.areas) == len(both.contrasts) == 8
