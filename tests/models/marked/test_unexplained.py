"""What the memory sees far from every marked defect is not explained by one."""

import numpy as np
import pytest

from inspector.flow import TilePlace
from models.graphs.training_library import tensorflow
from models.marked.unexplained import unexplained, unexplained_in, unexplained_on
from models.memory.learning import evidence_of, learn_memory
from tests.models.memory.stripes import GRID, taps_of


def found(marked: float, far: float) -> float:
    """A defect in the upper left corner with heat around it, and other heat in the lower right."""
    mask, heat = np.full((1, 64, 64), 0.001, np.float32), np.full((1, 64, 64), 0.3, np.float32)
    mask[0, :6, :6] = marked
    heat[0, :12, :12], heat[0, 50:, 50:] = 5.0, far
    values: np.ndarray = unexplained(tensorflow(), mask, heat).numpy()
    assert values.shape == (1,)
    return float(values[0])


@pytest.mark.parametrize("far", [0.3, 0.9, 1.4])
def test_marked_defect_explains_the_heat_around_it_and_no_more(far: float) -> None:
    assert found(marked=0.999, far=far) == pytest.approx(far, rel=0.01)


def test_heat_without_a_marked_defect_is_unexplained() -> None:
    assert found(marked=0.001, far=0.3) == pytest.approx(5.0, rel=0.01)


def test_pictures_are_measured_with_what_the_network_says_of_them() -> None:
    taps = taps_of(20)
    memory = learn_memory(taps, taps, 20, np.random.default_rng(0))
    rows, columns = 4 * GRID[0], 4 * GRID[1]
    nowhere = np.full((20, rows, columns), -20.0, np.float32)
    _, heat = evidence_of(taps, memory)
    found = unexplained_in(heat, nowhere)
    assert found.shape == (20,)
    assert found == pytest.approx(heat.max(axis=(1, 2)), rel=0.1)
    assert unexplained_in(heat, -nowhere).max() < 1e-3


def test_tiles_are_measured_together_as_the_line_sees_them() -> None:
    heat, logits = np.zeros((3, 32, 32), np.float32), np.full((3, 32, 32), -20.0, np.float32)
    heat[0, 16, 31] = 5.0  # the mark that explains it lies on the next tile
    logits[1, 16, 20] = 20.0
    heat[2, 4, 4] = 3.0  # of another picture
    places = (
        TilePlace(x_px=0, y_px=0),
        TilePlace(x_px=64, y_px=0),
        TilePlace(x_px=0, y_px=0),
    )
    found = unexplained_on(heat, logits, places, np.array([0, 0, 1]))
    assert found[0] < 0.1
    assert found[1] == pytest.approx(3.0)
    (alone,) = unexplained_on(heat[:1], logits[:1], places[:1], np.array([0]))
    assert alone == pytest.approx(5.0)
