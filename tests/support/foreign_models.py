"""Models of other makers, each exported by its own library, and pictures that they can judge.

A part is grey; a scratch on it is red, a dent is blue. The networks compare red with blue, so they
need no teaching; given swapped channels, unscaled pixels or shuffled classes they judge wrongly.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.inference.ort import open_session
from inspector.store.images import write_png
from models.graphs.training_library import tensorflow
from models.import_model import ImportRequest
from models.importing.pixels import Normalisation
from models.measures.threshold import Targets

SIZE_PX = (64, 96)
LABELS = ("dent", "good", "scratch")  # in the networks' order
SCALED = Normalisation(scale=255.0, mean=(0.2, 0.25, 0.3), std=(0.5, 0.4, 0.3))
EXPORTS = Path(__file__).parents[1] / "models" / "importing" / "exports"  # PyTorch's
_N_GOOD, _N_DEFECTS = 14, 6


@dataclass(frozen=True)
class Exports:
    """One network, as every file it can be."""

    keras: Path
    saved_model: Path
    tflite: Path
    onnx: Path


def draw_list(folder: Path) -> Path:
    """Parts for choosing and proving (val), and others (test)."""
    folder.mkdir()
    noise = np.random.Generator(np.random.PCG64(0))
    rows = [("image", "label", "mask", "split")]
    for split, levels in (("val", (60, 90)), ("test", (70, 80))):
        for label, count in (("good", _N_GOOD), ("scratch", _N_DEFECTS), ("dent", _N_DEFECTS)):
            for number in range(count):
                pixels_bgr = noise.integers(*levels, (*SIZE_PX, 3)).astype(np.uint8)
                if label == "scratch":
                    pixels_bgr[20:24, 8:80] = (40, 40, 250 - number)
                elif label == "dent":
                    pixels_bgr[32:48, 40:60] = (250 - number, 40, 40)
                name = f"{split}-{label}-{number}.png"
                write_png(folder / name, pixels_bgr)
                rows.append((name, label, "", split))
    with (folder / "parts.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder / "parts.csv"


def classifier() -> Any:
    """A Keras model: pixels as `SCALED` makes them, to probabilities of `LABELS`."""
    tensorflow()
    import keras

    pixels = keras.Input((*SIZE_PX, 3), name="picture")
    peaks = keras.layers.GlobalMaxPooling2D()(_colours(pixels))
    dense = keras.layers.Dense(3, activation="softmax", name="classes")
    model = keras.Model(pixels, dense(peaks))
    # Columns dent, good, scratch; rows: how red, how blue.
    dense.set_weights([np.array([[0, 0, 4], [4, 0, 0]]), np.array([-2, 1, -2])])
    return model


def _colours(pixels: Any) -> Any:
    """(N, 16, 24, 2): how red and how blue each 4 x 4 pixels are."""
    import keras

    colours = keras.layers.Conv2D(2, 1, name="colours")
    maps = colours(keras.layers.AveragePooling2D(4)(pixels))
    kernel = np.array([[1, -1], [0, 0], [-1, 1]]).reshape(1, 1, 3, 2)
    colours.set_weights([kernel, np.zeros(2)])
    return maps


def detector_of_change(sign: float = 1.0) -> Any:
    """A Keras model of two outputs: an anomaly map (N, 16, 24, 1) and ten times its peak."""
    tensorflow()
    import keras

    pixels = keras.Input((*SIZE_PX, 3), name="picture")
    strongest = keras.ops.max(_colours(pixels), axis=3, keepdims=True)
    peak = keras.layers.GlobalMaxPooling2D()(strongest)
    return keras.Model(pixels, {"anomaly_map": strongest, "pred_score": peak * (10.0 * sign)})


def segmenter() -> Any:
    """A Keras model: logits of good, scratch, dent at each 4 x 4 pixels."""
    tensorflow()
    import keras

    pixels = keras.Input((*SIZE_PX, 3), name="picture")
    maps = _colours(pixels)
    good = keras.ops.zeros_like(maps[..., :1]) + 1.0
    return keras.Model(pixels, keras.ops.concatenate([good, maps * 4.0 - 2.0], axis=-1))


def export_all(folder: Path) -> Exports:
    """The classifier as every kind of file."""
    tf = tensorflow()
    model = classifier()
    made = Exports(
        keras=folder / "net.keras",
        saved_model=folder / "net",
        tflite=folder / "net.tflite",
        onnx=folder / "net.onnx",
    )
    model.save(made.keras)
    model.export(made.saved_model, verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(made.saved_model))
    made.tflite.write_bytes(converter.convert())
    model.export(made.onnx, format="onnx", verbose=False)
    return made


def graph_of(
    nodes: Sequence[Any],
    inputs: Mapping[str, Sequence[int | str | None]],
    outputs: Sequence[str],
    *,
    constants: Mapping[str, NDArray[Any]] | None = None,
    dtype: str = "float32",
    opset: int = 17,
    domains: Sequence[str] = (),
) -> Any:
    """An ONNX model of these operators; outputs are float32 of a shape that nobody wrote down."""
    from onnx import helper, numpy_helper

    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return helper.make_model(
        helper.make_graph(
            nodes,
            "theirs",
            [helper.make_tensor_value_info(name, kind, dims) for name, dims in inputs.items()],
            [helper.make_tensor_value_info(name, 1, None) for name in outputs],
            [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
        ),
        opset_imports=[
            helper.make_opsetid(each, opset if not each else 1) for each in ("", *domains)
        ],
        ir_version=8,
    )


def run_graph(model: Any, **inputs: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """What ONNX Runtime makes of a model, by output."""
    session = open_session(model if isinstance(model, bytes) else model.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs), strict=True))


def request_for_import(parts: Path, model: Path, out: Path, **said: Any) -> ImportRequest:
    """What to ask for a model of classes, but for what is said otherwise."""
    standard: dict[str, Any] = {
        "model": model,
        "data": parts,
        "out": out,
        "name": "imported",
        "task": "classify",
        "outputs": {},
        "labels": LABELS,
        "size_px": None,
        "layout": None,
        "color": None,
        "resize": "stretch",
        "normalisation": SCALED,
        "targets": Targets(),
    }
    return ImportRequest(**(standard | said))
