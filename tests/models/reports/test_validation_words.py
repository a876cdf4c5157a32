"""What `validate` prints names what differs, and says in the end whether the proof holds."""

from dataclasses import replace

import pytest

from models.comparing.model_results import Change
from models.comparing.validation import Validation
from models.reports.validation_words import validation_lines
from models.validate import validate
from tests.models.conftest import TrainedBundle


@pytest.fixture(scope="module")
def validation(trained: TrainedBundle) -> Validation:
    return validate(trained.bundle, trained.data, trained.weights_cache)


def test_sides_and_the_line_are_told_and_the_proof_last(validation: Validation) -> None:
    lines = list(validation_lines(validation))
    assert "tensorflow AUROC 1.0000" in lines
    assert "float      0 decisions differ from TensorFlow's" in lines
    assert lines[-2:] == [
        "line       float: judges alike, from the files on the disk",
        "proof      holds",
    ]


def test_pictures_that_a_variant_judges_otherwise_are_named(validation: Validation) -> None:
    change = Change(
        picture="a.png",
        label="dent",
        was="FAIL defect",
        became="PASS good",
        score_was=1.5,
        score_became=0.5,
    )
    variant = validation.variants[0]
    comparison = replace(variant.comparison, changes=(change,) * 12, n_flips=12)
    changed = replace(validation, variants=(replace(variant, comparison=comparison),))
    lines = list(validation_lines(changed))
    assert lines.count("           a.png (dent): FAIL defect 1.5 -> PASS good 0.5") == 10
    assert "           and 2 more; --json names them all" in lines
    assert lines[-1].startswith(
        "proof      float, 1 thread, batch 8, optimised: 12 verdicts differ"
    )
