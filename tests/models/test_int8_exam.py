"""The exam: real defects where there are any, painted ones where not; figures of both models."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import DataError
from inspector.store.images import write_png
from models.dataset.sample import Sample
from models.int8_exam import Exam, distance, figure_of, set_exam, sit
from models.sides import compare_sides
from tests.support.bundles import INPUT, brightness_model, draft_manifest


def samples(folder: Path, labels_by_level: dict[int, str]) -> list[Sample]:
    """Pictures of one level each, textured a little, so that paint can be seen."""
    rng = np.random.Generator(np.random.PCG64(0))
    made = []
    for level, label in labels_by_level.items():
        path = folder / f"{level}.png"
        noise = rng.integers(-3, 4, (32, 48))
        write_png(path, np.clip(level + noise, 0, 255).astype(np.uint8))
        made.append(
            Sample(name=path.name, image=path, label=label, masks=(), split="val", part=path.name)
        )
    return made


def labels(exam: Exam) -> list[str]:
    return [one.label for one in exam.samples]


@pytest.fixture
def exam(tmp_path: Path) -> Exam:
    """Good parts are dark, defects bright; one good part is brighter than one defect."""
    return set_exam(
        INPUT, samples(tmp_path, {40: "good", 160: "good", 150: "dent", 230: "dent"}), has_good=True
    )


def test_real_defects_need_no_painted_ones(exam: Exam) -> None:
    assert labels(exam) == ["good", "good", "dent", "dent"]
    assert exam.n_painted == 0
    assert len(set(exam.sha256s)) == 4


def test_each_good_part_is_spoiled_where_there_is_no_defect(tmp_path: Path) -> None:
    exam = set_exam(INPUT, samples(tmp_path, {90: "good", 120: "good"}), has_good=True)
    assert labels(exam) == ["good", "good", "painted", "painted"]
    assert exam.n_painted == 2
    assert exam.sha256s[:2] == exam.sha256s[2:]
    assert all(
        (good.tensor != bad.tensor).any()
        for good, bad in zip(exam.prepared[:2], exam.prepared[2:], strict=True)
    )
    again = set_exam(INPUT, samples(tmp_path, {90: "good", 120: "good"}), has_good=True)
    assert [one.tensor.tobytes() for one in again.prepared] == [
        one.tensor.tobytes() for one in exam.prepared
    ]


def test_classes_without_a_good_one_are_not_painted(tmp_path: Path) -> None:
    exam = set_exam(INPUT, samples(tmp_path, {90: "good", 120: "good"}), has_good=False)
    assert (len(exam.prepared), exam.n_painted) == (2, 0)


def test_half_of_an_exam_has_every_second_picture_painted_or_not(tmp_path: Path) -> None:
    exam = set_exam(INPUT, samples(tmp_path, {90: "good", 120: "good", 150: "good"}), has_good=True)
    half = exam.half()
    assert [one.name for one in half.samples] == ["90.png", "150.png", "120.png"]
    assert (labels(half), half.n_painted) == (["good", "good", "painted"], 1)
    assert half.prepared == exam.prepared[::2]


def test_figure_flips_and_escapes_are_those_of_the_verdicts(exam: Exam) -> None:
    """The twin sees all a quarter darker: 150 and 160 pass with it, of which one is a dent."""
    reference = sit("float", draft_manifest(), brightness_model(), exam)
    twin = sit("int8", draft_manifest(), brightness_model(white=340.0), exam)
    assert [one.decision.value for one in reference.verdicts] == ["PASS", "FAIL", "FAIL", "FAIL"]
    assert (figure_of(reference), figure_of(twin)) == (0.75, 0.75)
    comparison = compare_sides(reference, twin, exam.samples)
    assert (comparison.n_flips, comparison.n_new_escapes) == (2, 1)
    assert compare_sides(twin, reference, exam.samples).n_new_escapes == 0


def test_distance_is_the_mean_over_what_both_can_judge(exam: Exam) -> None:
    side = replace(sit("float", draft_manifest(), brightness_model(), exam), scores=(0.0, 0.5))
    assert distance(side, replace(side, scores=(0.25, 0.5))) == 0.125
    assert distance(side, replace(side, scores=(0.25, math.inf))) == 0.25
    assert distance(side, replace(side, scores=(math.inf, math.inf))) == 0.0


def test_picture_that_a_model_cannot_judge_is_an_error_and_the_worst(exam: Exam) -> None:
    side = sit("int8", draft_manifest(), brightness_model(white=0.0), exam)
    assert {one.decision.value for one in side.verdicts} == {"ERROR"}
    assert set(side.scores) == {math.inf}


def test_classes_are_measured_by_accuracy(exam: Exam) -> None:
    manifest = replace(draft_manifest(), task="classify", labels=("good", "dent"))
    side = sit("float", manifest, brightness_model(), exam)
    assert (side.figure_name, side.figure) == ("accuracy", 0.75)


def test_defects_alone_give_no_figure(tmp_path: Path) -> None:
    exam = set_exam(INPUT, samples(tmp_path, {90: "dent", 120: "dent"}), has_good=True)
    with pytest.raises(DataError, match="list good ones and defects"):
        figure_of(sit("float", draft_manifest(), brightness_model(), exam))
