"""Loads labelled pictures exactly as the line would see them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.capture.files.image_file import read_picture, read_stored
from inspector.errors import CaptureError, DataError, PreprocessError
from inspector.flow import Frame, Preprocessed
from inspector.preprocess import cut_into_tiles, preprocess, resized
from inspector.quality import PictureForm, form_of
from models.dataset.masks import defect_pixels
from models.dataset.sample import Sample

MAX_SET_BYTES = 4_000_000_000  # half the memory of a small workstation
_BLANK_LEVELS = 4  # grey levels; less is a sensor's noise, or JPEG's
_PLAIN_LEVELS = 1.0  # grey levels; less is less than a sensor's noise
_COMPARED = 50  # neighbours of the set
_LEAST_COVER = 85  # a third of 255
_GROWTH = 1.5
Ordered = TypeVar("Ordered", np.float32, np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadedPicture:
    """A labelled picture in memory.

    Attributes:
        sha256: Of the file's bytes.
    """

    sample: Sample
    frame: Frame
    sha256: str


def load_picture(sample: Sample, max_sample: int | None) -> LoadedPicture:
    """Read one picture.

    Args:
        max_sample: Full light in pictures of 16 bits, as the bundle's input has it.

    Raises:
        DataError: It is missing, truncated, damaged or of a kind that is not read.
    """
    try:
        picture = read_picture(sample.image, max_sample)
    except CaptureError as error:
        raise DataError(f"picture {sample.name!r}: {error}") from error
    frame = Frame(
        frame_id=0,
        source_id=sample.name,
        captured_ns=0,
        captured_at=datetime.fromtimestamp(0, UTC),
        pixels=picture.pixels,
        content_sha256=picture.sha256,
    )
    return LoadedPicture(sample=sample, frame=frame, sha256=picture.sha256)


def prepare(loaded: LoadedPicture, spec: InputSpec) -> Preprocessed:
    """A picture in the form that the network takes.

    Raises:
        DataError: It cannot be cut into tiles.
    """
    try:
        return preprocess(loaded.frame, spec)
    except PreprocessError as error:
        raise DataError(f"picture {loaded.sample.name!r}: {error}") from error


def mask_size_px(sample: Sample) -> tuple[int, int]:
    """(H, W) of the first mask of a sample that has one; its picture should have the same.

    Raises:
        DataError: It cannot be read.
    """
    try:
        height_px, width_px = read_stored(sample.masks[0]).samples.shape[:2]
    except CaptureError as error:
        raise DataError(f"mask of {sample.name!r}: {error}") from error
    return height_px, width_px


def mask_pixels(sample: Sample, path: Path) -> NDArray[np.bool_]:
    """What one of a picture's masks marks, bool (H, W) of its own size.

    Raises:
        DataError: It cannot be read or understood.
    """
    try:
        return defect_pixels(read_stored(path).samples)
    except (CaptureError, ValueError) as error:
        raise DataError(f"mask of {sample.name!r}: {error}") from error


def load_mask(sample: Sample, size_px: tuple[int, int]) -> NDArray[np.bool_]:
    """The defect's pixels, bool (H, W); all False for a good part or one without a mask.

    Raises:
        DataError: A mask cannot be read or understood, has another size than the picture, or
            marks a defect on a good part.
    """
    mask = np.zeros(size_px, dtype=np.bool_)
    for path in sample.masks:
        piece = mask_pixels(sample, path)
        if piece.shape != size_px:
            raise DataError(
                f"mask of {sample.name!r}: {piece.shape[1]} x {piece.shape[0]} px; its picture has "
                f"{size_px[1]} x {size_px[0]}"
            )
        mask |= piece
    if sample.is_good and mask.any():
        raise DataError(
            f"mask of {sample.name!r}: marks a defect, but the label says 'good'; mend one of them"
        )
    return mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadedSet:
    """Several pictures as the network takes them: N tiles of P pictures, or each whole.

    Attributes:
        samples: P.
        tensors: uint8, (N, H, W, C), those of one picture behind each other.
        pictures: (N,), ascending, the place among the samples of what each is a tile of.
        sha256s: Of each picture's file.
        forms: Of each picture as it was read.
    """

    samples: tuple[Sample, ...]
    tensors: NDArray[np.uint8]
    pictures: NDArray[np.intp]
    sha256s: tuple[str, ...]
    forms: tuple[PictureForm, ...]

    @property
    def is_good(self) -> NDArray[np.bool_]:
        """(N,), of what each tensor is of."""
        return np.array([sample.is_good for sample in self.samples], np.bool_)[self.pictures]

    def part_of(self, indices: Sequence[int]) -> "LoadedSet":
        """Some of the pictures, by their places."""
        tiles = [np.flatnonzero(self.pictures == index) for index in indices]
        places = np.concatenate([np.empty(0, np.intp), *tiles])
        return LoadedSet(
            samples=tuple(self.samples[index] for index in indices),
            tensors=self.tensors[places],
            pictures=np.repeat(np.arange(len(tiles)), list(map(len, tiles))),
            sha256s=tuple(self.sha256s[index] for index in indices),
            forms=tuple(self.forms[index] for index in indices),
        )


def load_set(samples: Sequence[Sample], spec: InputSpec) -> LoadedSet:
    """Read and preprocess pictures, in their order.

    Raises:
        DataError: One of them cannot be read or cut into tiles, or all together need more memory
            than is allowed.
    """
    shape = spec.height_px, spec.width_px, spec.channels
    if len(samples) * math.prod(shape) > MAX_SET_BYTES:  # before the first is read
        raise _too_much(samples, spec, len(samples) * math.prod(shape))
    tensors = np.empty((len(samples), *shape), np.uint8)
    sha256s, forms, counts = [], [], []
    filled = 0
    for sample in samples:
        loaded = load_picture(sample, spec.max_sample)
        tiles = prepare(loaded, spec).tensor
        if filled + len(tiles) > len(tensors):
            needed, at_most = filled + len(tiles), MAX_SET_BYTES // math.prod(shape)
            room = max(needed, int(_GROWTH * len(tensors)))
            if needed > at_most:
                raise _too_much(samples, spec, room * math.prod(shape))
            room = min(room, at_most)
            tensors.resize((room, *shape), refcheck=False)  # in place: a copy would be as large
        tensors[filled : filled + len(tiles)] = tiles
        filled += len(tiles)
        counts.append(len(tiles))
        sha256s.append(loaded.sha256)
        forms.append(form_of(loaded.frame.pixels))
    tensors.resize((filled, *shape), refcheck=False)
    return LoadedSet(
        samples=tuple(samples),
        tensors=tensors,
        pictures=np.repeat(np.arange(len(counts)), counts),
        sha256s=tuple(sha256s),
        forms=tuple(forms),
    )


def worst_tiles(values: NDArray[Ordered], pictures: NDArray[np.intp]) -> NDArray[Ordered]:
    """The highest value of each picture's tiles: a part is as bad as its worst one.

    Args:
        values: (N,).
        pictures: (N,), which picture each is of; those of one behind each other.
    """
    return values[worst_places(values, pictures)]


def worst_places(values: NDArray[Ordered], pictures: NDArray[np.intp]) -> list[int]:
    """Where those stand, the first of equals, as the line takes it; see `worst_tiles`."""
    if not len(values):
        return []
    starts = first_tiles(pictures)
    pieces = np.split(values, starts[1:])
    return [
        start + int(piece.argmax()) for start, piece in zip(starts.tolist(), pieces, strict=True)
    ]


def first_tiles(pictures: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where each picture's tiles begin.

    Args:
        pictures: (N,), which picture each is of; those of one behind each other.
    """
    return np.flatnonzero(np.diff(pictures, prepend=-1))


