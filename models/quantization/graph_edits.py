"""What is done to a finished graph: its scores scaled, its large matrices stored smaller."""

from collections import defaultdict

import numpy as np

from models.graphs.convert import finished

MIN_PACKED_VALUES = 65_536  # a quarter of a megabyte; smaller constants are not worth two nodes


def scaled(model: bytes, factor: float) -> bytes:
    """The same graph with `score`, and `heatmap` where it has one, multiplied by a factor."""
    import onnx
    from onnx import helper, numpy_helper

    proto = onnx.load_from_string(model)
    graph = proto.graph
    graph.initializer.append(
        numpy_helper.from_array(np.array(factor, np.float32), "scale_of_scores")
    )
    scaled_names = {one.name for one in graph.output} & {"score", "heatmap"}
    for node in graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                if name in scaled_names:
                    names[place] = f"{name}_unscaled"
    graph.node.extend(
        helper.make_node(
            "Mul", [f"{name}_unscaled", "scale_of_scores"], [name], name=f"{name}_scale"
        )
        for name in sorted(scaled_names)
    )
    return finished(proto)


def packed(model: bytes) -> bytes:
    """The same graph with each large matrix of the float part stored as int8 and a scale a column.

    The runtime expands them once, when it loads the graph: neither speed nor memory change.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    proto = onnx.load_from_string(model)
    graph = proto.graph
    users: dict[str, list[str]] = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            users[name].append(node.op_type)
    unpacking = []
    for constant in list(graph.initializer):
        is_large = len(constant.dims) == 2 and np.prod(constant.dims) >= MIN_PACKED_VALUES
        is_real = constant.data_type == TensorProto.FLOAT
        if not is_large or not is_real or set(users[constant.name]) != {"MatMul"}:
            continue
        name, values = constant.name, numpy_helper.to_array(constant)
        largest = np.abs(values).max(axis=0, keepdims=True)
        scale = (np.where(largest > 0, largest, 1) / 127).astype(np.float32)
        integers = np.round(values / scale).astype(np.int8)
        graph.initializer.remove(constant)
        graph.initializer.extend(
            numpy_helper.from_array(array, f"{name}_{part}")
            for part, array in (("integers", integers), ("scale", scale))
        )
        unpacking += [
            helper.make_node("Cast", [f"{name}_integers"], [f"{name}_cast"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}_cast", f"{name}_scale"], [name]),
        ]
    nodes = [*unpacking, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return finished(proto)
