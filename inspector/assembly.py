"""Builds an inspection from files: the one list of concrete classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from inspector import __version__
from inspector.bundle import Bundle, Manifest
from inspector.capture.image_file import decode_picture
from inspector.clock import Clock
from inspector.errors import BundleError, InspectorError, RecipeError
from inspector.flow import Frame
from inspector.inference.ort import OrtBackend, runtime_version
from inspector.opencv import OPENCV_VERSION
from inspector.pipeline.inspection import Inspection
from inspector.recipe import Recipe
from inspector.verdict import Criteria


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """An inspection that has proved itself, and what it is made of.

    Attributes:
        identity: Versions and hashes of everything that judges, for every report.
    """

    inspection: Inspection
    bundle: Bundle
    recipe: Recipe
    identity: Mapping[str, str]

    @property
    def threshold(self) -> float:
        """What is in force: the recipe's, else the bundle's."""
        return self.inspection.criteria.threshold


def shipped_bundle() -> Path:
    """The bundle that comes with the product: taught on parts that `capture.synthetic` draws."""
    return Path(__file__).with_name("demo_part.bundle")


def build_judge(bundle: Bundle, recipe: Recipe, clock: Clock, *, threads: int = 1) -> Judge:
    """Load the model, judge the canary, and hand out an inspection that may be trusted.

    Args:
        threads: Threads inside one run of the network.

    Raises:
        BundleError: The runtime refuses the model, or the canary's score is off.
        RecipeError: The recipe speaks of kinds of defects that the model does not tell apart.
    """
    manifest = bundle.manifest
    criteria = _criteria(recipe, manifest)
    backend = OrtBackend(manifest, bundle.model, threads=threads)
    inspection = Inspection(
        spec=manifest.input,
        backend=backend,
        criteria=criteria,
        clock=clock,
    )
    _check_canary(bundle, inspection)
    return Judge(
        inspection=inspection,
        bundle=bundle,
        recipe=recipe,
        identity={
            "bundle_id": manifest.bundle_id,
            "bundle_name": f"{manifest.name} {manifest.version}",
            "recipe_id": recipe.recipe_id,
            "recipe_name": recipe.name,
            "inspector": __version__,
            "onnxruntime": runtime_version(),
            "opencv": OPENCV_VERSION,
        },
    )


def canary_frame(canary_png: bytes) -> Frame:
    """The bundle's canary picture as a frame.

    Raises:
        CorruptFrame: It is no whole picture.
    """
    return Frame(
        frame_id=0,
        source_id="canary",
        captured_ns=0,
        captured_at=datetime.fromtimestamp(0, UTC),
        pixels=decode_picture(canary_png, "canary.png"),
    )


def _criteria(recipe: Recipe, manifest: Manifest) -> Criteria:
    for label, _ in recipe.tolerated_area_px2:
        known = manifest.labels[1:] if "class_map" in manifest.outputs else ()
        if label not in known:
            raise RecipeError(
                f"recipe {recipe.name!r}: tolerated_area_px2 names {label!r}; this bundle tells "
                + (f"{', '.join(known)} apart" if known else "no kinds of defects apart")
            )
    own = manifest.threshold
    threshold = own.value if recipe.threshold is None else recipe.threshold
    return Criteria(
        recipe=recipe,
        threshold=threshold,
        region_level=threshold if own.region_level is None else own.region_level,
        labels=manifest.labels,
    )


def _check_canary(bundle: Bundle, inspection: Inspection) -> None:
    canary = bundle.manifest.canary
    try:
        inspected = inspection.inspect(canary_frame(bundle.canary_png))
    except InspectorError as error:
        raise BundleError(f"the canary picture cannot be judged: {error}") from error
    if inspected.prediction is None:
        reasons = "; ".join(reason.text() for reason in inspected.verdict.reasons)
        raise BundleError(f"the canary picture cannot be judged: {reasons}")
    score = inspected.prediction.score
    if not abs(score - canary.score) <= canary.tolerance:
        raise BundleError(
            f"the canary picture scores {score:.6g} on this machine; the validated model gave "
            f"{canary.score:.6g} (allowed: {canary.tolerance:g} apart). This model does not judge "
            "here as it was proven to; validate it on this kind of machine"
        )
