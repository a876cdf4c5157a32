"""Pictures in some variants each, the same every time, so that what is made of them can be kept."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector.files.tables import canonical_json
from models.backbones.weights import CONVERTED_SHA256
from models.graphs import running
from models.graphs.running import in_batches
from models.graphs.training_library import tensorflow
from models.training import augment as augmenting
from models.training import low_maps
from models.training.augment import Augmentation, augment

N_VARIANTS = 4  # of each picture, the first of them as it is

Pixels = NDArray[np.uint8]


class Variant(NamedTuple):
    """Some pictures in one variant.

    Attributes:
        number: Which one, from 0.
        places: Of the pictures.
        tensors: uint8 (n, H, W, C).
        label_maps: uint8 (n, H, W), moved along.
    """

    number: int
    places: NDArray[np.intp]
    tensors: Pixels
    label_maps: Pixels


def variants(tensors: Pixels, label_maps: Pixels, how: Augmentation) -> Iterator[Variant]:
    """`N_VARIANTS` of each picture, some at a time; they do not depend on a training's seed.

    Args:
        tensors: uint8 (N, H, W, C).
        label_maps: uint8 (N, H, W).
    """
    for number in range(N_VARIANTS):
        for places in in_batches(np.arange(len(tensors))):
            some, maps = tensors[places], label_maps[places]
            if number:
                rng = np.random.Generator(np.random.PCG64([number, int(places[0])]))
                some, maps = _varied(some, maps, how, rng)
            yield Variant(number=number, places=places, tensors=some, label_maps=maps)


def identity_of_maps(made_by: str, tensors: Pixels, label_maps: Pixels, how: Augmentation) -> str:
    """A hash over all that maps of a frozen network depend on, for `KeptMaps`.

    Args:
        made_by: The file of the code that makes them.
    """
    from models.backbones import efficientnet_lite0  # it imports TensorFlow

    found = hashlib.sha256(CONVERTED_SHA256.encode())  # the network's weights
    modules = (augmenting, running, low_maps, efficientnet_lite0)
    for code in (__file__, *(module.__file__ for module in modules), made_by):
        found.update(Path(str(code)).read_bytes())  # another release may do it in other ways
    table = {
        "versions": [
            str(tensorflow().__version__),
            metadata.version("keras"),
            metadata.version("opencv-python"),
        ],
        "how": asdict(how),
        "shape": list(tensors.shape),
    }
    found.update(canonical_json(table))
    found.update(np.ascontiguousarray(tensors).data)
    found.update(np.ascontiguousarray(label_maps).data)
    return found.hexdigest()


def _varied(
    tensors: Pixels, label_maps: Pixels, how: Augmentation, rng: np.random.Generator
) -> tuple[Pixels, Pixels]:
    varied, varied_maps = np.empty_like(tensors), np.empty_like(label_maps)
    for place, (pixels, marked) in enumerate(zip(tensors, label_maps, strict=True)):
        varied[place], moved = augment(pixels, marked, how, rng)
        varied_maps[place] = marked if moved is None else moved
    return varied, varied_maps
