"""OpenVINO over the same bytes of `model.onnx`, only to be measured against."""

import numpy as np
from numpy.typing import NDArray

from inspector.bench.runtime import Runtime, RuntimePlugin, Subject, nothing_lacks


def open_openvino(subject: Subject) -> Runtime:
    """The bundle's `model.onnx`, compiled for the processor, for the shortest single run."""
    import openvino

    core = openvino.Core()
    options = {
        "INFERENCE_NUM_THREADS": subject.threads,
        "PERFORMANCE_HINT": "LATENCY",
        # On newer processors it would compute with 16 bits, which is another model.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    compiled = core.compile_model(core.read_model(subject.bundle.model), "CPU", options)
    request = compiled.create_infer_request()
    names = tuple(subject.bundle.manifest.outputs)

    def run(tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        request.infer([tensor], share_inputs=True)
        return {name: request.get_tensor(name).data.copy() for name in names}

    return Runtime(
        run=run, size_bytes=len(subject.bundle.model), version=openvino.get_version().split("-")[0]
    )


OPENVINO = RuntimePlugin(
    modules=("openvino",),
    install="pip install 'inspector[bench]'",
    lacks=nothing_lacks,
    open=open_openvino,
)
