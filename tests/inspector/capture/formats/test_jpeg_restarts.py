"""Data missing inside a restart interval: found, though the decoder shows grey and goes on."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.capture.files.image_file import decode_picture
from inspector.capture.formats.jpeg_restarts import MAX_DECODED_AGAIN, check_intervals
from inspector.capture.formats.whole_jpeg import Restarts, walk_jpeg
from inspector.errors import CorruptFrame
from tests.support.picture_files import jpeg, textured

GREY = np.full((48, 64), 128, dtype=np.uint8)


def restarts_of(data: bytes) -> Restarts:
    restarts = walk_jpeg(data, "part").restarts
    assert restarts is not None
    return restarts


def without(data: bytes, index: int, n_bytes: int) -> bytes:
    """The JPEG without the last bytes of one restart interval."""
    _, end = restarts_of(data).bounds[index]
    return data[: end - n_bytes] + data[end:]


def check(data: bytes, pixels: NDArray[np.uint8]) -> None:
    check_intervals(data, restarts_of(data), pixels, "part.jpg")


@pytest.mark.parametrize("pixels", [textured(48, 64), textured(48, 64, 1), GREY])
@pytest.mark.parametrize("restart_mcus", [1, 2, 4, 5, 8, 16])
def test_whole_picture_is_accepted(pixels: NDArray[np.uint8], restart_mcus: int) -> None:
    data = jpeg(pixels, restart_mcus=restart_mcus)
    if walk_jpeg(data, "part").restarts is None:  # one interval holds it all
        assert pixels.ndim == 3
        return
    check(data, decode_picture(data, "part"))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("restart_mcus", [2, 4, 6])
def test_missing_data_show_in_the_last_units_of_an_interval_or_not_at_all(
    channels: int, restart_mcus: int
) -> None:
    data = jpeg(textured(48, 96, channels), restart_mcus=restart_mcus)
    whole = decode_picture(data, "part")
    restarts = restarts_of(data)
    high_px, wide_px = restarts.mcu_px
    excepted = 1 if channels == 3 else 2
    beyond = []
    n_refused = 0
    for index, (start, end) in enumerate(restarts.bounds[:-1]):
        for n_bytes in range(1, end - start + 1):
            try:
                pixels = decode_picture(without(data, index, n_bytes), "part")
            except CorruptFrame:
                n_refused += 1
                continue
            differs = (pixels != whole) if channels == 1 else (pixels != whole).any(axis=2)
            for unit in range((index + 1) * restart_mcus - excepted, (index + 1) * restart_mcus):
                row, column = divmod(unit, restarts.mcus_per_row)
                top, left = max(0, row * high_px - 1), max(0, column * wide_px - 1)
                differs[top : (row + 1) * high_px + 1, left : (column + 1) * wide_px + 1] = False
            if differs.any():
                beyond.append((index, n_bytes))
    assert beyond == []
    assert n_refused > 0


def test_interval_without_any_data_is_refused() -> None:
    for pixels in (textured(48, 64), textured(48, 64, 1), GREY):
        data = jpeg(pixels, restart_mcus=4)
        for index, (start, end) in enumerate(restarts_of(data).bounds[:-1]):
            with pytest.raises(CorruptFrame, match="the file is truncated; copy it again"):
                decode_picture(without(data, index, end - start), "part")


def test_grey_part_is_not_taken_for_missing_data() -> None:
    """Every interval ends in exact mid-grey, as one without data would."""
    data = jpeg(GREY, restart_mcus=3)
    assert np.array_equal(decode_picture(data, "part"), GREY)
    half = textured(48, 64)
    half[:, 32:] = 128
    assert decode_picture(jpeg(half, restart_mcus=4), "part").shape == (48, 64, 3)


def test_missing_data_in_a_grey_part_are_found_all_the_same() -> None:
    data = jpeg(GREY, restart_mcus=4)
    restarts = restarts_of(data)
    for index, (start, end) in enumerate(restarts.bounds[:-1]):
        with pytest.raises(CorruptFrame, match=rf"restart interval {index} of the JPEG ends too"):
            check(without(data, index, end - start - 1), GREY)


def test_picture_of_too_many_grey_intervals_is_refused_by_its_kind() -> None:
    side_px = 8 * 102
    grey = np.full((side_px, side_px), 128, dtype=np.uint8)
    data = jpeg(grey, restart_mcus=1)
    assert len(restarts_of(data).bounds) > MAX_DECODED_AGAIN
    with pytest.raises(CorruptFrame, match="a JPEG of many grey restart intervals is not read"):
        decode_picture(data, "part")


def test_interval_longer_than_any_picture_is_refused_by_its_kind() -> None:
    """Ten rows of units and one unit more: no upright picture holds just these."""
    grey = np.full((8 * 40, 8 * 1_000), 128, dtype=np.uint8)
    data = jpeg(grey, restart_mcus=10_001)
    with pytest.raises(CorruptFrame, match="such long restart intervals is not read"):
        decode_picture(data, "part")
