"""The input is as large as its defects ask for, and in the pictures' shape."""

from pathlib import Path

import numpy as np
import pytest

from inspector.store.images import write_png
from models.dataset.sample import Sample
from models.marked.sizes import LARGEST_AREA_PX, STANDARD_AREA_PX, size_for


def outlined(folder: Path, sizes_px: list[tuple[int, int]], across_px: int) -> list[Sample]:
    """Defects whose largest region is a square; a smaller one lies beside it."""
    samples = []
    for place, size_px in enumerate(sizes_px):
        mask = np.zeros(size_px, np.uint8)
        mask[10 : 10 + across_px, 10 : 10 + across_px] = 255
        mask[-3:-1, -3:-1] = 255
        path = folder / f"{place}.png"
        write_png(path, mask)
        samples.append(
            Sample(name=path.name, image=path, label="dent", masks=(path,), split="train", part="p")
        )
    return samples


@pytest.mark.parametrize(
    ("across_px", "size_px"),
    [(100, (160, 416)), (30, (160, 416)), (20, (192, 448)), (15, (256, 576)), (3, (256, 576))],
)
def test_smaller_defects_ask_for_more_pixels_up_to_a_limit(
    tmp_path: Path, across_px: int, size_px: tuple[int, int]
) -> None:
    samples = outlined(tmp_path, [(460, 1130)] * 4, across_px)
    assert size_for(samples) == size_px
    assert size_px[0] * size_px[1] <= 1.05 * LARGEST_AREA_PX


def test_quarter_of_the_defects_may_be_smaller(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    large = outlined(tmp_path, [(460, 1130)] * 8, 40)
    small = outlined(tmp_path / "s", [(460, 1130)], 4)
    assert size_for([*large, *small]) == size_for(large)


def test_pictures_of_all_shapes_are_taken_as_squares(tmp_path: Path) -> None:
    shapes = [(300, 200), (200, 300), (250, 250), (300, 180)]
    assert size_for(outlined(tmp_path, shapes, 60)) == (256, 256)


def test_defects_without_a_mask_say_nothing_of_the_size(tmp_path: Path) -> None:
    plain = Sample(name="a", image=tmp_path, label="dent", masks=(), split="train", part="a")
    assert size_for([plain]) == (256, 256)
    height_px, width_px = size_for([])
    assert height_px * width_px == STANDARD_AREA_PX


def test_defects_that_stay_too_small_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    size_for(outlined(tmp_path, [(460, 1130)] * 4, 14))
    assert caplog.messages == []
    size_for(outlined(tmp_path, [(460, 1130)] * 4, 7))
    assert "smaller than 3.8 px across on the largest input" in caplog.text