def _too_much(samples: Sequence[Sample], spec: InputSpec, size: int) -> DataError:
    what = "and more, cut into tiles of" if spec.is_in_tiles else "of"
    return DataError(
        f"{len(samples)} pictures {what} {spec.width_px} x {spec.height_px} px need "
        f"{size / 1e9:.1f} GB of memory; at most {MAX_SET_BYTES / 1e9:.0f} GB are "
        "used: list fewer pictures or choose a smaller size"
    )


def check_not_blank(tensors: NDArray[np.uint8], where: str) -> None:
    """Find out whether there is anything in the pictures.

    Args:
        tensors: uint8 (N, H, W, C), N at least 1.
        where: What lists them, for the error's text.

    Raises:
        DataError: Each of them is of one brightness.
    """
    if all(np.ptp(tensor, axis=(0, 1)).max() < _BLANK_LEVELS for tensor in tensors):
        raise DataError(
            f"{where}: the pictures show nothing: none has {_BLANK_LEVELS} grey levels between its "
            "darkest and its brightest place; look at them, and list pictures of parts"
        )


def plainness_text(tensors: NDArray[np.uint8]) -> str | None:
    """What is unusual about pictures of good parts that hardly differ; None where they do.

    Two exposures of one part differ by a grey level or two, by the noise of the sensor alone.
    """
    if len(tensors) < 2:
        return None
    step = max(1, len(tensors) // _COMPARED)
    chosen = tensors[::step].astype(np.int16)
    apart = float(np.median([np.abs(a - b).mean() for a, b in pairwise(chosen)]))
    if apart >= _PLAIN_LEVELS:
        return None
    return (
        f"the good pictures hardly differ: by {apart:.2g} grey levels on average. Are they copies "
        "of one part, or of a view without one? A model that saw no variety rejects whatever "
        "differs a little more; list pictures as parts vary in place, light and material"
    )


def check_masks(loaded: LoadedSet) -> None:
    """Find out before minutes are lost whether every mask can be read and fits its picture.

    Raises:
        DataError: As `load_mask`.
    """
    for sample, form in zip(loaded.samples, loaded.forms, strict=True):
        if sample.masks:
            load_mask(sample, form.size_px)


def load_kind_maps(loaded: LoadedSet, spec: InputSpec, names: Sequence[str]) -> NDArray[np.uint8]:
    """What is marked on the network's input: uint8 (N, H, W) as the tensors, 0 where nothing is.

    A pixel counts as marked when at least a third of what it covers is, or as much as of any: so
    thin defects stay whole when a picture is made smaller, and the thinnest do not vanish.

    Args:
        names: Of the kinds, which are numbered from 1; empty: every kind is 1.

    Raises:
        DataError: A mask cannot be read or does not fit its picture.
    """
    maps = np.zeros((len(loaded.tensors), spec.height_px, spec.width_px), np.uint8)
    for index, sample in enumerate(loaded.samples):
        if not sample.masks:
            continue
        is_of_it = loaded.pictures == index
        tiles = maps[is_of_it]
        for place, path in enumerate(sample.masks):
            label = sample.mask_labels[place] if sample.mask_labels else sample.label
            piece = load_mask(replace(sample, masks=(path,)), loaded.forms[index].size_px)
            cover = _as_input(piece.astype(np.uint8) * 255, spec)
            least = min(_LEAST_COVER, max(1, int(cover.max())))
            tiles[cover >= least] = 1 + (names.index(label) if names else 0)
        maps[is_of_it] = tiles
    return maps


def _as_input(cover: NDArray[np.uint8], spec: InputSpec) -> NDArray[np.uint8]:
    """(n, H, W): what a mask covers of each tile, of 255, or of the whole picture."""
    if not spec.is_in_tiles:
        return resized(cover, spec.height_px, spec.width_px)[np.newaxis]
    return cut_into_tiles(cover, spec)
