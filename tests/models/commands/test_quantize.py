"""`inspector-models quantize` at the command line."""

from pathlib import Path

import pytest

from inspector.bundle import int8_proof
from models import quantize as module
from models.__main__ import main
from tests.models.conftest import TrainedBundle


def test_people_read_what_became_of_it(
    trained: TrainedBundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(int8_proof, "MAX_SIZE_SHARE", 0.1)
    monkeypatch.setattr(module, "CALIBRATIONS", ("minmax",))
    monkeypatch.setattr(module, "FLOAT_CONVOLUTIONS", (6,))
    out = tmp_path / "out"
    assert (
        main(["quantize", str(trained.bundle), "--data", str(trained.data), "--out", str(out)]) == 0
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("INT8       minmax, the first 6 convolutions float, weights of ")
    assert any(line.startswith("not kept   size: ") for line in lines)
    assert lines[-1] == "kept       float only"
