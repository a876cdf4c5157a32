"""A training's state comes back as it was kept, to the same training only."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.errors import StoreError
from models.training_notes import State, TrainingNotes


def a_state(n_done: int = 2) -> State:
    arrays: dict[str, NDArray[Any]] = {
        "now0": np.arange(6, dtype=np.float32).reshape(2, 3),
        "best0": np.ones(3),
    }
    return State(n_done=n_done, best_figure=0.5, best_epoch=1, arrays=arrays)


def test_state_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    TrainingNotes(tmp_path / "x.training", "id").keep(a_state())
    state = TrainingNotes(tmp_path / "x.training", "id").last()
    assert state is not None
    assert (state.n_done, state.best_figure, state.best_epoch) == (2, 0.5, 1)
    assert state.arrays.keys() == {"now0", "best0"}
    assert np.array_equal(state.arrays["now0"], a_state().arrays["now0"])


def test_later_state_replaces_the_earlier(tmp_path: Path) -> None:
    notes = TrainingNotes(tmp_path, "id")
    notes.keep(a_state(1))
    notes.keep(a_state(2))
    state = notes.last()
    assert state is not None
    assert state.n_done == 2


def test_nothing_is_known_before_the_first_state_and_after_it_was_discarded(tmp_path: Path) -> None:
    notes = TrainingNotes(tmp_path / "x.training", "id")
    assert notes.last() is None
    notes.keep(a_state())
    notes.discard()
    assert notes.last() is None
    assert not (tmp_path / "x.training").exists()


def test_state_of_another_training_is_none(tmp_path: Path) -> None:
    TrainingNotes(tmp_path, "id").keep(a_state())
    assert TrainingNotes(tmp_path, "other").last() is None


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_damaged_state_is_as_good_as_none(cut: int, tmp_path: Path) -> None:
    notes = TrainingNotes(tmp_path, "id")
    notes.keep(a_state())
    path = tmp_path / "state.npz"
    path.write_bytes(path.read_bytes()[:cut])
    assert notes.last() is None


def test_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        TrainingNotes(tmp_path / "file" / "x", "id").keep(a_state())
