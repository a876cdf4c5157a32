"""A mask that marks nothing is no outline of the defect that its label names."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from models.dataset.pictures import mask_pixels
from models.dataset.sample import Sample

_log = logging.getLogger(__name__)


def without_blank_masks(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """The same pictures, defects only with masks that show something; how many were not is told.

    Raises:
        DataError: A mask cannot be read or understood.
    """
    kept: list[Sample] = []
    blank: list[str] = []
    for sample in samples:
        if sample.is_good or not sample.masks:
            kept.append(sample)
            continue
        shows = [bool(mask_pixels(sample, path).any()) for path in sample.masks]
        if all(shows):
            kept.append(sample)
            continue
        blank.append(sample.name)
        kept.append(
            replace(
                sample,
                masks=tuple(
                    one for one, is_kept in zip(sample.masks, shows, strict=True) if is_kept
                ),
                mask_labels=tuple(
                    label
                    for label, is_kept in zip(sample.mask_labels, shows, strict=False)
                    if is_kept
                ),
            )
        )
    if blank:
        _log.warning(
            "defects with a mask that marks nothing: %d, such as %r; it counts as none: draw where "
            "the defect is",
            len(blank),
            blank[0],
        )
    return tuple(kept)
