"""A judge is handed out only when it judges here as it was proven to."""

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.assembly import (
    ReadyInspection,
    build_inspection,
    build_tuned_inspection,
    canary_frame,
    criteria_of,
    shipped_bundle,
)
from inspector.bundle import QualityLimits, open_bundle
from inspector.clock import SystemClock
from inspector.errors import BundleError, CorruptFrame, RecipeError
from inspector.machine.choices import Choice, remember, user_folder
from inspector.machine.processor import processor_name
from inspector.recipe import DEFAULT_RECIPE, QualityChanges, Recipe
from tests.support.bundles import CANARY_TOLERANCE, brightness_model, draft_manifest, write_bundle


def test_canary_that_scores_otherwise_is_refused(tmp_path: Path) -> None:
    off = write_bundle(tmp_path / "off", canary_score_offset=2 * CANARY_TOLERANCE)
    with pytest.raises(BundleError, match="does not judge here as it was proven to"):
        build_inspection(open_bundle(off), DEFAULT_RECIPE, SystemClock())


def test_canary_within_its_tolerance_is_taken(tmp_path: Path) -> None:
    near = write_bundle(tmp_path / "near", canary_score_offset=0.5 * CANARY_TOLERANCE)
    ready = build_inspection(open_bundle(near), DEFAULT_RECIPE, SystemClock())
    assert ready.threshold == 0.5


def test_recipe_threshold_is_in_force_where_there_is_one(tmp_path: Path) -> None:
    bundle = open_bundle(write_bundle(tmp_path / "b"))
    ready = build_inspection(bundle, Recipe(name="strict", threshold=0.125), SystemClock())
    assert ready.threshold == 0.125


def test_recipe_that_tolerates_a_defect_the_model_cannot_name_is_refused(tmp_path: Path) -> None:
    bundle = open_bundle(write_bundle(tmp_path / "b"))
    recipe = Recipe(name="r", tolerated_area_px2=(("scratch", 9.0),))
    with pytest.raises(RecipeError, match="'scratch'; this bundle tells no kinds of defects apart"):
        build_inspection(bundle, recipe, SystemClock())


@pytest.mark.parametrize("threshold", [0.0, 1.0, 1.1, -0.5])
def test_limit_that_no_chance_can_reach_or_miss_is_refused(threshold: float) -> None:
    manifest = draft_manifest(threshold=0.4)
    chances = replace(manifest, threshold=replace(manifest.threshold, scale="chance"))
    recipe = Recipe(name="set for distances", threshold=threshold)
    with pytest.raises(RecipeError, match="decides nothing: the scores of this bundle"):
        criteria_of(recipe, chances)
    assert criteria_of(recipe, manifest).threshold == threshold
    assert criteria_of(Recipe(name="r", threshold=0.6), chances).threshold == 0.6


def test_identity_names_everything_that_judges(tmp_path: Path) -> None:
    bundle = open_bundle(write_bundle(tmp_path / "b"))
    identity = build_inspection(bundle, DEFAULT_RECIPE, SystemClock()).identity
    assert identity["bundle_id"] == bundle.manifest.bundle_id
    assert set(identity) == {
        "bundle_id", "bundle_name", "model", "recipe_id", "recipe_name", "inspector",
        "onnxruntime", "opencv", "numpy", "python", "processor", "threads",
    }  # fmt: skip


def score_of(ready: ReadyInspection) -> float:
    inspected = ready.inspection.inspect(canary_frame(ready.bundle.canary_png))
    assert inspected.prediction is not None
    return inspected.prediction.score


def test_model_that_is_asked_for_judges_and_is_named(tmp_path: Path) -> None:
    twin = brightness_model(white=510.0)
    bundle = open_bundle(write_bundle(tmp_path / "b", int8_model=twin))
    judges = [
        build_inspection(bundle, DEFAULT_RECIPE, SystemClock(), model=model)
        for model in ("float", "int8")
    ]
    assert [ready.identity["model"] for ready in judges] == ["float", "int8"]
    assert score_of(judges[0]) == pytest.approx(2 * score_of(judges[1]), rel=1e-6)


def test_int8_canary_that_scores_otherwise_here_is_refused(tmp_path: Path) -> None:
    twin = brightness_model(white=256.0)
    bundle = open_bundle(write_bundle(tmp_path / "b", int8_model=twin, int8_canary_offset=0.1))
    build_inspection(bundle, DEFAULT_RECIPE, SystemClock())
    with pytest.raises(BundleError, match="does not judge here as it was proven to"):
        build_inspection(bundle, DEFAULT_RECIPE, SystemClock(), model="int8")


def test_int8_of_a_bundle_without_it_is_refused(tmp_path: Path) -> None:
    bundle = open_bundle(write_bundle(tmp_path / "b"))
    with pytest.raises(BundleError, match="bundle 'brightness' has no INT8 model"):
        build_inspection(bundle, DEFAULT_RECIPE, SystemClock(), model="int8")


def test_tuned_judge_runs_what_was_chosen_for_this_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    twin = brightness_model(white=256.0)
    bundle = open_bundle(write_bundle(tmp_path / "b", int8_model=twin))
    bundle_id, chosen = bundle.manifest.bundle_id, Choice(model="int8", threads=2)

    def model() -> str:
        return build_tuned_inspection(bundle, DEFAULT_RECIPE, SystemClock()).identity["model"]

    assert model() == "float"
    remember(chosen, bundle_id, "another processor", user_folder())
    assert model() == "float"
    remember(chosen, bundle_id, processor_name(), user_folder())
    assert model() == "int8"


def test_canary_that_is_no_picture_is_refused() -> None:
    with pytest.raises(CorruptFrame):
        canary_frame(b"no picture")


def test_shipped_bundle_is_whole_and_scores_as_validated() -> None:
    ready = build_inspection(open_bundle(shipped_bundle()), DEFAULT_RECIPE, SystemClock())
    assert ready.bundle.manifest.name == "demo part"


LEARNT = QualityLimits(
    brightness_low=20.0, brightness_high=230.0, sharpness_low=0.1, size_px=(60, 80), channels=3
)


@pytest.mark.parametrize(
    ("own", "changes", "in_force"),
    [
        (None, None, None),
        (LEARNT, None, LEARNT),
        (LEARNT, QualityChanges(sharpness_low=0.5), replace(LEARNT, sharpness_low=0.5)),
        (
            LEARNT,
            QualityChanges(has_any_form=True, brightness_low=0.0),
            replace(LEARNT, brightness_low=0.0, size_px=None, channels=None),
        ),
        (None, QualityChanges(brightness_low=9.0), QualityLimits(brightness_low=9.0)),
    ],
)
def test_limits_of_the_recipe_take_the_place_of_the_bundles(
    own: QualityLimits | None, changes: QualityChanges | None, in_force: QualityLimits | None
) -> None:
    manifest = replace(draft_manifest(), quality=own)
    assert criteria_of(Recipe(name="r", quality=changes), manifest).quality == in_force


def test_canary_is_judged_whatever_the_limits_for_the_camera_are(tmp_path: Path) -> None:
    bundle = open_bundle(write_bundle(tmp_path / "b"))
    recipe = Recipe(name="r", quality=QualityChanges(brightness_low=254.0))
    ready = build_inspection(bundle, recipe, SystemClock())
    shown = ready.inspection.inspect(canary_frame(bundle.canary_png))
    assert shown.verdict.reasons[0].rule == "TooDark"
