"""The network that learns what marked defects look like: the backbone's middle, and a decoder.

Everything up to stride 8 stays as photographs taught it; its maps are computed once. The blocks of
stride 16 are tuned, their normalisation with the statistics they came with. A decoder goes back up
to stride 4, in the manner of O. Ronneberger et al., "U-Net: Convolutional Networks for Biomedical
Image Segmentation", 2015, with separable convolutions.

Whether a picture shows a defect is told by the largest values of the decoder's maps, and not by the
mask itself: of defects that nobody outlined, the mask knows nothing.

The kinds have a decoder of their own, which teaches the backbone nothing: what tells one kind from
another is not what tells a defect from a good part. On the magnetic tiles, by one network on two
seeds, the AUROC was 0.89 and 0.83 where both were learnt from the same maps, and 0.96 and 0.93 so;
of the defects 70 and 74 % were named right, and 76 and 74 % so.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.backbones.weights import Weights
from models.graphs.training_library import tensorflow
from models.training.low_maps import LOW_CHANNELS

LOW_STRIDES = (4, 8)  # of the backbone's maps that stay as they are
_LOW_CHANNELS = tuple(LOW_CHANNELS[stride] for stride in LOW_STRIDES)
MASK_STRIDE = 4
_CHANNELS = {16: 128, 8: 48, 4: 24}  # of the decoder's maps, by stride
_KIND_CHANNELS = {16: 96, 8: 48}
_DROPOUT = 0.1
_MOMENTUM = 0.95  # of running statistics: a training has some hundred steps
_RARE = -3.0  # the first guess of a pixel's logit: defects cover little
_NAME = "decoder"


class Logits(NamedTuple):
    """What the network says, before any of it is a probability.

    Attributes:
        mask: (N, h, w), of the defect, at stride 4.
        image: (N,), that there is one.
        kind_map: (N, h, w, K), of the kinds, where a pixel is a defect; K is 0 for one kind.
        kinds: (N, K), of the kinds, where the picture shows a defect.
    """

    mask: Any
    image: Any
    kind_map: Any
    kinds: Any


class MarkedNetwork:
    """Maps of strides 4 and 8 to `Logits`; float32, height and width multiples of 16 pixels.

    Args:
        weights: The backbone's, its middle perhaps tuned.
        n_kinds: Of defects that are told apart; 1: there is nothing to tell.
        seed: Of the decoder's first weights.
    """

    def __init__(self, weights: Weights, n_kinds: int, seed: int) -> None:
        tensorflow()
        import keras

        from models.backbones.efficientnet_lite0 import middle

        self.middle = middle(weights)
        self.decoder = _decoder(n_kinds if n_kinds > 1 else 0, seed)
        low = [keras.Input((None, None, channels)) for channels in _LOW_CHANNELS]
        self.model = keras.Model(low, self.decoder([*low, self.middle(low[1])]))

    def __call__(self, stride_4: Any, stride_8: Any, *, training: bool = False) -> Logits:
        """Run it; in training with dropout, and the decoder's normalisation by the batch."""
        low = [tensorflow().convert_to_tensor(each) for each in (stride_4, stride_8)]
        deep = self.middle(low[1], training=False)
        mask, image, *kinds = self.decoder([*low, deep], training=training)
        kind_map, kind = kinds or (mask[..., :0], image[..., :0])
        return Logits(mask=mask[..., 0], image=image[..., 0], kind_map=kind_map, kinds=kind)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """All weights by name, the middle's as the backbone calls them."""
        from models.backbones.efficientnet_lite0 import weights_of

        decoder = self.decoder.get_weights()
        return weights_of(self.middle) | {f"{_NAME}.{i}": each for i, each in enumerate(decoder)}


def network_of(arrays: Mapping[str, NDArray[Any]], n_kinds: int) -> MarkedNetwork:
    """The network whose arrays these are; others may be among them.

    Raises:
        KeyError: One is missing.
    """
    network = MarkedNetwork(dict(arrays), n_kinds, seed=0)
    count = len(network.decoder.weights)
    network.decoder.set_weights([arrays[f"{_NAME}.{i}"] for i in range(count)])
    return network


def _decoder(n_kinds: int, seed: int) -> Any:
    """(stride 4, stride 8, stride 16) to mask, image and, with kinds, their map and theirs."""
    import keras
    from keras import layers

    seeds = keras.random.SeedGenerator(seed)
    he_normal = keras.initializers.HeNormal

    def normed(features: Any) -> Any:
        return layers.BatchNormalization(momentum=_MOMENTUM)(features)

    def pointwise(features: Any, channels: int) -> Any:
        first = he_normal(seed=_next(seeds))
        return normed(
            layers.Conv2D(channels, 1, use_bias=False, kernel_initializer=first)(features)
        )

    def separable(features: Any, channels: int) -> Any:
        first = he_normal(seed=_next(seeds))
        depthwise = layers.DepthwiseConv2D(
            3, padding="same", use_bias=False, depthwise_initializer=first
        )
        return layers.ReLU(max_value=6.0)(pointwise(depthwise(features), channels))

    def raised(deep: Any, low: Any, channels: int) -> Any:
        larger = layers.UpSampling2D(2, interpolation="bilinear")(deep)
        both = layers.Concatenate()([larger, pointwise(low, channels)])
        return separable(separable(both, channels), channels)

    def highest(*maps: Any) -> Any:
        return layers.Concatenate()([layers.GlobalMaxPooling2D()(each) for each in maps])

    def dropped(features: Any) -> Any:
        return layers.SpatialDropout2D(_DROPOUT, seed=_next(seeds))(features)

    def linear(features: Any, count: int) -> Any:
        first = keras.initializers.RandomNormal(stddev=0.01, seed=_next(seeds))
        return layers.Dense(count, kernel_initializer=first)(features)

    def mapped(features: Any, count: int, bias: float) -> Any:
        return layers.Conv2D(
            count,
            1,
            kernel_initializer=he_normal(seed=_next(seeds)),
            bias_initializer=keras.initializers.Constant(bias),
        )(features)

    stride_4, stride_8 = (keras.Input((None, None, channels)) for channels in _LOW_CHANNELS)
    stride_16 = keras.Input((None, None, 112))
    at_16 = dropped(separable(separable(stride_16, _CHANNELS[16]), _CHANNELS[16]))
    at_8 = dropped(raised(at_16, stride_8, _CHANNELS[8]))
    at_4 = raised(at_8, stride_4, _CHANNELS[4])
    mask = mapped(at_4, 1, _RARE)
    outputs = [mask, linear(highest(at_16, at_8), 1)]
    if n_kinds:
        apart = separable(keras.ops.stop_gradient(stride_16), _KIND_CHANNELS[16])
        kinds_16 = dropped(separable(apart, _KIND_CHANNELS[16]))
        kinds_8 = dropped(raised(kinds_16, stride_8, _KIND_CHANNELS[8]))
        kinds_4 = layers.UpSampling2D(2, interpolation="bilinear")(kinds_8)
        outputs += [mapped(kinds_4, n_kinds, 0.0), linear(highest(kinds_16, kinds_8), n_kinds)]
    return keras.Model([stride_4, stride_8, stride_16], outputs)


def _next(seeds: Any) -> int:
    return int(np.asarray(seeds.next())[0]) % 2**31
