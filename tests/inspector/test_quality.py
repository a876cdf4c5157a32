"""A picture that shows nothing is refused, and one that merely differs is not."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.bundle import QualityLimits
from inspector.capture.synthetic.render import Defect, render_part
from inspector.errors import (
    NoContrast,
    OutOfFocus,
    PoorPicture,
    TooBright,
    TooDark,
    WrongForm,
)
from inspector.quality import (
    PictureForm,
    check_form,
    check_quality,
    form_of,
    learnt_limits,
    quality_of,
)

Pixels = NDArray[np.uint8]
SIZE_PX = (192, 256)
FORM = PictureForm(SIZE_PX, 3)


def part(seed: int, defect: Defect | None = None) -> Pixels:
    return render_part(seed=seed, defect=defect, size_px=SIZE_PX).pixels


@pytest.fixture(scope="module")
def limits() -> QualityLimits:
    figures = [quality_of(part(seed)[np.newaxis]) for seed in range(40, 52)]
    return learnt_limits(figures, [FORM] * 12)


def noise(level: int) -> Pixels:
    values = np.random.default_rng(level).normal(level, 2, (*SIZE_PX, 3))
    return np.clip(values, 0, 255).astype(np.uint8)


def blurred(pixels: Pixels, sigma_px: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma_px), dtype=np.uint8)


def brighter(pixels: Pixels, factor: float) -> Pixels:
    lit: Pixels = np.clip(pixels.astype(float) * factor, 0, 255).astype(np.uint8)
    return lit


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda _: noise(3), TooDark),
        (lambda _: noise(250), TooBright),
        (lambda _: noise(100), NoContrast),
        (lambda pixels: brighter(pixels, 0.1), TooDark),
        (lambda pixels: brighter(pixels, 6), TooBright),
        (lambda pixels: blurred(pixels, 2.0), OutOfFocus),
        (lambda pixels: blurred(pixels, 6.0), OutOfFocus),
    ],
)
def test_what_shows_nothing_is_refused_whatever_the_part(
    limits: QualityLimits, spoil: Callable[[Pixels], Pixels], fault: type[PoorPicture]
) -> None:
    for seed in range(60, 80):
        figures = quality_of(spoil(part(seed))[np.newaxis])
        with pytest.raises(fault, match=r", limit .*; look at light, lens and cable"):
            check_quality(figures, limits)


@pytest.mark.parametrize("defect", [None, *Defect])
def test_good_and_bad_parts_are_judged(limits: QualityLimits, defect: Defect | None) -> None:
    for seed in range(90, 100):
        check_quality(quality_of(part(seed, defect)[np.newaxis]), limits)


@pytest.mark.parametrize("factor", [0.7, 1.3])
def test_other_light_alone_is_no_fault(limits: QualityLimits, factor: float) -> None:
    check_quality(quality_of(brighter(part(60), factor)[np.newaxis]), limits)


def test_figures_are_those_of_their_definitions() -> None:
    rng = np.random.default_rng(5)
    grey = rng.integers(0, 256, (1, 20, 30, 1), dtype=np.uint8)
    figures = quality_of(grey)
    assert figures.brightness == pytest.approx(grey.mean())
    assert figures.contrast == pytest.approx(grey.std())
    assert figures.overexposed == pytest.approx((grey >= 253).mean())
    padded = np.pad(grey[0, ..., 0].astype(float), 1, mode="reflect")
    around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    laplacian = around - 4 * padded[1:-1, 1:-1]
    assert figures.sharpness == pytest.approx(laplacian.var() / grey.var())


def test_sharpness_does_not_change_with_the_light() -> None:
    pixels = part(7)
    full, half = (quality_of(one[np.newaxis]) for one in (pixels, pixels // 2))
    assert half.sharpness == pytest.approx(full.sharpness, rel=0.05)
    assert half.brightness == pytest.approx(full.brightness / 2, rel=0.05)


def test_flat_picture_has_figures() -> None:
    figures = quality_of(np.full((1, 8, 8, 3), 80, np.uint8))
    assert (figures.contrast, figures.sharpness, figures.overexposed) == (0.0, 0.0, 0.0)
    assert figures.brightness == pytest.approx(80.0)


def test_pictures_of_one_form_bind_the_camera_and_of_several_do_not() -> None:
    figures = [quality_of(part(1)[np.newaxis])]
    bound = learnt_limits(figures, [FORM, FORM])
    assert (bound.size_px, bound.channels) == (SIZE_PX, 3)
    loose = learnt_limits(figures, [FORM, PictureForm((10, 10), 1)])
    assert (loose.size_px, loose.channels) == (None, None)
    check_form(FORM, bound)
    check_form(PictureForm((1, 1), 1), loose)


def test_picture_of_another_form_is_refused_with_both(limits: QualityLimits) -> None:
    with pytest.raises(WrongForm, match="has 640 x 480 px; the bundle was made on 256 x 192 px"):
        check_form(PictureForm((480, 640), 3), limits)
    with pytest.raises(WrongForm, match="is mono; the bundle was made on colour pictures"):
        check_form(form_of(np.zeros(SIZE_PX, np.uint8)), limits)
    check_form(PictureForm((480, 640), 1), replace(limits, size_px=None, channels=None))


def test_edges_between_tiles_do_not_make_a_blurred_picture_sharp() -> None:
    rng = np.random.default_rng(0)
    smooth = np.linspace(20, 220, 96, dtype=np.uint8)[:, None].repeat(96, axis=1)
    picture = (smooth + rng.integers(0, 2, smooth.shape)).astype(np.uint8)
    tiles = np.stack([picture[:48, :48], picture[:48, 48:], picture[48:, :48], picture[48:, 48:]])
    whole = quality_of(picture[np.newaxis, :, :, np.newaxis])
    cut = quality_of(tiles[..., np.newaxis])
    assert cut.sharpness == pytest.approx(whole.sharpness, rel=0.1)
    assert (cut.brightness, cut.contrast) == pytest.approx((whole.brightness, whole.contrast))
