"""Numbers go on over every wrap of a camera's own count, and a loss leaves a gap."""

import pytest

from inspector.capture.frame_count import FrameCount


@pytest.mark.parametrize(
    ("blocks", "frames"),
    [
        ((1, 2, 3), [0, 1, 2]),
        ((0, 1, 4), [0, 1, 4]),
        ((65_534, 65_535, 1, 2), [0, 1, 2, 3]),  # GigE Vision's counter has no zero
        ((70_000, 70_001, 0, 1), [0, 1, 2, 3]),  # the camera itself began anew
        ((7, 7), [0, 0]),  # the same twice
    ],
)
def test_numbers_go_on_over_every_wrap(blocks: tuple[int, ...], frames: list[int]) -> None:
    count, found = FrameCount(), []
    for block_id in blocks:
        count.add(block_id)
        found.append(count.newest)
    assert found == frames


def test_numbers_go_on_where_the_camera_begins_anew() -> None:
    count = FrameCount()
    for block_id in (0, 1, 2):
        count.add(block_id)
    count.camera_began_anew()
    count.add(0)
    assert count.newest == 3
