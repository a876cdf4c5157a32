"""Runs a bundle's graph on ONNX Runtime, on the CPU."""

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec, Manifest
from inspector.errors import BundleError, InferenceError
from inspector.flow import Prediction, Preprocessed
from inspector.inference.prediction import prediction_of, read_outputs
from inspector.inference.some_at_a_time import some_at_a_time

# From 1.29 on the official builds report to their maker, hashes of the model among it, and keep an
# identifier on the disk (github.com/microsoft/onnxruntime/pull/27379). A line PC tells nobody what
# it inspects. On Linux and macOS this holds only if it is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

ort.disable_telemetry_events()  # what Windows listens to

# All that the binding raises by itself; anything else, such as no memory, is not the frame's fault.
_RUNTIME_FAULTS: tuple[type[Exception], ...] = (
    RuntimeError,
    ValueError,
    *(
        fault
        for fault in vars(ort.capi.onnxruntime_pybind11_state).values()
        if isinstance(fault, type) and issubclass(fault, Exception)
    ),
)
PIXELS_AT_ONCE = 600_000  # of many tiles; of these a network's largest maps are about 60 MB
_LOG_FATAL = 4  # the runtime writes to stderr by itself; what matters is raised


class OrtSession:
    """One session over the bytes of a model. May be called from several threads at once.

    The session is made from bytes, never from a path: so the runtime cannot be led to other files.

    Args:
        model: The bytes of an ONNX file.
        spec: The tensor that it takes.
        outputs: Those that are read, by name; what else the graph gives is left out.
        threads: Threads inside one run. For throughput give 1 and call from several threads: two
            single-threaded runs side by side do more than one run on two threads.
        has_spinning: Whether these threads wait for work by counting: quicker where the machine
            has nothing else to do, but it takes their cores from the cameras and the window.
        is_optimised: Whether the runtime may rewrite the graph, as it does on the line; False only
            to see what that changes.

    Raises:
        BundleError: The runtime refuses the graph, or its inputs and outputs are others.
    """

    def __init__(
        self,
        model: bytes,
        spec: InputSpec,
        outputs: Sequence[str],
        *,
        threads: int = 1,
        has_spinning: bool = False,
        is_optimised: bool = True,
    ) -> None:
        self._session = open_session(
            model, threads=threads, has_spinning=has_spinning, is_optimised=is_optimised
        )
        self._output_names = list(outputs)
        self._input_name = _check_signature(self._session, spec, self._output_names)

    def run(self, tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """What the graph gives for (N, H, W, C) pixels, by output; unchecked.

        Raises:
            InferenceError: The runtime failed.
        """
        try:
            outputs = self._session.run(self._output_names, {self._input_name: tensor})
        except _RUNTIME_FAULTS as error:
            raise InferenceError(f"the runtime failed: {_first_line(error)}") from error
        return dict(zip(self._output_names, outputs, strict=True))

    def run_tiles(self, tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """The same, of many large tiles some at a time.

        The maps inside a network of 64 tiles of 384 x 384 px are gigabytes.

        Raises:
            InferenceError: The runtime failed.
        """
        at_once = max(1, PIXELS_AT_ONCE // (tensor.shape[1] * tensor.shape[2]))
        if len(tensor) <= at_once:  # nothing is to be copied
            return self.run(tensor)
        return some_at_a_time(self.run, tensor, at_once)


class OrtBackend:
    """Runs a model in this process. May be called from several threads at once.

    Args:
        manifest: What the graph takes and gives.
        model: The bytes of an ONNX file that belongs to it.
        threads, has_spinning, is_optimised: See `OrtSession`.

    Raises:
        BundleError: The runtime refuses the graph, or its inputs and outputs are not those that
            the manifest names.
    """

    def __init__(
        self,
        manifest: Manifest,
        model: bytes,
        *,
        threads: int = 1,
        has_spinning: bool = False,
        is_optimised: bool = True,
    ) -> None:
        self._manifest = manifest
        self._session = OrtSession(
            model,
            manifest.input,
            read_outputs(manifest),
            threads=threads,
            has_spinning=has_spinning,
            is_optimised=is_optimised,
        )

    def run(self, tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """See `OrtSession.run`; for proofs."""
        return self._session.run(tensor)

    def infer(self, prepared: Preprocessed) -> Prediction:
        """See `InferenceBackend.infer`."""
        return prediction_of(self._session.run_tiles(prepared.tensor), prepared, self._manifest)


def open_session(
    model: bytes, *, threads: int = 1, has_spinning: bool = False, is_optimised: bool = True
) -> ort.InferenceSession:
    """A session over the bytes of any ONNX file, set up as the line runs it.

    Args:
        threads, has_spinning, is_optimised: See `OrtSession`.

    Raises:
        BundleError: The runtime refuses the graph.
    """
    options = ort.SessionOptions()
    if not is_optimised:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _LOG_FATAL
    options.add_session_config_entry(
        "session.intra_op.allow_spinning", "1" if has_spinning else "0"
    )
    try:
        return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except _RUNTIME_FAULTS as error:
        raise BundleError(f"the runtime refuses the model: {_first_line(error)}") from error


def runtime_version() -> str:
    """The version of ONNX Runtime that judges here."""
    return str(ort.__version__)


def _check_signature(session: ort.InferenceSession, spec: InputSpec, outputs: list[str]) -> str:
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise BundleError(f"the graph takes {len(inputs)} inputs; a bundle's takes one")
    wanted = [spec.height_px, spec.width_px, spec.channels]
    shape = inputs[0].shape
    # A free height or width takes the manifest's too; only the channels have a meaning each.
    fits = len(shape) == 4 and not isinstance(shape[0], int) and shape[3] == spec.channels
    fits = fits and all(
        length == asked or not isinstance(length, int)
        for length, asked in zip(shape[1:], wanted, strict=True)
    )
    if inputs[0].type != "tensor(uint8)" or not fits:
        raise BundleError(
            f"the graph takes {inputs[0].type} {shape}; the manifest says tensor(uint8) "
            f"['N', {spec.height_px}, {spec.width_px}, {spec.channels}]"
        )
    given = {output.name: output.type for output in session.get_outputs()}
    for name in outputs:
        if given.get(name) != "tensor(float)":
            raise BundleError(f"the graph has no float output {name!r}; it has {given}")
    return str(inputs[0].name)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
