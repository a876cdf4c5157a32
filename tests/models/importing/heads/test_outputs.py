"""Outputs are told apart by name, shape and values; what cannot be told is listed, not guessed."""

from dataclasses import replace

import numpy as np
import pytest

from inspector.errors import ConfigurationError, UsageError
from models.importing.heads.anomaly_head import AnomalyHead
from models.importing.heads.classify_head import ClassifyHead
from models.importing.heads.outputs import plan_head
from models.importing.heads.segment_head import SegmentHead
from models.importing.source_model import ModelOutput

SIZE_PX = (64, 96)
NOISE = np.random.Generator(np.random.PCG64(0))


def output(name: str, *shape: int, ends_in: str = "", is_shares: bool = False) -> ModelOutput:
    example = NOISE.standard_normal((2, *shape)).astype(np.float32)
    if is_shares:
        example = np.abs(example) / np.abs(example).sum(axis=1, keepdims=True)
    return ModelOutput(name=name, example=example, ends_in=ends_in)


SCORE, MAP = output("pred_score"), output("anomaly_map", 1, 64, 96)
CLASSES, SHARES = output("out", 3), output("out", 3, is_shares=True)
NAMES = ("good", "dent", "rust")


def test_outputs_of_the_usual_names_are_found_among_others() -> None:
    found = [output("limit", 1), MAP, SCORE, output("other_map", 16, 24)]
    head = plan_head("anomaly", found, {}, (), SIZE_PX)
    assert head == AnomalyHead(
        score="pred_score", heatmap="anomaly_map", map_px=SIZE_PX, size_px=SIZE_PX
    )


def test_named_outputs_are_the_only_ones_used() -> None:
    head = plan_head("anomaly", [MAP, SCORE], {"score": "pred_score"}, (), SIZE_PX)
    assert head.sources == ("pred_score",)


@pytest.mark.parametrize(
    ("classes", "is_logits"),
    [(CLASSES, True), (SHARES, False)],
)
def test_probabilities_are_told_from_logits_by_their_sum(
    classes: ModelOutput, is_logits: bool
) -> None:
    head = plan_head("classify", [classes], {}, NAMES, SIZE_PX)
    assert isinstance(head, ClassifyHead)
    assert head.is_logits is is_logits


@pytest.mark.parametrize(
    ("maps", "is_first", "map_px"),
    [(output("m", 3, 16, 24), True, (16, 24)), (output("m", 32, 48, 3), False, (32, 48))],
)
def test_axis_of_the_classes_is_found_in_a_segmentation(
    maps: ModelOutput, is_first: bool, map_px: tuple[int, int]
) -> None:
    head = plan_head("segment", [maps], {}, NAMES, SIZE_PX)
    assert isinstance(head, SegmentHead)
    assert (head.is_channels_first, head.map_px, head.n_channels) == (is_first, map_px, 3)


