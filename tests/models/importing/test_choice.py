"""The scores of held-out pictures choose a threshold, and give away a model that was misread."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.errors import ConfigurationError
from models.dataset.sample import Sample
from models.importing.choice import Choice, choose
from models.measures.threshold import Targets

LABELS = ("good", "dent", "rust")
TRUTH = ["good"] * 6 + ["dent"] * 3 + ["rust"] * 3
SCORES = np.array([0.1, 0.2, 0.1, 0.3, 0.2, 0.4, *[0.8] * 6], np.float32)


def chosen_by(*, has_own_map: bool = False, **judged: NDArray[np.float32]) -> Choice:
    samples = [
        Sample(name=str(at), image=Path(), label=label, masks=(), split="val", part=str(at))
        for at, label in enumerate(TRUTH)
    ]
    return choose(judged, samples, LABELS, Targets(), has_own_map=has_own_map)


def naming(names: list[str]) -> NDArray[np.float32]:
    shares = np.full((len(names), len(LABELS)), 0.1, np.float32)
    shares[np.arange(len(names)), [LABELS.index(name) for name in names]] = 0.8
    return shares


def test_threshold_lies_at_the_good_parts_and_the_tolerance_is_a_share_of_their_range() -> None:
    choice = chosen_by(score=SCORES)
    assert choice.chosen.threshold.value == pytest.approx(0.4)
    assert choice.chosen.threshold.region_level is None
    assert choice.figures == {"held_out_auroc": 1.0}
    assert choice.canary_tolerance == pytest.approx(0.02 * 0.3)


def test_good_parts_that_all_score_the_same_leave_room_for_rounding() -> None:
    choice = chosen_by(score=np.where(SCORES > 0.5, SCORES, 0).astype(np.float32))
    assert choice.canary_tolerance == pytest.approx(1e-4 * 0.8)


def test_heat_map_of_its_own_has_a_level_of_its_own() -> None:
    heatmap = 5 * np.tile(SCORES[:, np.newaxis, np.newaxis], (1, 2, 2))
    choice = chosen_by(score=SCORES, heatmap=heatmap, has_own_map=True)
    assert choice.chosen.threshold.region_level == pytest.approx(2.0)


def test_accuracy_is_kept_and_said_for_a_model_of_classes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    names = [*TRUTH[:-1], "dent"]
    choice = chosen_by(score=SCORES, probabilities=naming(names))
    assert choice.figures["held_out_accuracy"] == pytest.approx(11 / 12)
    assert "on 12 held-out pictures: auroc 1.000, accuracy 0.917; if it did better" in caplog.text


def test_defects_named_worse_than_by_chance_are_a_wrong_order_of_labels() -> None:
    swapped = {"good": "good", "dent": "rust", "rust": "dent"}
    with pytest.raises(ConfigurationError, match="names 0 of 6 held-out defects rightly"):
        chosen_by(score=SCORES, probabilities=naming([swapped[name] for name in TRUTH]))


def test_scores_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="not finite: are --labels, --color"):
        chosen_by(score=np.full_like(SCORES, np.nan))
