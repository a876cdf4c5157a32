"""Of a picture that stands in several lists: what the newest of them says of it."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from models.dataset.blank_masks import with_shown_masks
from models.dataset.hashes import file_sha256
from models.dataset.sample import Sample

_log = logging.getLogger(__name__)


def corrected(lists: Sequence[Sequence[Sample]]) -> tuple[Sample, ...]:
    """The pictures of all lists, newest list first, each as the first list has it that names it.

    A list that names a defect and no mask, or a blank one, takes none away: the older outline
    stays, unless it is of kinds that are told apart. So does the part where the newer list names
    none. Pictures are the same by their bytes; copies in one list stay.

    Raises:
        DataError: A file cannot be read, or a mask not be understood.
    """
    merged: list[Sample] = []
    place_of: dict[str, int] = {}  # among the merged, by the picture's bytes
    n_labels = 0
    for samples in lists:
        of_newer = dict(place_of)
        for sample in samples:
            sha256 = file_sha256(sample.image)
            place = of_newer.get(sha256)
            if place is None:
                place_of.setdefault(sha256, len(merged))
                merged.append(sample)
                continue
            newer = merged[place]
            if newer.masks and sample.masks:
                newer = with_shown_masks(newer)
            if newer.part == newer.name and sample.part != sample.name:
                newer = replace(newer, part=sample.part)
            merged[place] = newer
            if newer.label != sample.label:
                n_labels += 1
                _log.info("%r is %r now and no longer %r", newer.name, newer.label, sample.label)
            if newer.masks or newer.is_good:
                continue
            if newer.label == sample.label or not sample.mask_labels:
                merged[place] = replace(newer, masks=sample.masks, mask_labels=sample.mask_labels)
    if n_labels:
        _log.warning("pictures whose label an older list has otherwise: %d", n_labels)
    return tuple(merged)