@pytest.mark.parametrize(
    ("task", "found", "labels", "message"),
    [
        ("anomaly", [SCORE], NAMES, "--labels: the task anomaly tells good and defect apart"),
        (
            "anomaly",
            [output("a"), output("b", 1)],
            (),
            r"--output score=NAME; its outputs: a \[N\]; b \[N, 1\]$",
        ),
        ("anomaly", [output("out", 84, 8400)], (), r"out \[N, 84, 8400\] looks like the boxes"),
        ("anomaly", [output("out", 24, 16)], (), "no output of the model is a score or a heat map"),
        ("classify", [CLASSES], (), r"needs --labels.* its outputs: out \[N, 3\]"),
        ("classify", [CLASSES], ("a", "a", "b"), "each of them once"),
        ("classify", [CLASSES], ("a", "b"), r"is \[N, 2\], one column for each of --labels; its"),
        ("classify", [CLASSES, output("p", 3)], NAMES, "--output probabilities=NAME or --output"),
        ("classify", [output("p", 3, ends_in="Sigmoid")], NAMES, "export the model with softmax"),
        ("classify", [output("p", 1)], ("a", "b"), "say --output probabilities=p or --output"),
        ("segment", [output("m", 3, 16, 24)], ("dent", "rust", "hole"), "call it 'good'"),
        ("segment", [output("m", 3, 60, 90)], NAMES, "does not divide its input of 96 x 64 px"),
        ("segment", [output("m", 3, 64, 3)], NAMES, "which axis of m .* cannot be told"),
        ("segment", [CLASSES], NAMES, r"no output of the model is \[N, 3, rows, columns\]"),
    ],
)
def test_outputs_that_do_not_fit_say_what_there_is(
    task: str, found: list[ModelOutput], labels: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        plan_head(task, found, {}, labels, SIZE_PX)


@pytest.mark.parametrize(
    ("task", "found", "named", "message"),
    [
        ("anomaly", SCORE, {"logits": "pred_score"}, "the task anomaly takes score or heatmap"),
        ("anomaly", SCORE, {"score": "pred_scor"}, "no such output; its outputs: pred_score"),
        (
            "anomaly",
            MAP,
            {"score": "anomaly_map"},
            r"it is anomaly_map \[N, 1, 64, 96\], not \[N\]",
        ),
        ("classify", CLASSES, {"probabilities": "out"}, r"its values are not all within 0\.\.1"),
        ("classify", MAP, {"logits": "anomaly_map"}, "not .N, 3., one column"),
        ("classify", SHARES, {"logits": "out", "probabilities": "out"}, "not both"),
    ],
)
def test_named_output_that_cannot_be_that_is_refused(
    task: str, found: ModelOutput, named: dict[str, str], message: str
) -> None:
    labels = () if task == "anomaly" else NAMES
    with pytest.raises(UsageError, match=message):
        plan_head(task, [found], named, labels, SIZE_PX)


def in_8_bits(output: ModelOutput, **changes: object) -> ModelOutput:
    """The output as a network in 8 bits gives it: its sums are 0.992 to 1.004."""
    example = np.round(output.example * 256) / 256
    return replace(output, example=example.astype(np.float32), **changes)  # type: ignore[arg-type]


def test_softmax_that_the_graph_shows_is_not_put_there_twice() -> None:
    for classes in (SHARES, in_8_bits(SHARES)):
        head = plan_head("classify", [replace(classes, ends_in="Softmax")], {}, NAMES, SIZE_PX)
        assert isinstance(head, ClassifyHead)
        assert not head.is_logits


def test_softmax_over_another_axis_makes_no_probabilities() -> None:
    head = plan_head("classify", [replace(CLASSES, ends_in="Softmax")], {}, NAMES, SIZE_PX)
    assert isinstance(head, ClassifyHead)
    assert head.is_logits


def test_shares_in_8_bits_are_asked_about_where_the_graph_shows_nothing() -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be told: they sum to 1 within 0\.0"):
        plan_head("classify", [in_8_bits(SHARES)], {}, NAMES, SIZE_PX)


@pytest.mark.parametrize("role", ["logits", "probabilities"])
def test_role_that_a_person_names_is_believed(role: str) -> None:
    for classes in (SHARES, in_8_bits(SHARES), replace(SHARES, ends_in="Softmax")):
        head = plan_head("classify", [classes], {role: "out"}, NAMES, SIZE_PX)
        assert isinstance(head, ClassifyHead)
        assert head.is_logits is (role == "logits")


def test_single_probability_is_checked_to_be_one() -> None:
    names = ("good", "bad")
    head = plan_head("classify", [output("p", 1)], {"logits": "p"}, names, SIZE_PX)
    assert isinstance(head, ClassifyHead)
    assert head.is_logits
    wild = ModelOutput(name="p", example=np.full((2, 1), 2.0, np.float32), ends_in="Sigmoid")
    with pytest.raises(UsageError, match=r"not all within 0\.\.1"):
        plan_head("classify", [wild], {"probabilities": "p"}, names, SIZE_PX)


@pytest.mark.parametrize("shape", [(3, 1, 1), (1, 3)])
def test_axes_of_length_one_beside_the_classes_do_not_matter(shape: tuple[int, ...]) -> None:
    classes = replace(SHARES, example=SHARES.example.reshape(2, *shape))
    head = plan_head("classify", [classes], {}, NAMES, SIZE_PX)
    assert isinstance(head, ClassifyHead)
    assert (head.n_columns, head.is_logits) == (3, False)


def test_of_logits_and_probabilities_the_latter_are_taken() -> None:
    found = [CLASSES, replace(SHARES, name="p", ends_in="Softmax")]
    assert plan_head("classify", found, {}, NAMES, SIZE_PX).sources == ("p",)
