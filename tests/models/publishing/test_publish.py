"""A draft becomes a bundle that opens, with its canary judged and its proof told."""

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.bundle import open_bundle
from inspector.store.images import encode_png
from models.publishing.publish import Draft, publish
from tests.support.bundles import (
    brightness_model,
    canary_pixels,
    draft_manifest,
    passing_int8_proof,
    passing_proof,
)


def draft() -> Draft:
    model = brightness_model()
    manifest = draft_manifest(canary_score=9.0)
    return Draft(
        manifest=replace(manifest, validation={"kept": 1, "n_images": 3}),
        model=model,
        canary_png=encode_png(canary_pixels()),
        proof=passing_proof(model),
        figures={"doubts": []},
        source=None,
    )


def test_canary_is_judged_and_the_proof_told_beside_what_was_said(tmp_path: Path) -> None:
    written = publish(draft(), tmp_path / "x.bundle")
    bundle = open_bundle(tmp_path / "x.bundle")
    assert bundle.manifest == written
    assert written.canary.score == pytest.approx(0.26, abs=0.1)
    assert written.canary.tolerance == draft().manifest.canary.tolerance
    assert dict(written.validation) == {
        "kept": 1,
        "n_images": 20,
        "n_flips": 0,
        "score_max_relative": draft().proof.relative("score"),
        "doubts": [],
    }
    assert written.int8_canary is None
    assert bundle.int8_model is None


def test_int8_model_has_its_own_canary(tmp_path: Path) -> None:
    twin = brightness_model(white=256.0)
    proof = replace(draft().proof, int8=passing_int8_proof(twin))
    written = publish(replace(draft(), int8_model=twin, proof=proof), tmp_path / "x.bundle")
    assert open_bundle(tmp_path / "x.bundle").int8_model == twin
    assert written.int8_canary is not None
    assert written.int8_canary.score == pytest.approx(written.canary.score * 255 / 256)
