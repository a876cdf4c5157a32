"""Which pixels of a mask are the defect: masks of two values, and label images of class numbers."""

import numpy as np
from numpy.typing import NDArray

from inspector.capture.formats.sample_depth import Samples

MAX_CLASS = 32  # more numbers are grey levels
_FEW_VALUES = 8  # what a mask with soft edges has more of
_EDGE_SHARE = 0.25  # of the white pixels: a soft edge has fewer than that, a class need not
_MOSTLY = 0.5
_MAX_COLOURS = 64  # of a palette; a photograph has thousands


def defect_pixels(samples: Samples) -> NDArray[np.bool_]:
    """The defect's pixels, bool (H, W); one that surrounds the rest of the picture is refused.

    - Two values, or one with soft edges: what is brighter than half of full light.
    - A label image, whose values are class numbers up to `MAX_CLASS`: whatever is not 0.
    - In colours, as a palette gives them: whatever is not black.

    Args:
        samples: Of a mask's file: uint8 or uint16, (H, W) or (H, W, 3).

    Raises:
        ValueError: The values can be understood in two ways or in none; it says why.
    """
    marked = _marked(samples)
    border = (marked[0], marked[-1], marked[:, 0], marked[:, -1])
    if all(edge.all() for edge in border) and _MOSTLY < marked.mean() < 1:
        raise ValueError(
            f"it marks {marked.mean():.0%} of the picture, all of its border too, but for a place "
            "inside: is it the wrong way round? Save the defect white on black"
        )
    return marked


def _marked(samples: Samples) -> NDArray[np.bool_]:
    if samples.ndim == 3:
        if (samples == samples[:, :, :1]).all():
            samples = samples[:, :, 0]
        else:
            return _coloured(samples)
    values = np.unique(samples)
    half = 32_767 if int(values[-1]) > 255 else 127  # 8 bits are saved in 16 too
    low = values[(values > 0) & (values <= half)]
    high = values[values > half]
    if not len(low):
        return np.asarray(samples > half)
    if not len(high):
        if int(low[-1]) > MAX_CLASS:
            raise ValueError(
                f"its values go up to {low[-1]}: neither above {half} nor class numbers; save the "
                "defect white on black"
            )
        return np.asarray(samples > 0)
    n_low, n_high = int(np.isin(samples, low).sum()), int((samples > half).sum())
    is_soft = len(values) > _FEW_VALUES or int(low[-1]) > MAX_CLASS or n_low < n_high * _EDGE_SHARE
    if not is_soft:
        raise ValueError(
            f"it holds the values {', '.join(map(str, values))}: which of them are the defect? "
            "Save it white on black"
        )
    return np.asarray(samples > half)


def _coloured(samples: Samples) -> NDArray[np.bool_]:
    colours = np.unique(samples.reshape(-1, 3), axis=0)
    if len(colours) > _MAX_COLOURS:
        raise ValueError(
            f"it has {len(colours):,} colours: a photograph; save the defect white on black"
        )
    return np.asarray(samples.any(axis=2))
