"""The network that tells classes apart: below stride 8 it stays as it is, above it is tuned."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.backbones.weights import Weights
from models.graphs.training_library import tensorflow
from models.training.augment import Augmentation
from models.training.kept_maps import Arrays, Form, KeptMaps
from models.training.low_maps import LOW_CHANNELS, LowMapper
from models.training.variants import N_VARIANTS, identity_of_maps, variants

TAPS = (8, 16, 32)  # strides whose mean maps, together, describe a picture
LOW_STRIDE = TAPS[0]  # of the maps that stay as they are
_LOW_CHANNELS = LOW_CHANNELS[LOW_STRIDE]


def varied_maps(
    mapper: LowMapper, tensors: NDArray[np.uint8], how: Augmentation, kept: KeptMaps
) -> NDArray[np.float16]:
    """Low maps of `N_VARIANTS` of each picture, (V, N, h, w, channels); read-only.

    Raises:
        StoreError: They cannot be kept.
    """
    count, height_px, width_px = tensors.shape[:3]
    rows, columns = (-(-side // LOW_STRIDE) for side in (height_px, width_px))
    unmarked = np.zeros(tensors.shape[:3], np.uint8)

    def fill(arrays: Arrays) -> None:
        for variant in variants(tensors, unmarked, how):
            (low,) = mapper.maps(variant.tensors)
            arrays["low"][variant.number, variant.places] = low

    identity = identity_of_maps(__file__, tensors, unmarked, how)
    form = Form((N_VARIANTS, count, rows, columns, _LOW_CHANNELS), "float16")
    return kept.arrays(identity, {"low": form}, fill)["low"]


class ClassNetwork:
    """What lies above stride 8, with a linear head.

    Maps of stride 8 to logits (N, classes) and descriptions.
    """

    def __init__(self, weights: Weights, n_classes: int, seed: int) -> None:
        tensorflow()
        import keras

        from models.backbones.efficientnet_lite0 import upper

        self.upper = upper(weights, TAPS[1:])
        self.head = keras.layers.Dense(
            n_classes, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01, seed=seed)
        )
        low = keras.Input((None, None, _LOW_CHANNELS), dtype="float32")
        pool = keras.layers.GlobalAveragePooling2D()
        # Batch statistics stay those of the photographs: batches of 16 say too little.
        *tapped, last = self.upper(low, training=False)
        described = keras.ops.concatenate([pool(each) for each in (low, *tapped)], axis=1)
        self.model = keras.Model(low, [self.head(pool(last)), described])

    def __call__(self, low: Any) -> Any:
        """Logits (N, classes) and descriptions (N, D) of maps (N, h, w, channels)."""
        return self.model(low, training=False)


def network_of(arrays: Mapping[str, NDArray[Any]]) -> ClassNetwork:
    """The network whose arrays these are; others may be among them."""
    kernel, bias = arrays["head.kernel"], arrays["head.bias"]
    network = ClassNetwork(dict(arrays), len(bias), seed=0)
    network.head.set_weights([kernel, bias])
    return network
