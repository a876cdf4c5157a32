"""What another size of input would cost is measured, each with its own graph."""

import pytest

from models.comparing import sizes
from models.comparing.sizes import size_times
from tests.models.conftest import TrainedBundle


def test_larger_inputs_take_longer_and_the_own_size_is_named(
    trained: TrainedBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "SIDES_PX", (96, 128, 256))
    times = size_times(trained.bundle, trained.weights_cache)
    assert times.own_px == (96, 96)
    assert tuple(times.others_ms) == (128, 256)
    assert 0 < times.own_ms < times.others_ms[256]
    assert times.others_ms[128] < times.others_ms[256]
    (line,) = times.lines()
    assert line.startswith(f"speed      {times.own_ms:.1f} ms a picture at 96 x 96 px")
    assert "256 px" in line
    assert times.as_table()["own_px"] == [96, 96]
