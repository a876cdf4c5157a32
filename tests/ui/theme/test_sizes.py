"""What is read at three metres is large enough in every window."""

import pytest

from ui.theme.sizes import sizes_for


@pytest.mark.parametrize("height_px", [640, 720, 900, 1080, 1440, 2160])
def test_letters_have_their_share_of_the_window(height_px: int) -> None:
    sizes = sizes_for(height_px)
    assert sizes.verdict >= height_px / 10
    assert sizes.counter >= height_px / 30
    assert sizes.body >= 14 * 96 / 72  # 14 pt
    assert (sizes.touch, sizes.gap) == (48, 8)


def test_low_window_is_compact() -> None:
    assert [sizes_for(h).is_compact for h in (720, 899, 900, 1080)] == [True, True, False, False]
