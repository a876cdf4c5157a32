"""ONNX Runtime as the line runs it: the reference, and the same with whole numbers inside."""

from pathlib import Path

from inspector.assembly import model_bytes
from inspector.bench.runtime import Runtime, RuntimePlugin, Subject, nothing_lacks
from inspector.bundle import Bundle
from inspector.inference.ort import OrtBackend, runtime_version
from inspector.machine.choices import ModelKind

INT8_MAX_RELATIVE = 0.3  # half of it was seen where the gate found the verdicts alike


def open_float(subject: Subject) -> Runtime:
    """The bundle's `model.onnx` in the line's own backend."""
    return _opened(subject, "float")


def open_int8(subject: Subject) -> Runtime:
    """The bundle's `model.int8.onnx` in the line's own backend."""
    return _opened(subject, "int8")


def lacks_int8(_path: Path, bundle: Bundle) -> str | None:
    """Why the int8 row cannot be had."""
    if bundle.int8_model is not None:
        return None
    return "the bundle has no model.int8.onnx; make one with `inspector-models quantize`"


def _opened(subject: Subject, kind: ModelKind) -> Runtime:
    model = model_bytes(subject.bundle, kind)
    backend = OrtBackend(subject.bundle.manifest, model, threads=subject.threads)
    return Runtime(run=backend.run, size_bytes=len(model), version=runtime_version())


_MODULES = ("onnxruntime",)
_INSTALL = "pip install inspector"
FLOAT = RuntimePlugin(modules=_MODULES, install=_INSTALL, lacks=nothing_lacks, open=open_float)
INT8 = RuntimePlugin(
    modules=_MODULES,
    install=_INSTALL,
    lacks=lacks_int8,
    open=open_int8,
    max_relative=INT8_MAX_RELATIVE,
)
