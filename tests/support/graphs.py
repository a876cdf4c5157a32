"""Small ONNX graphs in ONNX's own text form, and manifests that belong to them."""

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import Canary, InputSpec, Manifest, Threshold
from inspector.flow import Preprocessed
from inspector.preprocess import preprocess
from tests.support.fakes import frame

IR_VERSION, OPSET = 8, 11  # old enough for every runtime that is allowed
SPEC = InputSpec(height_px=8, width_px=12, color="rgb", resize="stretch")

# Bodies of graphs in ONNX's own text form; `x` is the picture as float, N x H x W x C.
BRIGHTNESS = """
    mean = ReduceMean <axes = [1, 2, 3], keepdims = 0> (x)
    score = Div (mean, full)
    grey = ReduceMean <axes = [3], keepdims = 0> (x)
    heatmap = Div (grey, full)
"""
# 0 / 0 where a picture is black, 1 / 0 where a pixel is black.
NAN_IF_BLACK = """
    mean = ReduceMean <axes = [1, 2, 3], keepdims = 0> (x)
    score = Div (mean, mean)
    grey = ReduceMean <axes = [3], keepdims = 0> (x)
    heatmap = Div (grey, full)
"""
# Two kinds of defects: as likely as red, as likely as blue; the map has a place for 4 x 4 pixels.
KINDS = (
    BRIGHTNESS
    + """
    by_colour = ReduceMean <axes = [1, 2], keepdims = 0> (x)
    probabilities = Div (by_colour, full)
    first = Transpose <perm = [0, 3, 1, 2]> (x)
    coarse = AveragePool <kernel_shape = [4, 4], strides = [4, 4]> (first)
    last = Transpose <perm = [0, 2, 3, 1]> (coarse)
    starts = Constant <value_ints = [0]> ()
    ends = Constant <value_ints = [2]> ()
    axes = Constant <value_ints = [3]> ()
    class_map = Slice (last, starts, ends, axes)
"""
)
KIND_OUTPUTS = (
    "float[N] score, float[N, 8, 12] heatmap, float[N, 3] probabilities, "
    "float[N, 2, 3, 2] class_map"
)
ALL_OUTPUTS = ("score", "heatmap", "probabilities", "class_map")
INFINITE_HEAT_IF_BLACK = """
    mean = ReduceMean <axes = [1, 2, 3], keepdims = 0> (x)
    score = Div (mean, full)
    grey = ReduceMean <axes = [3], keepdims = 0> (x)
    heatmap = Div (full, grey)
"""
ONE_SCORE_FOR_ALL = """
    score = ReduceMean <axes = [0, 1, 2, 3], keepdims = 0> (x)
    heatmap = ReduceMean <axes = [3], keepdims = 0> (x)
"""
COLUMN_OF_SCORES = """
    mean = ReduceMean <axes = [1, 2, 3], keepdims = 0> (x)
    score = Unsqueeze <axes = [1]> (mean)
    heatmap = ReduceMean <axes = [3], keepdims = 0> (x)
"""
NARROW_HEAT = """
    score = ReduceMean <axes = [1, 2, 3], keepdims = 0> (x)
    heatmap = ReduceMean <axes = [2], keepdims = 0> (x)
"""


def model(
    body: str = BRIGHTNESS,
    *,
    given: str = "uint8[N, 8, 12, 3] pixels",
    outputs: str = "float[N] score, float[N, 8, 12] heatmap",
    opset: int = OPSET,
) -> bytes:
    """The bytes of an ONNX file."""
    from onnx import parser

    graph = f"""
<ir_version: {IR_VERSION}, opset_import: ["" : {opset}]>
judge ({given}) => ({outputs})
<float full = {{255.0}}>
{{
    x = Cast <to = 1> (pixels)
    {body}
}}
"""
    data: bytes = parser.parse_model(graph).SerializeToString()
    return data


def manifest(
    spec: InputSpec = SPEC,
    outputs: tuple[str, ...] = ("score", "heatmap"),
    labels: tuple[str, ...] = ("good", "defect"),
) -> Manifest:
    return Manifest(
        bundle_id="c" * 64,
        task="anomaly",
        name="brightness",
        version="1",
        input=spec,
        outputs=dict.fromkeys(outputs, "in words"),
        labels=labels,
        threshold=Threshold(value=0.5, method="by hand", n_images=1),
        canary=Canary(score=0.5, tolerance=0.0),
        opset=OPSET,
        versions={},
        data={},
        validation={},
        training={},
        files={},
    )


def prepared(pixels: NDArray[np.uint8], spec: InputSpec = SPEC) -> Preprocessed:
    return preprocess(frame(pixels, frame_id=6), spec)


def full_of(value: int) -> Preprocessed:
    return prepared(np.full((8, 12, 3), value, dtype=np.uint8))
