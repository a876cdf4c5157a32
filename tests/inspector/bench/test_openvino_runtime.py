"""OpenVINO gives what the line's runtime gives, in a process of its own."""

from pathlib import Path

import numpy as np
import pytest

from inspector.bench.runtime import offered
from inspector.bench.runtime_process import RuntimeProcess


def test_model_gives_its_scores_for_one_picture_and_for_tiles(bundle: Path, tmp_path: Path) -> None:
    tensors = [np.full((n, 32, 48, 3), 51 * n, dtype=np.uint8) for n in (1, 3, 2)]
    with RuntimeProcess("openvino", offered()["openvino"].value, timeout_s=60.0) as process:
        size_bytes, version = process.open(bundle, tmp_path, 1)
        assert process.scores(tensors) == pytest.approx([0.2, 0.6, 0.4])
    assert size_bytes == (bundle / "model.onnx").stat().st_size
    assert version.startswith("20")
