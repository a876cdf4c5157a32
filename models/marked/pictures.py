"""Pictures as the network takes them, whole or in tiles, with what people marked on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.flow import TilePlace
from inspector.preprocess import tile_places
from models.dataset.pictures import LoadedSet, load_kind_maps, worst_tiles
from models.marked.tiles import learnt_tiles

_Value = TypeVar("_Value", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarkedPictures:
    """Tensors of pictures, and what people said of each.

    Attributes:
        tensors: uint8 (N, H, W, 3).
        pictures: (N,), ascending: which picture each tensor is of a tile of.
        label_maps: uint8 (N, H, W), at each pixel 0 or the number of the defect's kind.
        said: (P,), what the list says of each picture: 0 where it is good, else the kind's number.
        kinds: (N,), of each tensor: 0 where it shows no defect, else the number of its kind.
        is_outlined: bool (N,), whether the label map says all of it: of good pictures it does.
        learnt: Places of the tensors to learn from, ascending; all of them are judged.
        places: Where on its picture each tensor lies, if it is a tile; empty of whole ones.
    """

    tensors: NDArray[np.uint8]
    pictures: NDArray[np.intp]
    label_maps: NDArray[np.uint8]
    said: NDArray[np.intp]
    kinds: NDArray[np.intp]
    is_outlined: NDArray[np.bool_]
    learnt: NDArray[np.intp]
    places: tuple[TilePlace, ...] = ()

    @property
    def are_all_learnt(self) -> bool:
        """Whether none is there to be judged alone."""
        return len(self.learnt) == len(self.tensors)

    def learnt_of(self, values: NDArray[_Value]) -> NDArray[_Value]:
        """Of one value for each tensor those of what is learnt; not copied where that is all."""
        return values if self.are_all_learnt else values[self.learnt]


def marked_pictures(
    loaded: LoadedSet, spec: InputSpec, names: Sequence[str], seed: int
) -> MarkedPictures:
    """Of a list's pictures, with their masks read.

    Args:
        names: Of the kinds, which are numbered from 1; empty: every defect is of kind 1.
        seed: Of the choice of tiles to learn from, where there are many.

    Raises:
        DataError: A mask cannot be read or does not fit its picture.
    """
    label_maps = load_kind_maps(loaded, spec, names)
    is_marked = np.asarray(label_maps.any(axis=(1, 2)), np.bool_)
    is_outlined = worst_tiles(is_marked, loaded.pictures)[loaded.pictures] | loaded.is_good
    numbers = [
        0 if one.is_good else 1 + (names.index(one.label) if names else 0) for one in loaded.samples
    ]
    said = np.array(numbers, np.intp)
    kinds, learnt = said, np.arange(len(said))
    places: tuple[TilePlace, ...] = ()
    if spec.is_in_tiles:
        kinds, learnt = _of_tiles(loaded, label_maps, max(1, len(names)), seed)
        places = tuple(place for form in loaded.forms for place in tile_places(form.size_px, spec))
    return MarkedPictures(
        tensors=loaded.tensors,
        pictures=loaded.pictures,
        label_maps=label_maps,
        said=said,
        kinds=kinds,
        is_outlined=is_outlined,
        learnt=learnt,
        places=places,
    )


def _of_tiles(
    loaded: LoadedSet, label_maps: NDArray[np.uint8], n_kinds: int, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The kind of which most is marked on each tile, and the places of those to learn from."""
    marked = np.stack([np.bincount(one.ravel(), minlength=1 + n_kinds)[1:] for one in label_maps])
    kinds = np.where(marked.any(axis=1), 1 + marked.argmax(axis=1), 0)
    is_good = [sample.is_good for sample in loaded.samples]
    return kinds, learnt_tiles(marked, loaded.pictures, is_good, seed)
