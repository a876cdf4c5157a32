"""Which pictures the ranges of an INT8 model come from, and which it is compared on."""

import logging
from collections.abc import Sequence
from pathlib import Path

from inspector.bundle import Bundle
from inspector.errors import DataError
from inspector.preprocess import tile_count
from models.dataset.hashes import file_sha256, without_copies
from models.dataset.labels import check_known
from models.dataset.pictures import load_picture
from models.dataset.reader import load_samples
from models.dataset.sample import Sample, of_split
from models.dataset.some_of_each import some_of_each
from models.publishing.source import Source

MAX_CALIBRATION = 64  # pictures; ranges settle after some dozens
MAX_COMPARED = 400
_MAX_TILES = 1200  # of pictures that are cut: each is judged some dozen times
_MIN_COMPARED = 40  # pictures, of however many tiles
_HELD_OUT = ("held_out", "proof")  # roles in training
_log = logging.getLogger(__name__)


def ranges_and_comparison(
    bundle: Bundle, source: Source | None, data: Path, good_label: str | None
) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """The pictures for the ranges and those to compare on; none of a test split.

    What the model was fitted to is not compared on, as far as the source beside the bundle tells.
    The ranges of a model that knows good parts come from good parts alone.

    Args:
        source: What the bundle was made from; None where it is not beside it.

    Raises:
        DataError: There are no pictures for one of both, or one cannot be read.
    """
    samples = load_samples(data, good_label)
    if bundle.manifest.task == "classify":  # others call every kind of defect a defect
        check_known(samples, bundle.manifest.labels, repr(str(data)))
    if not of_split(samples, "train"):
        raise DataError(
            f"{str(data)!r}: no picture in the split 'train', from which ranges are taken"
        )
    roles = {} if source is None else source.roles
    train, val = (without_copies(of_split(samples, split)) for split in ("train", "val"))
    role_of = {sample: roles.get(file_sha256(sample.image), "") for sample in (*train, *val)}
    if not roles:
        _log.warning("no source beside the bundle: whether it was trained on DATA cannot be told")
    elif not any(role_of[sample] for sample in train):
        _log.warning("the model was trained on none of the train pictures of %r", str(data))
    unseen = tuple(sample for sample in val if role_of[sample] != "fit")
    if len(unseen) < len(val):
        _log.warning(
            "%d pictures of the split 'val' are left out: the model was fitted to them",
            len(val) - len(unseen),
        )
    compared = unseen or tuple(sample for sample in train if role_of[sample] in _HELD_OUT)
    if not compared:
        raise DataError(
            f"{str(data)!r}: no picture to compare on: it has no split 'val' that the model was "
            "not fitted to, and none of its train pictures is known as held out; give a list with "
            "a val split, or quantise where the bundle was trained, with its own list"
        )
    ranges = tuple(
        sample
        for sample in train
        if role_of[sample] not in _HELD_OUT
        and (sample.is_good or not bundle.manifest.knows_good_only)
    )
    if not ranges:
        raise DataError(
            f"{str(data)!r}: no picture of the split 'train' is left for the ranges: the training "
            "held all of them out, or none is good; quantise with the list the bundle was trained "
            "with"
        )
    at_most = MAX_COMPARED
    if bundle.manifest.input.is_in_tiles:
        at_most = min(at_most, max(_MIN_COMPARED, _MAX_TILES // _tiles_of(compared[0], bundle)))
    return _some(ranges, MAX_CALIBRATION), _some(compared, at_most)


def _tiles_of(sample: Sample, bundle: Bundle) -> int:
    frame = load_picture(sample, bundle.manifest.input.max_sample).frame
    return tile_count((frame.pixels.shape[0], frame.pixels.shape[1]), bundle.manifest.input)


def _some(samples: Sequence[Sample], at_most: int) -> tuple[Sample, ...]:
    places = some_of_each([sample.label for sample in samples], at_most)
    return tuple(samples[place] for place in places)
