"""What stands behind a foreign graph gives the same in the graph as in NumPy, and means it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.importing.graph_builder import GraphBuilder
from models.importing.heads.anomaly_head import AnomalyHead
from models.importing.heads.classify_head import ClassifyHead
from models.importing.heads.head import Head
from models.importing.heads.segment_head import SegmentHead
from tests.support.foreign_models import graph_of, run_graph

SIZE_PX = (8, 12)
ANOMALY = AnomalyHead(score="s", heatmap="m", map_px=(4, 6), size_px=SIZE_PX)
CLASSIFY = ClassifyHead(
    source="c", model_labels=("dent", "good", "rust"), is_logits=True, n_columns=3
)
SEGMENT = SegmentHead(
    source="p",
    labels=("good", "dent", "rust"),
    is_logits=True,
    n_channels=3,
    is_channels_first=True,
    map_px=(4, 6),
    size_px=SIZE_PX,
)
CASES: list[tuple[Head, dict[str, tuple[int, ...]]]] = [
    (ANOMALY, {"s": (1,), "m": (1, 4, 6)}),
    (AnomalyHead(score=None, heatmap="m", map_px=(4, 6), size_px=SIZE_PX), {"m": (4, 6, 1)}),
    (AnomalyHead(score=None, heatmap="m", map_px=SIZE_PX, size_px=SIZE_PX), {"m": SIZE_PX}),
    (AnomalyHead(score="s", heatmap=None, map_px=SIZE_PX, size_px=SIZE_PX), {"s": ()}),
    (CLASSIFY, {"c": (3,)}),
    (ClassifyHead(source="c", model_labels=("a", "b"), is_logits=True, n_columns=1), {"c": (1,)}),
    (SEGMENT, {"p": (3, 4, 6)}),
    (
        SegmentHead(
            source="p",
            labels=("good", "defect"),
            is_logits=True,
            n_channels=1,
            is_channels_first=False,
            map_px=SIZE_PX,
            size_px=SIZE_PX,
        ),
        {"p": (*SIZE_PX, 1)},
    ),
]


def in_graph(head: Head, values: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    builder = GraphBuilder(17)
    outputs = head.add_to(builder, {name: name for name in head.sources})
    for name, value in outputs.items():
        builder.name(value, name)
    inputs = {name: ["N", *value.shape[1:]] for name, value in values.items()}
    model = graph_of(builder.nodes, inputs, list(outputs))
    model.graph.initializer.extend(builder.constants)
    return run_graph(model, **values)


@pytest.mark.parametrize(("head", "shapes"), CASES)
def test_graph_and_numpy_agree_and_have_the_shapes_they_promise(
    head: Head, shapes: dict[str, tuple[int, ...]]
) -> None:
    noise = np.random.Generator(np.random.PCG64(0))
    values = {
        name: (8 * noise.standard_normal((3, *shape))).astype(np.float32)
        for name, shape in shapes.items()
    }
    graph, numpy = in_graph(head, values), head.computed(values)
    assert graph.keys() == numpy.keys() == head.meanings.keys() == head.shapes.keys()
    for name, promised in head.shapes.items():
        assert graph[name].shape == numpy[name].shape == (3, *promised)
        assert graph[name].dtype == numpy[name].dtype == np.float32
        assert np.allclose(graph[name], numpy[name], atol=1e-5)
