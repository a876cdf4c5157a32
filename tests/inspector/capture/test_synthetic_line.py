"""The drawn line: repeatable by its seed, with the share of defects asked for."""

from pathlib import Path

import numpy as np
import pytest

from inspector.capture.registry import make_source
from inspector.capture.synthetic_line import SyntheticLine, SyntheticOptions
from inspector.clock import SystemClock
from inspector.errors import SettingsError

SMALL = (96, 128)


def pictures(*, seed: int = 3, defect_share: float = 0.3, count: int = 6) -> list[bytes]:
    options = SyntheticOptions(parts_per_s=0.0, defect_share=defect_share, seed=seed, size_px=SMALL)
    line = SyntheticLine(options, "cam0", SystemClock())
    line.open()
    taken = [line.grab(1.0).pixels.tobytes() for _ in range(count)]
    line.close()
    return taken


def test_same_seed_gives_the_same_pictures_and_another_gives_others() -> None:
    assert pictures() == pictures()
    assert not set(pictures()) & set(pictures(seed=4))


def test_no_picture_is_given_twice() -> None:
    taken = pictures(count=200)
    assert len(set(taken)) == 200


def test_noise_is_one_grey_level() -> None:
    line = SyntheticLine(
        SyntheticOptions(parts_per_s=0.0, defect_share=0.0, size_px=SMALL), "cam0", SystemClock()
    )
    line.open()
    drawn = [part.astype(int) for part in line._good]
    for _ in range(20):
        seen = line.grab(1.0).pixels.astype(int)
        assert min(int(np.abs(seen - part).max()) for part in drawn) == 1
    line.close()


@pytest.mark.parametrize(
    ("share", "low", "high"), [(0.0, 0, 0), (0.25, 200, 300), (1.0, 1000, 1000)]
)
def test_share_of_defects_is_the_one_asked_for(share: float, low: int, high: int) -> None:
    options = SyntheticOptions(parts_per_s=0.0, defect_share=share, size_px=SMALL)
    line = SyntheticLine(options, "cam0", SystemClock())
    line.open()
    bad = {part.tobytes() for part in (np.bitwise_or(part, 1) for part in line._bad)}
    n_bad = sum(np.bitwise_or(line.grab(1.0).pixels, 1).tobytes() in bad for _ in range(1_000))
    line.close()
    assert low <= n_bad <= high


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("synthetic:1", {}, "has no address"),
        ("synthetic", {"part_per_s": 3}, "did you mean 'parts_per_s'"),
        ("synthetic", {"parts_per_s": -1}, "outside 0..1000"),
        ("synthetic", {"defect_share": 1.5}, "outside 0..1"),
        ("synthetic", {"height_px": 10}, "outside 96..4096"),
        ("synthetic", {"seed": "x"}, "must be a whole number"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    source: str, options: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=message):
        make_source(source, options, "cam0", str(tmp_path), SystemClock())
