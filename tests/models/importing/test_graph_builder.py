"""Operators that are added run under old and new versions of the standard alike."""

import numpy as np
import pytest

from models.importing.graph_builder import GraphBuilder
from tests.support.foreign_models import graph_of, run_graph


@pytest.mark.parametrize("opset", [13, 17, 18, 21])
def test_largest_is_taken_over_all_axes_that_are_not_kept(opset: int) -> None:
    builder = GraphBuilder(opset)
    builder.name(builder.largest("x"), "of_all")
    builder.name(builder.largest("x", 2), "of_each")
    builder.name(builder.complement("x"), "rest")
    model = graph_of(
        builder.nodes, {"x": ["N", 2, 3, 4]}, ["of_all", "of_each", "rest"], opset=opset
    )
    model.graph.initializer.extend(builder.constants)
    x = np.random.Generator(np.random.PCG64(0)).random((5, 2, 3, 4), np.float32)
    given = run_graph(model, x=x)
    assert np.array_equal(given["of_all"], x.max(axis=(1, 2, 3)))
    assert np.array_equal(given["of_each"], x.max(axis=(2, 3)))
    assert np.array_equal(given["rest"], 1 - x)
