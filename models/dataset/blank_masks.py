"""A mask that marks nothing is no outline of the defect that its label names."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress

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
        kept.append(with_shown_masks(sample))
        if kept[-1] is not sample:
            blank.append(sample.name)
    if blank:
        _log.warning(
            "defects with a mask that marks nothing: %d, such as %r; it counts as none: draw where "
            "the defect is",
            len(blank),
            blank[0],
        )
    return tuple(kept)


def with_shown_masks(sample: Sample) -> Sample:
    """The same picture, a defect only with masks that show something.

    Raises:
        DataError: A mask cannot be read or understood.
    """
    shows = [sample.is_good or bool(mask_pixels(sample, path).any()) for path in sample.masks]
    if all(shows):
        return sample
    masks, labels = compress(sample.masks, shows), compress(sample.mask_labels, shows)
    return replace(sample, masks=tuple(masks), mask_labels=tuple(labels))
