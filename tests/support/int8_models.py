"""Quantises small models by hand: enough to be INT8, not to be good."""

from typing import Any

import numpy as np


def coarse_twin(model: bytes) -> bytes:
    """The model with the weights of its convolutions as INT8, one scale for each of them."""
    from onnx import helper, load_model_from_string, numpy_helper

    loaded = load_model_from_string(model)
    graph: Any = loaded.graph
    kernels = {node.input[1] for node in graph.node if node.op_type == "Conv"}
    nodes = []
    for tensor in [tensor for tensor in graph.initializer if tensor.name in kernels]:
        values = numpy_helper.to_array(tensor)
        scale = np.float32(np.abs(values).max() / 127)
        rounded = np.rint(values / scale).astype(np.int8)
        graph.initializer.remove(tensor)
        names = [f"{tensor.name}_{part}" for part in ("rounded", "scale")]
        graph.initializer.append(numpy_helper.from_array(rounded, names[0]))
        graph.initializer.append(numpy_helper.from_array(np.array(scale), names[1]))
        nodes.append(helper.make_node("DequantizeLinear", names, [tensor.name]))
    kept = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *kept])
    return bytes(loaded.SerializeToString())
