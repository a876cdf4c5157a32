"""What a person says of a foreign model is checked before anything is read."""

import json
from pathlib import Path

import pytest

from inspector.bundle import open_bundle
from inspector.command_line import Parser
from inspector.errors import UsageError
from models.__main__ import main
from models.commands.import_model import add, request_from
from models.importing.pixels import Normalisation
from tests.models.conftest import TrainedBundle


def parser() -> Parser:
    made = Parser()
    add(made.add_subparsers(parser_class=Parser))
    return made


CALL = ["import", "net.onnx", "--task", "classify", "--data", "parts.csv", "--out", "net.bundle"]


def test_all_that_is_said_arrives(tmp_path: Path) -> None:
    names = tmp_path / "labels.txt"
    names.write_text("good\nrust\n")
    said = [*CALL, "--scale", "255", "--mean", "0.5", "--std", "0.1", "0.2", "0.3"]
    said += ["--size", "64x96", "--color", "bgr", "--layout", "NCHW", "--resize", "letterbox"]
    said += ["--output", "logits=out:0", "--labels", str(names), "--escape-at-most", "1%"]
    request = request_from(parser().parse_args(said))
    assert request.normalisation == Normalisation(scale=255, mean=(0.5,), std=(0.1, 0.2, 0.3))
    assert (request.size_px, request.color, request.layout) == ((64, 96), "bgr", "NCHW")
    assert (request.resize, request.outputs) == ("letterbox", {"logits": "out:0"})
    assert (request.labels, request.name) == (("good", "rust"), "net")
    assert request.targets.escape == 0.01


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--size", "64"], "not a size such as 224x320"),
        (["--size", "4x5000"], "of sides 8..4096 px"),
        (["--scale", "0"], "not above 0"),
        (["--mean", "nan"], "not a number"),
        (["--output", "boxes=x"], "write ROLE=NAME"),
        (["--output", "score="], "write ROLE=NAME"),
        (["--labels", "good,,rust"], "empty name"),
        (["--labels", "missing.txt"], "cannot be read"),
        (["--task", "detect"], "invalid choice"),
    ],
)
def test_option_that_makes_no_sense_ends_with_3(
    more: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([*CALL, *more])
    assert ended.value.code == 3
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--mean", "0.5"], "--mean and --std need --scale"),
        (["--output", "score=a", "--output", "score=b"], "give each role once"),
    ],
)
def test_options_that_contradict_each_other_are_refused(more: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        request_from(parser().parse_args([*CALL, *more]))


def test_import_of_what_is_no_model_ends_with_3_and_says_why(
    trained: TrainedBundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "x.bundle"
    model = str(trained.data)
    arguments = ["--task", "anomaly", "--data", str(trained.data), "--out", str(out)]
    assert main(["import", model, *arguments]) == 3
    assert "is of no kind that is read: give an .onnx" in capsys.readouterr().err
    assert not out.exists()


def test_import_prints_one_json_object(
    trained: TrainedBundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bundle's own graph is a model as good as any: it takes uint8 and gives score and map."""
    out = tmp_path / "again.bundle"
    arguments = ["--task", "anomaly", "--data", str(trained.data), "--out", str(out), "--json"]
    assert main(["import", str(trained.bundle / "model.onnx"), *arguments]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["bundle_id"] == open_bundle(out).manifest.bundle_id
    assert printed["validation"]["n_flips"] == 0
