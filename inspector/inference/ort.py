"""Runs a bundle's graph on ONNX Runtime, on the CPU."""

import os

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec, Manifest
from inspector.errors import BundleError, InferenceError
from inspector.flow import Prediction, Preprocessed
from inspector.inference.stitch import stitch_heatmap

# From 1.29 on the official builds report to their maker, hashes of the model among it, and keep an
# identifier on the disk (github.com/microsoft/onnxruntime/pull/27379). A line PC tells nobody what
# it inspects. On Linux and macOS this holds only if it is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

ort.disable_telemetry_events()  # what Windows listens to

# All that the binding raises by itself; anything else, such as no memory, is no fault of a frame.
_RUNTIME_FAULTS: tuple[type[Exception], ...] = (
    RuntimeError,
    ValueError,
    *(
        fault
        for fault in vars(ort.capi.onnxruntime_pybind11_state).values()
        if isinstance(fault, type) and issubclass(fault, Exception)
    ),
)
_LOG_FATAL = 4  # the runtime writes to stderr by itself; what matters is raised


class OrtBackend:
    """One session over the bytes of a model. May be called from several threads at once.

    The session is made from bytes, never from a path: so the runtime cannot be led to other files.

    Args:
        manifest: What the graph takes and gives.
        model: The bytes of an ONNX file that belongs to it.
        threads: Threads inside one run. For throughput give 1 and call from several threads: two
            single-threaded runs side by side do more than one run on two threads.

    Raises:
        BundleError: The runtime refuses the graph, or its inputs and outputs are not those that
            the manifest names.
    """

    def __init__(self, manifest: Manifest, model: bytes, *, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _LOG_FATAL
        # A spinning thread takes a core from the capture threads and the window for nothing.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except _RUNTIME_FAULTS as error:
            raise BundleError(f"the runtime refuses the model: {_first_line(error)}") from error
        self._spec = manifest.input
        self._bundle_id = manifest.bundle_id
        self._output_names = [name for name in ("score", "heatmap") if name in manifest.outputs]
        self._input_name = _check_signature(self._session, self._spec, self._output_names)

    def infer(self, prepared: Preprocessed) -> Prediction:
        """See `InferenceBackend.infer`."""
        try:
            outputs = self._session.run(self._output_names, {self._input_name: prepared.tensor})
        except _RUNTIME_FAULTS as error:
            raise InferenceError(f"the runtime failed: {_first_line(error)}") from error
        named: dict[str, NDArray[np.float32]] = dict(zip(self._output_names, outputs, strict=True))
        count = len(prepared.places)
        scores = _finite(named["score"], (count,), "score")
        heatmap = None
        if "heatmap" in named:
            shape = (count, self._spec.height_px, self._spec.width_px)
            tiles = _finite(named["heatmap"], shape, "heatmap")
            heatmap = stitch_heatmap(tiles, prepared.places, prepared.canvas_size_px)
        return Prediction(
            frame_id=prepared.frame_id,
            score=float(scores.max()),  # a part is as bad as its worst tile
            heatmap=heatmap,
            bundle_id=self._bundle_id,
        )


def runtime_version() -> str:
    """The version of ONNX Runtime that judges here."""
    return str(ort.__version__)


def _check_signature(session: ort.InferenceSession, spec: InputSpec, outputs: list[str]) -> str:
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise BundleError(f"the graph takes {len(inputs)} inputs; a bundle's takes one")
    wanted = [spec.height_px, spec.width_px, spec.channels]
    shape = inputs[0].shape
    if inputs[0].type != "tensor(uint8)" or list(shape[1:]) != wanted or isinstance(shape[0], int):
        raise BundleError(
            f"the graph takes {inputs[0].type} {shape}; the manifest says tensor(uint8) "
            f"['N', {spec.height_px}, {spec.width_px}, {spec.channels}]"
        )
    given = {output.name: output.type for output in session.get_outputs()}
    for name in outputs:
        if given.get(name) != "tensor(float)":
            raise BundleError(f"the graph has no float output {name!r}; it has {given}")
    return str(inputs[0].name)


def _finite(values: NDArray[np.float32], shape: tuple[int, ...], name: str) -> NDArray[np.float32]:
    if values.shape != shape:
        raise InferenceError(f"{name} has the shape {values.shape}; {shape} was asked for")
    if not np.isfinite(values).all():
        raise InferenceError(f"{name} holds a value that is not finite")
    return values


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
