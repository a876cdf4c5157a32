"""The line's own runtime is measured as the line runs it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.bench.ort_runtimes import lacks_int8, open_float, open_int8
from inspector.bench.runtime import Subject
from inspector.bundle import Bundle, open_bundle
from inspector.errors import BundleError
from inspector.inference.ort import runtime_version
from tests.support.bundles import brightness_model

PIXELS = np.full((2, 32, 48, 3), 51, dtype=np.uint8)


@pytest.fixture
def opened(bundle: Path) -> Bundle:
    return open_bundle(bundle)


def subject(opened: Bundle) -> Subject:
    return Subject(bundle_path=Path(), bundle=opened, folder=Path(), threads=1)


def test_float_model_gives_every_output(opened: Bundle) -> None:
    runtime = open_float(subject(opened))
    outputs = runtime.run(PIXELS)
    assert outputs["score"] == pytest.approx([0.2, 0.2], abs=1e-5)
    assert outputs["heatmap"].shape == (2, 32, 48)
    assert runtime.size_bytes == len(opened.model)
    assert runtime.version == runtime_version()


def test_int8_model_is_run_where_the_bundle_has_one(opened: Bundle) -> None:
    quantized = replace(opened, int8_model=brightness_model())
    assert lacks_int8(Path(), quantized) is None
    assert open_int8(subject(quantized)).run(PIXELS)["score"] == pytest.approx([0.2, 0.2], abs=1e-5)


def test_bundle_without_an_int8_model_says_how_to_make_one(opened: Bundle) -> None:
    assert lacks_int8(Path(), opened) == (
        "the bundle has no model.int8.onnx; make one with `inspector-models quantize`"
    )
    with pytest.raises(BundleError, match="has no INT8 model"):
        open_int8(subject(opened))
