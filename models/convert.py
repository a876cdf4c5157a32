"""Converts a TensorFlow function into the ONNX file that the line runs."""

import logging
from typing import Any

from models.training_library import tensorflow

OPSET = 17  # every runtime of the last three years reads it, and it has all that is needed
_IR_VERSION = 8  # the file format that came with the opset


def to_onnx(function: Any) -> bytes:
    """The graph of a `tf.function` of one input whose first axis is free, as an ONNX file.

    Outputs keep the names of the function's dictionary; the first axis of inputs and outputs is
    called N. The same function gives the same bytes.
    """
    tensorflow()
    import onnx
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)  # it reports every pass it makes
    model, _ = tf2onnx.convert.from_function(
        function, input_signature=list(function.input_signature), opset=OPSET
    )
    used = {node.domain for node in model.graph.node}
    foreign = [entry for entry in model.opset_import if entry.domain not in used]
    for entry in foreign:  # tf2onnx names a set of operators that none of its nodes needs
        model.opset_import.remove(entry)
    model.ir_version = _IR_VERSION
    model.graph.name = "inspector"
    model.doc_string = ""
    model.graph.doc_string = ""
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "N"
    _name_by_order(model.graph)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _name_by_order(graph: Any) -> None:
    """Name values and constants by where they are first used, and put constants in that order.

    tf2onnx names and orders constants by sets of texts, and so otherwise in every process: the
    same model would come out as other bytes.
    """
    names = {value.name: value.name for value in (*graph.input, *graph.output)}
    for index, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{index}"
        for names_of_node in (node.input, node.output):
            for place, name in enumerate(names_of_node):
                if name:  # an absent optional input has none
                    names_of_node[place] = names.setdefault(name, f"value_{len(names)}")
    order = {name: place for place, name in enumerate(names)}
    used = (constant for constant in graph.initializer if constant.name in order)
    constants = sorted(used, key=lambda constant: order[constant.name])
    for constant in constants:
        constant.name = names[constant.name]
    del graph.value_info[:]
    del graph.initializer[:]
    graph.initializer.extend(constants)
