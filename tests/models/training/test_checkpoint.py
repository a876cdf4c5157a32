"""A training's state comes back as it was kept, to the same training only."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.errors import StoreError
from models.training.checkpoint import Checkpoint, State


def a_state(n_done: int = 2) -> State:
    arrays: dict[str, NDArray[Any]] = {
        "now0": np.arange(6, dtype=np.float32).reshape(2, 3),
        "best0": np.ones(3),
    }
    return State(n_done=n_done, arrays=arrays)


def test_state_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    Checkpoint(tmp_path / "x.training", "id").keep(a_state())
    state = Checkpoint(tmp_path / "x.training", "id").last()
    assert state is not None
    assert state.n_done == 2
    assert state.arrays.keys() == {"now0", "best0"}
    assert np.array_equal(state.arrays["now0"], a_state().arrays["now0"])


def test_later_state_replaces_the_earlier(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path, "id")
    checkpoint.keep(a_state(1))
    checkpoint.keep(a_state(2))
    state = checkpoint.last()
    assert state is not None
    assert state.n_done == 2


def test_nothing_is_known_before_the_first_state(tmp_path: Path) -> None:
    assert Checkpoint(tmp_path / "x.training", "id").last() is None
    assert not (tmp_path / "x.training").exists()


def test_state_of_another_training_is_none(tmp_path: Path) -> None:
    Checkpoint(tmp_path, "id").keep(a_state())
    assert Checkpoint(tmp_path, "other").last() is None


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_damaged_state_is_as_good_as_none(cut: int, tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path, "id")
    checkpoint.keep(a_state())
    path = tmp_path / "state.npz"
    path.write_bytes(path.read_bytes()[:cut])
    assert checkpoint.last() is None


def test_state_with_any_byte_changed_is_none_or_as_it_was(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path, "id")
    checkpoint.keep(a_state())
    path = tmp_path / "state.npz"
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        state = checkpoint.last()
        assert state is None or state.n_done == 2


def test_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        Checkpoint(tmp_path / "file" / "x", "id").keep(a_state())
