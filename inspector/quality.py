"""Whether a picture is one that the model can judge: light, contrast and focus, by plain figures.

Everything is measured on what the network gets to see, so a fault that it cannot see is none.
Focus is the variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield
microscopy", ICPR 2000) as a share of the picture's own variance: it does not change with the light.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import QualityLimits
from inspector.errors import NoContrast, OutOfFocus, TooBright, TooDark, WrongForm
from inspector.opencv import cv2

FULL_LIGHT = 253  # grey levels; from here on a sensor says no more than "bright"
_FLAT = 1e-6  # grey levels²; a picture of one value has no focus


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigures:
    """What was measured.

    Attributes:
        brightness: Mean, grey levels.
        contrast: Standard deviation, grey levels.
        sharpness: Variance of the Laplacian as a share of the variance.
        overexposed: Share of the pixels at full light.
    """

    brightness: float
    contrast: float
    sharpness: float
    overexposed: float


class PictureForm(NamedTuple):
    """What a camera's settings make of a picture.

    Attributes:
        size_px: (H, W).
        channels: 1 mono, 3 colour.
    """

    size_px: tuple[int, int]
    channels: int


def form_of(pixels: NDArray[np.uint8]) -> PictureForm:
    """Of a frame's pixels, (H, W) or (H, W, 3)."""
    return PictureForm((pixels.shape[0], pixels.shape[1]), 1 if pixels.ndim == 2 else 3)


def quality_of(tensor: NDArray[np.uint8]) -> QualityFigures:
    """Measure one picture.

    Args:
        tensor: uint8, (N, H, W, C), as preprocessed: N tiles of one picture, RGB or mono.
    """
    tiles, height_px, width_px, channels = tensor.shape
    rows = tensor.reshape(tiles * height_px, width_px, channels)
    grey = cv2.cvtColor(rows, cv2.COLOR_RGB2GRAY) if channels == 3 else rows[..., 0]
    mean, deviation = cv2.meanStdDev(grey)
    variance = float(deviation.ravel()[0]) ** 2
    # Of each tile by itself: where two of them meet is an edge that no lens can blur.
    edges = [cv2.Laplacian(tile, cv2.CV_16S) for tile in grey.reshape(tiles, height_px, width_px)]
    _, of_edges = cv2.meanStdDev(edges[0] if tiles == 1 else np.concatenate(edges))
    return QualityFigures(
        brightness=float(mean.ravel()[0]),
        contrast=variance**0.5,
        sharpness=float(of_edges.ravel()[0]) ** 2 / max(variance, _FLAT),
        overexposed=float(np.count_nonzero(grey >= FULL_LIGHT)) / grey.size,
    )


def check_quality(figures: QualityFigures, limits: QualityLimits) -> None:
    """Refuse a picture outside the limits.

    Raises:
        TooDark, TooBright, NoContrast, OutOfFocus: With what was measured, and the limit.
    """
    bright, overexposed = figures.brightness, figures.overexposed
    levels = "grey levels"
    for error, measured, limit, is_within, unit in (
        (TooDark, bright, limits.brightness_low, bright >= limits.brightness_low, levels),
        (TooBright, bright, limits.brightness_high, bright <= limits.brightness_high, levels),
        (TooBright, 100 * overexposed, 100 * limits.overexposed_high,
         overexposed <= limits.overexposed_high, "% of it at full light"),
        (NoContrast, figures.contrast, limits.contrast_low,
         figures.contrast >= limits.contrast_low, levels),
        (OutOfFocus, figures.sharpness, limits.sharpness_low,
         figures.sharpness >= limits.sharpness_low, "sharpness"),
    ):  # fmt: skip
        if not is_within:
            raise error(f"{measured:.3g} {unit}, limit {limit:.3g}; look at light, lens and cable")


def check_form(form: PictureForm, limits: QualityLimits) -> None:
    """Refuse a camera's picture of another size or kind than those that were learnt from.

    Raises:
        WrongForm: It is of another.
    """
    size_px, channels = form
    if limits.size_px is not None and size_px != limits.size_px:
        raise WrongForm(
            f"the picture has {_side_text(size_px)}; the bundle was made on "
            f"{_side_text(limits.size_px)}: set the camera as it was, or allow any_form in the "
            "recipe"
        )
    if limits.channels is not None and channels != limits.channels:
        kinds = {1: "mono", 3: "colour"}
        raise WrongForm(
            f"the picture is {kinds[channels]}; the bundle was made on {kinds[limits.channels]} "
            "pictures: set the camera as it was, or allow any_form in the recipe"
        )


def learnt_limits(figures: Sequence[QualityFigures], forms: Sequence[PictureForm]) -> QualityLimits:
    """Wide limits around good pictures: half way from the outermost of them to nothing at all.

    They are for pictures that nothing can be seen on, not for poor ones: of 450 held-out pictures
    of three lines, good and with defects, none is outside.

    Args:
        figures: Of good pictures, at least one.
        forms: Of every picture.
    """
    sizes, kinds = {form.size_px for form in forms}, {form.channels for form in forms}
    brightness = [one.brightness for one in figures]
    most_overexposed = max(one.overexposed for one in figures)
    return QualityLimits(
        brightness_low=0.5 * min(brightness),
        brightness_high=255 - 0.5 * (255 - max(brightness)),
        contrast_low=0.5 * min(one.contrast for one in figures),
        sharpness_low=0.5 * min(one.sharpness for one in figures),
        overexposed_high=min(1.0, 2 * most_overexposed + 0.1),
        size_px=sizes.pop() if len(sizes) == 1 else None,
        channels=kinds.pop() if len(kinds) == 1 else None,
    )


def _side_text(size_px: tuple[int, int]) -> str:
    return f"{size_px[1]} x {size_px[0]} px"
