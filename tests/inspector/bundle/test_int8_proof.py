"""The gate: decided by figures alone."""

import json
from dataclasses import replace

import pytest

from inspector.bundle.int8_proof import Int8Proof, WrongVerdicts, parse_int8_proof
from inspector.errors import BundleError
from inspector.files.tables import Table, canonical_json
from tests.support.bundles import passing_int8_proof

PASSING = passing_int8_proof(b"model")
WRONG = WrongVerdicts(
    n_defects=100, n_good=200, float_passed=5, int8_passed=5, float_rejected=3, int8_rejected=3
)


def read(proof: Int8Proof, **changes: object) -> Int8Proof:
    values = json.loads(canonical_json(proof.as_table())) | changes
    return parse_int8_proof(Table(values, "report", BundleError))


@pytest.mark.parametrize(
    ("changes", "shortcomings"),
    [
        ({}, ()),
        ({"speed_ratio": 1.3}, ()),
        (
            {"speed_ratio": 1.29},
            ("speed: 1.29 times the float model's on a processor; at least 1.3 is asked for",),
        ),
        ({"size_share": 0.35}, ()),
        ({"size_share": 0.351}, ("size: 35.1% of the float model's; at most 35% is allowed",)),
        (
            {"float_metric": 0.95, "int8_metric": 0.946},
            ("loss: auroc 0.9460 instead of 0.9500, 0.40 points less; at most 0.3 is allowed",),
        ),
        ({"int8_metric": 1.0}, ()),
        ({"wrong": replace(WRONG, int8_passed=6, int8_rejected=7)}, ()),
        (
            {"wrong": replace(WRONG, int8_passed=7)},
            ("escapes: 7 of 100 defects pass instead of 5; at most 1% of them may be more",),
        ),
        (
            {"wrong": replace(WRONG, int8_rejected=12)},
            (
                (
                    "overkill: 12 of 200 good pictures are rejected instead of 3; at most 2% of "
                    "them may be more"
                ),
            ),
        ),
        ({"wrong": None}, ()),
        ({"n_flips": 20}, ()),
        ({"n_images": 0}, ("no picture was compared",)),
    ],
)
def test_gate_says_which_condition_failed(
    changes: dict[str, object], shortcomings: tuple[str, ...]
) -> None:
    assert replace(PASSING, **changes).shortcomings() == shortcomings  # type: ignore[arg-type]


def test_figure_that_is_no_number_passes_nothing() -> None:
    nan = float("nan")
    failed = replace(PASSING, speed_ratio=nan, size_share=nan, int8_metric=nan).shortcomings()
    assert [text.split(":")[0] for text in failed] == ["speed", "size", "loss"]


def test_section_reads_back_as_an_equal_value() -> None:
    assert read(PASSING) == PASSING
    assert read(replace(PASSING, wrong=None)).wrong is None


def test_word_of_the_report_itself_counts_for_nothing() -> None:
    failing = replace(PASSING, wrong=replace(WRONG, int8_passed=50))
    assert read(failing, passed=True).shortcomings() == failing.shortcomings()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"calibration": "guessed"}, "calibration is 'guessed'"),
        ({"int8_metric": 1.5}, "int8_metric 1.5 outside 0..1"),
        ({"speed_ratoi": 2.0}, "unknown key 'speed_ratoi'"),
    ],
)
def test_section_that_is_not_ours_is_refused(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(BundleError, match=fault):
        read(PASSING, **changes)
