"""EfficientNet-Lite0 in Keras: the whole classifier, and its trunk with taps for features.

The lite variant has no squeeze-and-excite and ReLU6 instead of swish, which quantises well and is
fast on a plain CPU. M. Tan, Q. V. Le, "EfficientNet: Rethinking Model Scaling for Convolutional
Neural Networks", 2019; the lite variants: github.com/tensorflow/tpu, efficientnet/lite.
"""

from dataclasses import dataclass
from typing import Any

from models.backbones.weights import Weights
from models.graphs.training_library import tensorflow

BATCH_NORM_EPSILON = 1e-3  # TensorFlow's, which the weights were trained with
PIXEL_MEAN, PIXEL_SCALE = 127.0, 128.0


@dataclass(frozen=True, slots=True)
class _Stage:
    kernel_px: int
    stride: int
    expansion: int
    channels: int
    repeats: int


_STAGES = (
    _Stage(3, 1, 1, 16, 1),
    _Stage(3, 2, 6, 24, 2),
    _Stage(5, 2, 6, 40, 2),
    _Stage(3, 2, 6, 80, 3),
    _Stage(5, 1, 6, 112, 3),
    _Stage(5, 2, 6, 192, 4),
    _Stage(3, 1, 6, 320, 1),
)
_NAME_PREFIX = "lite0"  # TensorFlow wants no underscore in front of a name
_NORM_PARTS = ("weight", "bias", "running_mean", "running_var")
_LAST_BLOCKS = {2: 0, 4: 2, 8: 4, 16: 10, 32: 15}  # the last block of each stride


def classifier(weights: Weights) -> Any:
    """The network as it was trained: RGB pixels 0..255 (N, 224, 224, 3) to 1000 class logits.

    Only for proving that the weights were mapped right.
    """
    tensorflow()
    import keras

    pixels = keras.Input((224, 224, 3), dtype="float32")
    features = _blocks(pixels, weights, _LAST_BLOCKS[32] + 1)[-1]
    features = _conv(features, weights, "_conv_head", "_bn1", kernel_px=1)
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    dense = keras.layers.Dense(1000)
    model = keras.Model(pixels, dense(pooled))
    dense.set_weights([weights["_fc.weight"], weights["_fc.bias"]])
    return model


def trunk(weights: Weights, taps: tuple[int, ...] = (8, 16)) -> Any:
    """The network up to its deepest tap: RGB pixels 0..255 (N, H, W, 3) to one map per tap.

    Pixels may be uint8 or float; H and W are free, and a map of stride s is ceil(H / s) high.

    Args:
        weights: As `load_weights` gives them.
        taps: Strides (2, 4, 8, 16, 32) whose last map is wanted, ascending.
    """
    tensorflow()
    import keras

    if not taps or list(taps) != sorted(set(taps)) or not set(taps) <= set(_LAST_BLOCKS):
        raise ValueError(f"taps {taps}: strides out of {tuple(_LAST_BLOCKS)}, ascending")
    pixels = keras.Input((None, None, 3), dtype="float32")
    outputs = _blocks(pixels, weights, _LAST_BLOCKS[taps[-1]] + 1)
    model = keras.Model(pixels, [outputs[_LAST_BLOCKS[tap]] for tap in taps])
    model.trainable = False
    return model


def middle(weights: Weights) -> Any:
    """The blocks between the taps of strides 8 and 16: a map (N, h, w, 40) to one of 112 channels.

    All of its weights may be trained.
    """
    import keras

    low, outputs = _above(weights, _LAST_BLOCKS[16])
    return keras.Model(low, outputs[_LAST_BLOCKS[16]])


def upper(weights: Weights, taps: tuple[int, ...]) -> Any:
    """All that lies above stride 8: a map (N, h, w, 40) to a map per tap, and 1280 channels.

    The last output, (N, ceil(h / 4), ceil(w / 4), 1280), is what the classes were told by, once it
    is averaged over the picture. All of its weights may be trained.

    Args:
        taps: Strides out of 16 and 32, ascending.
    """
    import keras

    low, outputs = _above(weights, _LAST_BLOCKS[32])
    last = _conv(outputs[_LAST_BLOCKS[32]], weights, "_conv_head", "_bn1", kernel_px=1)
    return keras.Model(low, [*(outputs[_LAST_BLOCKS[tap]] for tap in taps), last])


