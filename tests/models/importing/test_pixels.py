"""Pixels become what a model was trained on, the same in NumPy and in the graph."""

from typing import Any

import numpy as np
import pytest

from inspector.errors import UsageError
from models.importing.graph_builder import GraphBuilder
from models.importing.pixels import Normalisation, plan_pixels
from models.importing.source_model import ModelInput
from tests.support.foreign_models import graph_of, run_graph

IMAGENET = Normalisation(scale=255.0, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


def taken(*dims: int | None, dtype: str = "float32") -> ModelInput:
    return ModelInput(name="x", dims=dims, dtype=np.dtype(dtype))


def plan(given: ModelInput, **said: Any) -> Any:
    nothing: dict[str, Any] = {
        "size_px": None,
        "layout": None,
        "color": None,
        "normalisation": IMAGENET,
    }
    return plan_pixels(given, **(nothing | said))


def test_pixel_is_scaled_shifted_and_divided_in_the_order_of_the_channels() -> None:
    pixels = plan(taken(None, 3, 8, 16), color="bgr")
    tensors = np.zeros((1, 8, 16, 3), np.uint8)
    tensors[..., 2] = 255  # blue, first for this model
    prepared = pixels.prepared(tensors)
    assert prepared.shape == (1, 3, 8, 16)
    assert prepared[0, :, 0, 0] == pytest.approx(
        [(1 - 0.485) / 0.229, -0.456 / 0.224, -0.406 / 0.225]
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (taken(None, 3, 8, 16), {}),
        (taken(None, 8, 16, 3, dtype="float16"), {"color": "bgr"}),
        (taken(1, 8, 16, 1), {"normalisation": Normalisation(scale=127.5, mean=(1.0,))}),
        (taken(1, 3, 8, 16, dtype="uint8"), {"normalisation": None}),
        (taken(None, None, None, 3), {"size_px": (8, 16)}),
    ],
)
def test_graph_and_numpy_agree(given: ModelInput, said: dict[str, Any]) -> None:
    pixels = plan(given, **said)
    spec = pixels.spec("stretch")
    assert (spec.height_px, spec.width_px) == (8, 16)
    builder = GraphBuilder(17)
    builder.name(builder.as_real(pixels.add_to(builder, "pixels")), "out")
    dims = {"pixels": ["N", 8, 16, spec.channels]}
    model = graph_of(builder.nodes, dims, ["out"], dtype="uint8")
    model.graph.initializer.extend(builder.constants)
    noise = np.random.Generator(np.random.PCG64(0))
    tensors = noise.integers(0, 256, (2, 8, 16, spec.channels), np.uint8)
    prepared = pixels.prepared(tensors)
    assert prepared.dtype == given.dtype
    assert prepared.shape[1:] == pixels.dims
    # Half precision has ten bits.
    step = 1e-2 if given.dtype == np.float16 else 1e-5
    assert np.allclose(run_graph(model, pixels=tensors)["out"], prepared, atol=step)


@pytest.mark.parametrize(
    ("given", "said", "message"),
    [
        (taken(1, 3, 8, 3), {}, "give --layout NHWC or --layout NCHW"),
        (taken(1, 8, 8, 3), {"layout": "NCHW"}, "--layout NCHW: the model's input x is"),
        (taken(1, 3, None, None), {}, "pictures of any size .* give --size HxW"),
        (taken(1, 3, 8, 8), {"size_px": (9, 8)}, "no other size; leave it out"),
        (taken(1, 3, 4, 8), {}, "has a side of 4 px"),
        (taken(1, 3, 8, 8), {"color": "mono"}, "--color mono: .* has 3 channels"),
        (taken(1, 3, 8, 8), {"normalisation": None}, "takes float32: say how .* --scale 255"),
        (taken(1, 3, 8, 8, dtype="uint8"), {}, "takes uint8 pixels as they are"),
        (taken(1, 1, 8, 8), {}, "--mean: 3 numbers for a model of 1 channels"),
    ],
)
def test_what_contradicts_the_model_is_refused(
    given: ModelInput, said: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        plan(given, **said)
