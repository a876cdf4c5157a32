"""The process of an isolated model gives, in bytes, what the runtime gives."""

from dataclasses import asdict

import numpy as np
import pytest

from inspector.bundle import InputSpec
from inspector.inference.child import ModelSession
from inspector.inference.ort import OrtBackend
from tests.support.graphs import SPEC, full_of, manifest, model
from tests.support.picture_files import textured


def opening(spec: InputSpec = SPEC) -> dict[str, object]:
    return {
        "input": asdict(spec),
        "outputs": ["score", "heatmap"],
        "threads": 1,
        "has_spinning": False,
    }


def test_outputs_come_one_after_the_other() -> None:
    session = ModelSession()
    assert session.open(opening(), model()) == ({}, b"")
    pixels = textured(8, 12)[None]
    named = OrtBackend(manifest(), model()).run(pixels)
    words, raw = session.run({"shape": [1, 8, 12, 3]}, pixels.tobytes())
    assert words == {"shapes": {"score": (1,), "heatmap": (1, 8, 12)}}
    assert raw == named["score"].tobytes() + named["heatmap"].tobytes()


def test_graph_that_the_runtime_refuses_is_told() -> None:
    words, _ = ModelSession().open(opening(), b"no model")
    assert str(words["refused"]).startswith("the runtime refuses the model: ")


def test_run_that_fails_is_told_and_the_next_one_is_done() -> None:
    session = ModelSession()
    session.open(opening(), model())
    words, _ = session.run({"shape": [1, 9, 12, 3]}, bytes(9 * 12 * 3))
    assert str(words["refused"]).startswith("the runtime failed: ")
    white = np.asarray(full_of(255).tensor).tobytes()
    assert "shapes" in session.run({"shape": [1, 8, 12, 3]}, white)[0]


def test_run_before_a_model_is_a_fault_of_the_program() -> None:
    with pytest.raises(RuntimeError, match="no model is open"):
        ModelSession().run({"shape": [1, 8, 12, 3]}, bytes(288))
