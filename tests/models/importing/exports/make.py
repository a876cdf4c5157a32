"""Makes the ONNX files beside it, by the exporters and converters that people use.

Not run by the tests, for PyTorch is not among their packages: `pip install torch==2.13.0 onnx
onnxscript onnxruntime`, then `python make.py`.
"""

# mypy: ignore-errors
# ruff: noqa: TID253

from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import quantize_dynamic
from onnxruntime.transformers.float16 import convert_float_to_float16
from torch import nn
from torch.nn import functional

HERE = Path(__file__).parent
SIZE = (1, 3, 64, 96)
NAMES = {"input_names": ["input"], "output_names": ["logits"]}


def classifier() -> nn.Module:
    """Tells blue from red: grey is good, what is bluer a dent, what is redder a scratch."""
    network = nn.Sequential(
        nn.AvgPool2d(4), nn.Conv2d(3, 2, 1), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(2, 3)
    )
    with torch.no_grad():
        network[1].weight[:] = torch.tensor([[1.0, 0, -1], [-1, 0, 1]])[:, :, None, None]
        network[1].bias[:] = 0
        network[4].weight[:] = torch.tensor([[0.0, 4], [0, 0], [4, 0]])
        network[4].bias[:] = torch.tensor([-2.0, 1, -2])
    return network.eval()


class Memory(nn.Module):
    """A memory of patches, as PatchCore's: the batch is merged with the places of a patch."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("bank", torch.full((4, 3), 0.47) + torch.rand(4, 3) * 0.02)

    def forward(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Score and map."""
        cells = functional.avg_pool2d(picture, 4)
        patches = cells.permute(0, 2, 3, 1).reshape(-1, 3)
        nearest = torch.cdist(patches, self.bank).amin(1)
        map_ = nearest.reshape(picture.shape[0], 1, 16, 24)
        return nearest.reshape(picture.shape[0], -1).amax(1), map_


def keep(name: str, model: onnx.ModelProto) -> None:
    """Without the notes of where it was made."""
    for entry in (model, model.graph, *model.graph.node, *model.graph.input, *model.graph.output,
                  *model.graph.value_info, *model.graph.initializer):  # fmt: skip
        entry.ClearField("doc_string")
        entry.ClearField("metadata_props")
    onnx.save(model, HERE / name)


def main() -> None:
    """Write every file."""
    torch.manual_seed(0)
    network, picture, path = classifier(), torch.rand(SIZE), HERE / "made.onnx"
    for batch in ("free", "fixed"):
        axes = {"input": {0: "batch"}, "logits": {0: "batch"}} if batch == "free" else None
        torch.onnx.export(network, (picture,), path, dynamo=False, dynamic_axes=axes, **NAMES)
        keep(f"scripted_{batch}.onnx", onnx.load(path))
        shapes = ({0: torch.export.Dim("batch")},) if batch == "free" else None
        torch.onnx.export(network, (picture,), path, dynamo=True, dynamic_shapes=shapes,
                          external_data=False, **NAMES)  # fmt: skip
        keep(f"dynamo_{batch}.onnx", onnx.load(path))
    torch.onnx.export(Memory(), (picture,), path, dynamo=True, external_data=False,
                      input_names=["input"], output_names=["score", "anomaly_map"])  # fmt: skip
    keep("memory_fixed.onnx", onnx.load(path))
    quantize_dynamic(HERE / "dynamo_free.onnx", path)
    keep("quantized_dynamic.onnx", onnx.load(path))
    half = convert_float_to_float16(onnx.load(HERE / "dynamo_free.onnx"), keep_io_types=True)
    last = half.graph.node[-1]
    half.graph.node.remove(last)
    half.graph.node.insert(0, last)  # converters append or prepend their casts as it comes
    keep("half_out_of_order.onnx", half)
    path.unlink()
    for file in sorted(HERE.glob("*.onnx")):
        print(file.name, file.stat().st_size, np.__version__)


if __name__ == "__main__":
    main()
