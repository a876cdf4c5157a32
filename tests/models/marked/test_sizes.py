"""The input is as large as its defects ask for, and in the pictures' shape."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from inspector.bundle import InputSpec
from inspector.flow import Frame
from inspector.preprocess import preprocess
from inspector.store.images import write_png
from models.dataset.sample import Sample
from models.marked.sizes import (
    LARGEST_AREA_PX,
    MOST_TILES,
    OVERLAP_PX,
    STANDARD_AREA_PX,
    finer_of,
    input_for,
)


def size_of(spec: InputSpec) -> tuple[int, int]:
    assert (spec.resize, spec.scale) == ("stretch", 1)
    return spec.height_px, spec.width_px


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
    assert size_of(input_for(samples)) == size_px
    assert size_px[0] * size_px[1] <= 1.05 * LARGEST_AREA_PX


STANDARD = InputSpec(height_px=320, width_px=320, color="rgb", resize="stretch")
LARGE = replace(STANDARD, height_px=256, width_px=576)
TILES = replace(LARGE, resize="tile", overlap_px=OVERLAP_PX, scale=0.5)


@pytest.mark.parametrize(
    ("kept", "wanted", "chosen"),
    [
        (None, STANDARD, STANDARD),
        (STANDARD, LARGE, LARGE),
        (LARGE, STANDARD, LARGE),
        (STANDARD, TILES, TILES),
        (TILES, LARGE, TILES),
        (TILES, replace(TILES, scale=0.7), replace(TILES, scale=0.7)),
        (TILES, replace(TILES, scale=0.3), TILES),
        (TILES, replace(TILES, scale=0.55), TILES),
        (STANDARD, replace(STANDARD, width_px=352), STANDARD),
        (replace(STANDARD, max_sample=1023), STANDARD, replace(STANDARD, max_sample=1023)),
    ],
)
def test_form_of_the_input_stays_unless_defects_want_a_finer_one(
    kept: InputSpec | None, wanted: InputSpec, chosen: InputSpec
) -> None:
    assert finer_of(kept, wanted) == chosen


def test_quarter_of_the_defects_may_be_smaller(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    large = outlined(tmp_path, [(460, 1130)] * 8, 40)
    small = outlined(tmp_path / "s", [(460, 1130)], 4)
    assert input_for([*large, *small]) == input_for(large)


def test_pictures_of_all_shapes_are_taken_as_squares(tmp_path: Path) -> None:
    shapes = [(300, 200), (200, 300), (250, 250), (300, 180)]
    assert size_of(input_for(outlined(tmp_path, shapes, 60))) == (256, 256)


def test_defects_without_a_mask_say_nothing_of_the_size(tmp_path: Path) -> None:
    plain = Sample(name="a", image=tmp_path, label="dent", masks=(), split="train", part="a")
    assert size_of(input_for([plain])) == (256, 256)
    height_px, width_px = size_of(input_for([]))
    assert height_px * width_px == STANDARD_AREA_PX


def test_defects_that_stay_too_small_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    input_for(outlined(tmp_path, [(460, 1130)] * 4, 14))
    assert caplog.messages == []
    input_for(outlined(tmp_path, [(460, 1130)] * 4, 7))
    assert "smaller than 3.8 px across on the largest input" in caplog.text
    assert "4 of 4 defects are outlined; with at least 12, and half of all" in caplog.text


@pytest.mark.parametrize(
    ("size_px", "across_px", "scale", "tile_px"),
    [
        ((1500, 2000), 10, 0.8, (384, 384)),
        ((2000, 1500), 4, 2.0, (384, 384)),
        ((200, 6000), 8, 1.0, (224, 672)),
        ((6000, 200), 8, 1.0, (672, 224)),
        ((1500, 1500), 2, 2.0, (384, 384)),
    ],
)
def test_pictures_whose_small_defects_are_outlined_are_judged_in_tiles(
    tmp_path: Path,
    size_px: tuple[int, int],
    across_px: int,
    scale: float,
    tile_px: tuple[int, int],
) -> None:
    spec = input_for(outlined(tmp_path, [size_px] * 12, across_px))
    assert (spec.resize, spec.overlap_px) == ("tile", OVERLAP_PX)
    assert (spec.height_px, spec.width_px) == tile_px
    assert spec.scale <= scale
    blank = Frame(
        frame_id=0,
        source_id="",
        captured_ns=0,
        captured_at=datetime.fromtimestamp(0, UTC),
        pixels=np.zeros(size_px, np.uint8),
    )
    n_tiles = len(preprocess(blank, spec).places)
    assert n_tiles <= MOST_TILES
    if spec.scale < scale:  # as large as can be judged
        assert n_tiles > 0.8 * MOST_TILES


def test_scale_at_which_small_defects_stay_too_small_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        input_for(outlined(tmp_path, [(1500, 2000)] * 12, 10))
        assert (
            "in 20 tiles of 384 x 384 px, at 0.80 of their size, which takes some 0.8 s"
            in caplog.text
        )
        assert "across even so" not in caplog.text
        input_for(outlined(tmp_path, [(1500, 2000)] * 12, 3))
    assert "are smaller than" in caplog.text
    assert "across even so" in caplog.text


def test_half_of_the_defects_must_be_outlined_for_tiles(tmp_path: Path) -> None:
    marked = outlined(tmp_path, [(1500, 2000)] * 12, 10)
    plain = [replace(one, masks=()) for one in marked]
    assert input_for([*marked, *plain]).resize == "tile"
    assert input_for([*marked, *plain, plain[0]]).resize == "stretch"
