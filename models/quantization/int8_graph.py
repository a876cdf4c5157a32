"""Makes an INT8 graph of a float one: the only file of the workshop that knows the quantiser.

The trunk is quantised to 8-bit integers, that is the convolutions and what lies between them, and
so is the search for the nearest remembered patch, which has a form of its own. What else comes
after the last convolution stays float, such as a softmax or a score: there small differences
decide. The first convolutions may stay float too: what they round away is missing in all that
follows, and they are little of the work (measured: 27 of 170 verdicts changed with all of
EfficientNet-Lite0 quantised to 7 bits, none with the first six convolutions in float).
"""

import contextlib
import io
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.errors import BundleError
from models.graphs.convert import finished
from models.graphs.walk import opset_of
from models.quantization.nearest_search import (
    SearchRange,
    quantize_searches,
    range_of,
    searches_in,
)

LEAST_OPSET = 13  # before it the standard has no scale for each channel
_CHUNK = 8  # pictures at a time: the quantiser keeps every number of the network for each


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibrated:
    """A float graph made ready, and the ranges of its numbers.

    Attributes:
        graph: Path of the graph, as the quantiser wants it.
        ranges: Path of the ranges, for `calibration`.
        convolutions: Names of the trunk's convolutions, in running order.
        between: Names of the trunk's other nodes.
        search_ranges: Of the searches behind the trunk, see `quantize_searches`.
    """

    graph: Path
    ranges: Path
    calibration: str
    convolutions: tuple[str, ...]
    between: tuple[str, ...]
    search_ranges: tuple[SearchRange, ...]


@contextmanager
def calibrated(
    model: bytes, tensors: NDArray[np.uint8], calibrations: Sequence[str]
) -> Iterator[tuple[Calibrated, ...]]:
    """Run the float model on pictures and note the range of each number, once for each way.

    A context manager: the files behind the results go with it.

    Args:
        tensors: uint8 (N, H, W, C), pictures the model was fitted to.
        calibrations: Of "minmax", "entropy", "percentile".

    Raises:
        BundleError: There is nothing in the graph that could be quantised, or its opset is older
            than `LEAST_OPSET`.
    """
    import onnx
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with TemporaryDirectory(prefix="inspector-int8-") as name:
        folder = Path(name)
        graph = folder / "prepared.onnx"
        (folder / "float.onnx").write_bytes(model)
        _check_opset(onnx.load_from_string(model))
        with _quiet():
            # By symbols it would need a library more, for shapes that are known already.
            quant_pre_process(folder / "float.onnx", graph, skip_symbolic_shape=True)
        prepared = onnx.load(graph)
        for index, node in enumerate(prepared.graph.node):  # foreign graphs may have no names
            node.name = f"{node.op_type}_{index}"
        onnx.save(prepared, graph)
        convolutions, between = _trunk(prepared.graph)
        if not convolutions:
            raise BundleError(
                "the model has no convolution, and so nothing that would be faster in INT8; "
                "its float model is all it needs"
            )
        search_ranges = _search_ranges(prepared, tensors)
        ready = []
        for calibration in calibrations:
            ranges = folder / f"{calibration}.json"
            _calibrate(graph, ranges, calibration, tensors, prepared.graph.input[0].name)
            ready.append(
                Calibrated(
                    graph=graph,
                    ranges=ranges,
                    calibration=calibration,
                    convolutions=convolutions,
                    between=between,
                    search_ranges=search_ranges,
                )
            )
        yield tuple(ready)


def int8_model(ready: Calibrated, *, n_float_convolutions: int, has_reduced_range: bool) -> bytes:
    """The INT8 graph: activations uint8, weights int8 with a scale for each channel.

    Args:
        n_float_convolutions: How many convolutions at the start stay float.
        has_reduced_range: Give weights 7 bits; see `inspector.machine.processor.has_vnni`.
    """
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    out = ready.ranges.with_suffix(".onnx")
    nodes = (*ready.convolutions[n_float_convolutions:], *ready.between)
    with _quiet():
        quantize_static(
            ready.graph,
            out,
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=has_reduced_range,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_quantize=list(nodes),
            calibrate_method=_method(ready.calibration),
            calibration_cache_path=ready.ranges,
            op_types_to_quantize=_op_types(onnx.load(ready.graph).graph, nodes),
            # The runtime does this by itself when it loads, and the file is 2 % smaller.
            extra_options={"QuantizeBias": False},
        )
    model = onnx.load(out)
    del model.metadata_props[:]
    quantize_searches(model.graph, ready.search_ranges, has_reduced_range=has_reduced_range)
    return finished(model)


