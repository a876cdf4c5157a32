"""Runs a bundle's graph on ONNX Runtime, on the CPU."""

import os

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec, Manifest
from inspector.errors import BundleError, InferenceError
from inspector.flow import Prediction, Preprocessed
from inspector.inference.stitch import stitch_classes, stitch_heatmap

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
_READ = ("score", "heatmap", "probabilities", "class_map")
_LOG_FATAL = 4  # the runtime writes to stderr by itself; what matters is raised


class OrtBackend:
    """One session over the bytes of a model. May be called from several threads at once.

    The session is made from bytes, never from a path: so the runtime cannot be led to other files.

    Args:
        manifest: What the graph takes and gives.
        model: The bytes of an ONNX file that belongs to it.
        threads: Threads inside one run. For throughput give 1 and call from several threads: two
            single-threaded runs side by side do more than one run on two threads.
        has_spinning: Whether these threads wait for work by counting: quicker where the machine
            has nothing else to do, but it takes their cores from the cameras and the window.
        is_optimised: Whether the runtime may rewrite the graph, as it does on the line; False only
            to see what that changes.

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
        self._session = open_session(
            model, threads=threads, has_spinning=has_spinning, is_optimised=is_optimised
        )
        self._spec = manifest.input
        self._bundle_id = manifest.bundle_id
        self._n_labels = len(manifest.labels)
        self._output_names = [name for name in _READ if name in manifest.outputs]
        self._input_name = _check_signature(self._session, self._spec, self._output_names)

    def run(self, tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """What the graph gives for (N, H, W, C) pixels, by output; unchecked, for proofs.

        Raises:
            InferenceError: The runtime failed.
        """
        try:
            outputs = self._session.run(self._output_names, {self._input_name: tensor})
        except _RUNTIME_FAULTS as error:
            raise InferenceError(f"the runtime failed: {_first_line(error)}") from error
        return dict(zip(self._output_names, outputs, strict=True))

    def infer(self, prepared: Preprocessed) -> Prediction:
        """See `InferenceBackend.infer`."""
        named = self.run(prepared.tensor)
        count = len(prepared.places)
        scores = _finite(named["score"], (count,), "score")
        worst = int(scores.argmax())  # a part is as bad as its worst tile
        probabilities = heatmap = class_map = None
        if "probabilities" in named:
            shape: tuple[int, ...] = (count, self._n_labels)
            probabilities = _finite(named["probabilities"], shape, "probabilities")[worst]
        if "heatmap" in named:
            shape = (count, self._spec.height_px, self._spec.width_px)
            tiles = _finite(named["heatmap"], shape, "heatmap")
            heatmap = stitch_heatmap(tiles, prepared.places, prepared.canvas_size_px)
            if "class_map" in named:
                classes = _most_probable(named["class_map"], shape, self._n_labels)
                class_map = stitch_classes(classes, tiles, prepared.places, prepared.canvas_size_px)
        return Prediction(
            frame_id=prepared.frame_id,
            score=float(scores[worst]),
            heatmap=heatmap,
            bundle_id=self._bundle_id,
            probabilities=probabilities,
            class_map=class_map,
        )


def open_session(
    model: bytes, *, threads: int = 1, has_spinning: bool = False, is_optimised: bool = True
) -> ort.InferenceSession:
    """A session over the bytes of any ONNX file, set up as the line runs it.

    Args:
        threads, has_spinning, is_optimised: See `OrtBackend`.

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


def _finite(values: NDArray[np.float32], shape: tuple[int, ...], name: str) -> NDArray[np.float32]:
    if values.shape != shape:
        raise InferenceError(f"{name} has the shape {values.shape}; {shape} was asked for")
    if not np.isfinite(values).all():
        raise InferenceError(f"{name} holds a value that is not finite")
    return values


def _most_probable(
    maps: NDArray[np.float32], shape: tuple[int, ...], n_labels: int
) -> NDArray[np.uint8]:
    """uint8 in `shape`, places among the labels; the graph gives its coarser grid of defects.

    Its axes are tiles, rows, columns, and every label but the first.
    """
    rows, columns = maps.shape[1:3] if maps.ndim == 4 else (0, 0)
    step = shape[1] // rows if rows else 0
    _finite(maps, (shape[0], rows, columns, n_labels - 1), "class_map")
    if not step or (rows * step, columns * step) != shape[1:]:
        raise InferenceError(f"class_map has {rows} x {columns} places for {shape[1:]} pixels")
    classes = (maps.argmax(axis=3) + 1).astype(np.uint8)
    fine: NDArray[np.uint8] = classes.repeat(step, axis=1).repeat(step, axis=2)
    return fine


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