def weights_of(network: Any) -> Weights:
    """The arrays of such a network as they are now, by the names they were made with."""
    arrays: Weights = {}
    for layer in network.layers:
        if not layer.name.startswith(_NAME_PREFIX):
            continue
        name = layer.name.removeprefix(_NAME_PREFIX)
        values = [variable.numpy() for variable in layer.variables]
        parts = _NORM_PARTS if len(values) == len(_NORM_PARTS) else ("weight",)
        arrays |= {f"{name}.{part}": value for part, value in zip(parts, values, strict=True)}
    return arrays


def _blocks(pixels: Any, weights: Weights, count: int) -> list[Any]:
    """The outputs of the first `count` blocks; what lies behind them is not built."""
    normalised = (pixels - PIXEL_MEAN) / PIXEL_SCALE
    features = _conv(normalised, weights, "_conv_stem", "_bn0", kernel_px=3, stride=2)
    return _blocks_from(features, weights, 0, count)


def _above(weights: Weights, last: int) -> tuple[Any, dict[int, Any]]:
    """The input of the blocks above stride 8, and the output of each up to the last, by number."""
    tensorflow()
    import keras

    first = _LAST_BLOCKS[8] + 1
    low = keras.Input((None, None, _STAGES[2].channels), dtype="float32")
    outputs = _blocks_from(low, weights, first, last + 1)
    return low, dict(enumerate(outputs, start=first))


def _blocks_from(features: Any, weights: Weights, first: int, stop: int) -> list[Any]:
    """The outputs of the blocks `first` to `stop` - 1, the features going into the first."""
    every = [
        (stage, stage.stride if repeat == 0 else 1)
        for stage in _STAGES
        for repeat in range(stage.repeats)
    ]
    outputs: list[Any] = []
    for number in range(first, stop):
        features = _block(features, weights, f"_blocks.{number}.", *every[number])
        outputs.append(features)
    return outputs


def _block(inputs: Any, weights: Weights, name: str, stage: _Stage, stride: int) -> Any:
    features = inputs
    if stage.expansion > 1:
        features = _conv(features, weights, f"{name}_expand_conv", f"{name}_bn0", kernel_px=1)
    features = _conv(
        features,
        weights,
        f"{name}_depthwise_conv",
        f"{name}_bn1",
        kernel_px=stage.kernel_px,
        stride=stride,
    )
    features = _conv(
        features, weights, f"{name}_project_conv", f"{name}_bn2", kernel_px=1, is_linear=True
    )
    if stride == 1 and inputs.shape[-1] == features.shape[-1]:
        features = features + inputs
    return features


def _conv(
    inputs: Any,
    weights: Weights,
    conv_name: str,
    norm_name: str,
    *,
    kernel_px: int,
    stride: int = 1,
    is_linear: bool = False,
) -> Any:
    """Convolution (depthwise by its name), batch normalisation and, unless linear, ReLU6."""
    tensorflow()
    from keras import layers

    kernel = weights[f"{conv_name}.weight"]
    settings = {
        "strides": stride,
        "padding": "same",
        "use_bias": False,
        "name": _NAME_PREFIX + conv_name,
    }
    if "depthwise" in conv_name:
        convolution = layers.DepthwiseConv2D(kernel_px, **settings)
    else:
        convolution = layers.Conv2D(kernel.shape[-1], kernel_px, **settings)
    norm = layers.BatchNormalization(epsilon=BATCH_NORM_EPSILON, name=_NAME_PREFIX + norm_name)
    features = norm(convolution(inputs))
    convolution.set_weights([kernel])
    norm.set_weights([weights[f"{norm_name}.{part}"] for part in _NORM_PARTS])
    return features if is_linear else layers.ReLU(max_value=6.0)(features)