def _check_opset(model: Any) -> None:
    opset = opset_of(model)
    if opset < LEAST_OPSET:
        raise BundleError(
            f"the model has opset {opset}; INT8 needs {LEAST_OPSET} at least: export it again"
        )


def _trunk(graph: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of all convolutions, and of the nodes that have one before and one after them."""
    makers = {name: node for node in graph.node for name in node.output}
    users = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            users[name].append(node)
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    after = _reached(convolutions, lambda node: (u for name in node.output for u in users[name]))
    before = _reached(
        convolutions, lambda node: (makers[name] for name in node.input if name in makers)
    )
    names = tuple(node.name for node in convolutions)
    between = (after & before) - set(names)
    return names, tuple(node.name for node in graph.node if node.name in between)


def _reached(starts: Iterable[Any], step: Callable[[Any], Iterable[Any]]) -> set[str]:
    """Names of the nodes that one step or more leads to."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        for node in step(waiting.pop()):
            if node.name not in found:
                found.add(node.name)
                waiting.append(node)
    return found


def _calibrate(
    graph: Path, ranges: Path, calibration: str, tensors: NDArray[np.uint8], input_name: str
) -> None:
    import onnx
    from onnxruntime.quantization import CalibrationDataReader
    from onnxruntime.quantization.calibrate import create_calibrator, save_tensors_data

    class Pictures(CalibrationDataReader):  # type: ignore[misc]  # the library has no types
        def __init__(self, chunk: NDArray[np.uint8]) -> None:
            self._waiting = iter(chunk)

        def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
            tensor = next(self._waiting, None)
            return None if tensor is None else {input_name: tensor[np.newaxis]}

    proto = onnx.load(graph)
    convolutions, between = _trunk(proto.graph)
    with _quiet():
        calibrator = create_calibrator(
            graph,
            _op_types(proto.graph, (*convolutions, *between)),
            augmented_model_path=str(ranges.with_suffix(".augmented.onnx")),
            calibrate_method=_method(calibration),
        )
        for start in range(0, len(tensors), _CHUNK):
            calibrator.collect_data(Pictures(tensors[start : start + _CHUNK]))
        save_tensors_data(calibrator.compute_data(), ranges)


def _search_ranges(prepared: Any, tensors: NDArray[np.uint8]) -> tuple[SearchRange, ...]:
    """What the model looks for on these pictures, for each of its searches."""
    import onnx
    from onnxruntime import InferenceSession

    searches = searches_in(prepared.graph)
    if not searches:
        return ()
    names = [search.patches for search in searches]
    watched = onnx.ModelProto()
    watched.CopyFrom(prepared)
    watched.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    input_name = session.get_inputs()[0].name
    seen = [
        [range_of(values) for values in session.run(names, {input_name: tensor[np.newaxis]})]
        for tensor in tensors
    ]
    return tuple(
        SearchRange(
            largest=max(one.largest for one in column),
            largest_square=max(one.largest_square for one in column),
        )
        for column in zip(*seen, strict=True)
    )


def _method(calibration: str) -> Any:
    from onnxruntime.quantization import CalibrationMethod

    return {
        "minmax": CalibrationMethod.MinMax,
        "entropy": CalibrationMethod.Entropy,
        "percentile": CalibrationMethod.Percentile,
    }[calibration]


def _op_types(graph: Any, names: Iterable[str]) -> list[str]:
    chosen = set(names)
    return sorted({node.op_type for node in graph.node if node.name in chosen})


@contextmanager
def _quiet() -> Iterator[None]:
    """The quantiser prints its progress, and warns by the root logger of what we do on purpose."""
    root = logging.getLogger()
    root.addFilter(_is_ours)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        root.removeFilter(_is_ours)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name != "root"
