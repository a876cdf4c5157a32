"""A judge is handed out only when it judges here as it was proven to."""

from pathlib import Path

import pytest

from inspector.assembly import build_judge, canary_frame, shipped_bundle
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import BundleError, CorruptFrame, RecipeError
from inspector.recipe import DEFAULT_RECIPE, Recipe
from tests.support.bundles import CANARY_TOLERANCE, write_bundle


def test_canary_that_scores_otherwise_is_refused(tmp_path: Path) -> None:
    off = write_bundle(tmp_path / "off", canary_score_offset=2 * CANARY_TOLERANCE)
    with pytest.raises(BundleError, match="does not judge here as it was proven to"):
        build_judge(open_bundle(off), DEFAULT_RECIPE, SystemClock())


def test_canary_within_its_tolerance_is_taken(tmp_path: Path) -> None:
    near = write_bundle(tmp_path / "near", canary_score_offset=0.5 * CANARY_TOLERANCE)
    judge = build_judge(open_bundle(near), DEFAULT_RECIPE, SystemClock())
    assert judge.threshold == 0.5


def test_recipe_threshold_is_in_force_where_there_is_one(tmp_path: Path) -> None:
    bundle = open_bundle(write_bundle(tmp_path / "b"))
    judge = build_judge(bundle, Recipe(name="strict", threshold=0.125), SystemClock())
    assert judge.threshold == 0.125


def test_recipe_that_tolerates_a_defect_the_model_cannot_name_is_refused(tmp_path: Path) -> None:
    bundle = open_bundle(write_bundle(tmp_path / "b"))
    recipe = Recipe(name="r", tolerated_area_px2=(("scratch", 9.0),))
    with pytest.raises(RecipeError, match="'scratch'; this bundle tells no kinds of defects apart"):
        build_judge(bundle, recipe, SystemClock())


def test_identity_names_everything_that_judges(tmp_path: Path) -> None:
    bundle = open_bundle(write_bundle(tmp_path / "b"))
    identity = build_judge(bundle, DEFAULT_RECIPE, SystemClock()).identity
    assert identity["bundle_id"] == bundle.manifest.bundle_id
    assert set(identity) == {
        "bundle_id", "bundle_name", "recipe_id", "recipe_name", "inspector", "onnxruntime",
        "opencv",
    }  # fmt: skip


def test_canary_that_is_no_picture_is_refused() -> None:
    with pytest.raises(CorruptFrame):
        canary_frame(b"no picture")


def test_shipped_bundle_is_whole_and_scores_as_validated() -> None:
    judge = build_judge(open_bundle(shipped_bundle()), DEFAULT_RECIPE, SystemClock())
    assert judge.bundle.manifest.name == "demo part"
