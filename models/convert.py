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
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))
