"""The workshop's runtimes, in processes of their own, give what the line gives."""

import json

import pytest

from inspector.__main__ import main
from tests.models.conftest import TrainedBundle


def test_tensorflow_and_tflite_give_the_scores_of_the_line(
    trained: TrainedBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    names = "tensorflow,tensorflow-predict,tflite"
    images = str(trained.data.parent / "good-*.png")
    arguments = ["bench", str(trained.bundle), "--images", images, "--runtimes", names]
    assert main([*arguments, "--rounds", "1", "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert list(table["runtimes"]) == ["onnxruntime", *names.split(",")]
    for figures in table["runtimes"].values():
        assert figures["error"] is None
        assert figures["score_max_relative"] < 1e-4
        assert figures["size_mb"] > 2.0
    assert list(table["ratios"]) == [f"{name}/onnxruntime" for name in names.split(",")]
