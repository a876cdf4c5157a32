"""The drawn part: the same bytes for the same seed, and a defect exactly where its mask says."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.capture.synthetic.render import (
    MAX_SIDE_PX,
    MIN_SIDE_PX,
    Defect,
    RenderedPart,
    render_part,
)
from inspector.opencv import cv2

SEEDS = range(20)
SIZE_PX = (288, 384)
SMALL_PX = (96, 128)
# Least and most px of a mask at this size, of 110,592 px; 62 % of them show the part.
AREA_PX = {
    Defect.SCRATCH: (90, 550),
    Defect.DENT: (220, 1_000),
    Defect.STAIN: (400, 2_500),
    Defect.CHIP: (170, 600),
    Defect.MISSING_HOLE: (1_104, 1_300),  # the least is a spotface of 25 part units' radius
}


@pytest.fixture(scope="module")
def good() -> list[RenderedPart]:
    return [render_part(seed=seed, size_px=SIZE_PX) for seed in SEEDS]


@pytest.fixture(scope="module")
def bad() -> dict[Defect, list[RenderedPart]]:
    return {
        kind: [render_part(seed=seed, defect=kind, size_px=SIZE_PX) for seed in SEEDS]
        for kind in Defect
    }


def changes(good: RenderedPart, bad: RenderedPart) -> NDArray[np.int16]:
    """Grey levels gained by the defect, (H, W, 3)."""
    return bad.pixels.astype(np.int16) - good.pixels.astype(np.int16)


def small_bytes(seed: int, kind: Defect | None) -> bytes:
    part = render_part(seed=seed, defect=kind, size_px=SMALL_PX)
    return part.pixels.tobytes() + part.mask.tobytes()


def test_same_seed_gives_the_same_bytes(good: list[RenderedPart]) -> None:
    assert render_part(seed=3, size_px=SIZE_PX).pixels.tobytes() == good[3].pixels.tobytes()


def test_same_seed_gives_the_same_bytes_on_any_thread() -> None:
    jobs: list[tuple[int, Defect | None]] = [(seed, kind) for seed in range(6) for kind in Defect]
    jobs += [(seed, None) for seed in range(6)]
    alone = [small_bytes(*job) for job in jobs]
    with ThreadPoolExecutor(max_workers=4) as pool:
        together = list(pool.map(lambda job: small_bytes(*job), reversed(jobs)))
    assert together[::-1] == alone


def test_every_seed_gives_another_picture(good: list[RenderedPart]) -> None:
    assert len({part.pixels.tobytes() for part in good}) == len(good)


def test_picture_is_384_by_512_bgr_bytes_unless_told_otherwise() -> None:
    part = render_part(seed=0)
    assert part.pixels.shape == (384, 512, 3)
    assert part.mask.shape == (384, 512)
    assert {part.pixels.dtype, part.mask.dtype} == {np.dtype(np.uint8)}
    assert part.pixels.flags.c_contiguous


@pytest.mark.parametrize("size_px", [(96, 96), (96, 400), (301, 211)])
@pytest.mark.parametrize("kind", [None, *Defect])
def test_picture_has_the_size_asked_for(kind: Defect | None, size_px: tuple[int, int]) -> None:
    part = render_part(seed=1, defect=kind, size_px=size_px)
    assert part.pixels.shape == (*size_px, 3)
    assert part.mask.shape == size_px
    assert part.mask.any() == (kind is not None)


def test_good_part_has_an_empty_mask(good: list[RenderedPart]) -> None:
    assert [part.mask.any() for part in good] == [False] * len(good)
    assert {part.defect for part in good} == {None}


@pytest.mark.parametrize("kind", Defect)
def test_defect_names_itself_and_marks_with_255(
    kind: Defect, bad: dict[Defect, list[RenderedPart]]
) -> None:
    for part in bad[kind]:
        assert part.defect is kind
        assert np.unique(part.mask).tolist() == [0, 255]


@pytest.mark.parametrize("kind", Defect)
def test_part_is_the_good_one_outside_the_mask(
    kind: Defect, good: list[RenderedPart], bad: dict[Defect, list[RenderedPart]]
) -> None:
    for whole, spoiled in zip(good, bad[kind], strict=True):
        outside = spoiled.mask == 0
        assert np.array_equal(spoiled.pixels[outside], whole.pixels[outside])


@pytest.mark.parametrize("kind", Defect)
def test_mask_is_what_changed_with_its_gaps_closed(
    kind: Defect, good: list[RenderedPart], bad: dict[Defect, list[RenderedPart]]
) -> None:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    for whole, spoiled in zip(good, bad[kind], strict=True):
        changed = np.abs(changes(whole, spoiled)).max(axis=2).clip(0, 1).astype(np.uint8)
        closed = cv2.morphologyEx(changed, cv2.MORPH_CLOSE, disc)
        assert np.array_equal(closed > 0, spoiled.mask > 0)


@pytest.mark.parametrize("kind", Defect)
def test_mask_area_is_within_its_bounds(
    kind: Defect, bad: dict[Defect, list[RenderedPart]]
) -> None:
    least_px, most_px = AREA_PX[kind]
    areas_px = [np.count_nonzero(part.mask) for part in bad[kind]]
    assert [area for area in areas_px if not least_px <= area <= most_px] == []


def test_scratch_is_bright_with_a_darker_flank(
    good: list[RenderedPart], bad: dict[Defect, list[RenderedPart]]
) -> None:
    for whole, spoiled in zip(good, bad[Defect.SCRATCH], strict=True):
        gained = changes(whole, spoiled)
        assert gained.max() >= 40
        assert gained.min() < 0


def test_dent_has_a_dark_upper_and_a_light_lower_side(
    good: list[RenderedPart], bad: dict[Defect, list[RenderedPart]]
) -> None:
    for whole, spoiled in zip(good, bad[Defect.DENT], strict=True):
        gained = changes(whole, spoiled).mean(axis=2)
        assert (gained.max() > 40, gained.min() < -60) == (True, True)
        darkest_row, lightest_row = (
            int(pick(gained)) // SIZE_PX[1] for pick in (np.argmin, np.argmax)
        )
        assert darkest_row < lightest_row


def test_stain_darkens_and_takes_most_from_blue(
    good: list[RenderedPart], bad: dict[Defect, list[RenderedPart]]
) -> None:
    for whole, spoiled in zip(good, bad[Defect.STAIN], strict=True):
        gained = changes(whole, spoiled)
        blue, green, red = gained[spoiled.mask > 0].mean(axis=0)
        assert gained.max() <= 0
        assert blue < green < red < 0


def test_chip_lies_on_the_outline_of_the_part(
    good: list[RenderedPart], bad: dict[Defect, list[RenderedPart]]
) -> None:
    for whole, spoiled in zip(good, bad[Defect.CHIP], strict=True):
        around = cv2.dilate(spoiled.mask, np.ones((9, 9), np.uint8)) > spoiled.mask
        is_belt = whole.pixels[around].max(axis=1) < 60
        assert 0.2 < is_belt.mean() < 0.8


def test_missing_hole_is_as_large_as_its_spotface(bad: dict[Defect, list[RenderedPart]]) -> None:
    for part in bad[Defect.MISSING_HOLE]:
        rows, columns = np.nonzero(part.mask)
        assert {int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1} <= {38, 39, 40, 41}


@pytest.mark.parametrize(
    "size_px", [(MIN_SIDE_PX - 1, 512), (384, MIN_SIDE_PX - 1), (MAX_SIDE_PX + 1, 512), (0, 0)]
)
def test_size_out_of_range_is_refused(size_px: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=rf"sides must be {MIN_SIDE_PX}\.\.{MAX_SIDE_PX}"):
        render_part(seed=0, size_px=size_px)


def test_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="seed -1: must not be negative"):
        render_part(seed=-1)
