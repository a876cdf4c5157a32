"""Builds an inspection from files: the one list of concrete classes."""

import math
import platform
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from inspector import __version__
from inspector.bundle import Bundle, Canary, Manifest, QualityLimits
from inspector.capture.files.image_file import decode_picture
from inspector.clock import Clock
from inspector.errors import BundleError, InspectorError, RecipeError
from inspector.flow import Frame
from inspector.inference.backend import InferenceBackend
from inspector.inference.isolated import IsolatedBackend
from inspector.inference.ort import OrtBackend, runtime_version
from inspector.machine.choices import STANDARD_CHOICE, ModelKind, remembered, user_folder
from inspector.machine.processor import processor_name
from inspector.opencv import OPENCV_VERSION
from inspector.pipeline.inspection import Inspection
from inspector.recipe import QualityChanges, Recipe
from inspector.verdict import Criteria


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyInspection:
    """An inspection that has proved itself, and what it is made of.

    Attributes:
        identity: Versions and hashes of everything that judges, for every report.
        close: Ends the process of a model that is isolated. Others need not be closed.
    """

    inspection: Inspection
    bundle: Bundle
    recipe: Recipe
    identity: Mapping[str, str]
    close: Callable[[], None] = lambda: None

    @property
    def threshold(self) -> float:
        """What is in force: the recipe's, else the bundle's."""
        return self.inspection.criteria.threshold


def shipped_bundle() -> Path:
    """The bundle that comes with the product: trained on parts that `capture.synthetic` draws."""
    return Path(__file__).with_name("demo_part.bundle")


def build_inspection(
    bundle: Bundle,
    recipe: Recipe,
    clock: Clock,
    *,
    threads: int = 1,
    model: ModelKind = "float",
    has_spinning: bool = False,
    isolation_limit_s: float | None = None,
) -> ReadyInspection:
    """Load the model, judge the canary, and hand out an inspection that may be trusted.

    Args:
        threads, has_spinning: See `OrtSession`.
        model: Which of the bundle's models judges.
        isolation_limit_s: How long one run may take in a process of its own; then the inspection
            is used from one thread at a time. None: it runs in this process.

    Raises:
        BundleError: The runtime refuses the model, the canary's score is off, or the bundle has no
            such model.
        RecipeError: The recipe is made for another bundle or for scores of another kind, or speaks
            of kinds of defects that the model does not tell apart.
    """
    manifest = bundle.manifest
    criteria = criteria_of(recipe, manifest)
    data = model_bytes(bundle, model)
    backend: InferenceBackend
    with ExitStack() as on_failure:
        if isolation_limit_s is None:
            backend = OrtBackend(manifest, data, threads=threads, has_spinning=has_spinning)
        else:
            backend = IsolatedBackend(
                manifest,
                data,
                threads=threads,
                has_spinning=has_spinning,
                limit_s=isolation_limit_s,
                clock=clock,
            )
            on_failure.callback(backend.close)
        canary = manifest.canary if model == "float" else manifest.int8_canary
        ungated = replace(criteria, quality=None)  # the canary is no picture of this line's camera
        inspection, judge = (
            Inspection(
                spec=manifest.input,
                backend=backend,
                bundle_id=manifest.bundle_id,
                criteria=one,
                clock=clock,
            )
            for one in (criteria, ungated)
        )
        _check_canary(bundle, judge, canary or manifest.canary)
        close = on_failure.pop_all().close
    return ReadyInspection(
        inspection=inspection,
        bundle=bundle,
        recipe=recipe,
        identity={
            "bundle_id": manifest.bundle_id,
            "bundle_name": f"{manifest.name} {manifest.version}",
            "model": model,
            "recipe_id": recipe.recipe_id,
            "recipe_name": recipe.name,
            "inspector": __version__,
            "onnxruntime": runtime_version(),
            "opencv": OPENCV_VERSION,
            "numpy": np.__version__,
            "python": platform.python_version(),
            "processor": processor_name(),
            "threads": str(threads),
        },
        close=close,
    )


def build_tuned_inspection(
    bundle: Bundle,
    recipe: Recipe,
    clock: Clock,
    *,
    jobs: int = 1,
    isolation_limit_s: float | None = None,
) -> ReadyInspection:
    """The same, as this machine was tuned for it; untuned, with the float model.

    Args:
        isolation_limit_s: See `build_inspection`.
        jobs: How many parts are judged at the same time. Where they are several, the cores are
            theirs: each run has one thread.

    Raises:
        BundleError, RecipeError: As `build_inspection`.
    """
    bundle_id = bundle.manifest.bundle_id
    choice = remembered(bundle_id, processor_name(), user_folder()) or STANDARD_CHOICE
    return build_inspection(
        bundle,
        recipe,
        clock,
        threads=choice.threads if jobs == 1 else 1,
        model=choice.model,
        has_spinning=choice.has_spinning and jobs == 1,
        isolation_limit_s=isolation_limit_s,
    )


def models_of(bundle: Bundle) -> tuple[ModelKind, ...]:
    """Which models a bundle has, the float one first."""
    return ("float",) if bundle.int8_model is None else ("float", "int8")


def model_bytes(bundle: Bundle, model: ModelKind) -> bytes:
    """The ONNX file of one of the bundle's models.

    Raises:
        BundleError: The bundle has no such model.
    """
    if model == "float":
        return bundle.model
    if bundle.int8_model is None:
        raise BundleError(
            f"bundle {bundle.manifest.name!r} has no INT8 model; make one with "
            "`inspector-models quantize`, or let its float model judge"
        )
    return bundle.int8_model


def canary_frame(canary_png: bytes) -> Frame:
    """The bundle's canary picture as a frame.

    Raises:
        CorruptFrame: It is not a whole picture.
    """
    return Frame(
        frame_id=0,
        source_id="canary",
        captured_ns=0,
        captured_at=datetime.fromtimestamp(0, UTC),
        pixels=decode_picture(canary_png, "canary.png"),
    )


def criteria_of(recipe: Recipe, manifest: Manifest) -> Criteria:
    """What a recipe and a bundle together decide by.

    Raises:
        RecipeError: The recipe is made for another bundle, or speaks of kinds of defects that the
            model does not tell apart.
    """
    if recipe.bundle_id is not None and not manifest.bundle_id.startswith(recipe.bundle_id):
        raise RecipeError(
            f"recipe {recipe.name!r} is made for the bundle {recipe.bundle_id}; this one is "
            f"{manifest.bundle_id[:12]} ({manifest.name}). Take the recipe of this bundle, or the "
            "bundle of this recipe"
        )
    for label, _ in recipe.tolerated_area_px2:
        known = manifest.labels[1:] if "class_map" in manifest.outputs else ()
        if label not in known:
            raise RecipeError(
                f"recipe {recipe.name!r}: tolerated_area_px2 names {label!r}; this bundle tells "
                + (f"{', '.join(known)} apart" if known else "no kinds of defects apart")
            )
    own = manifest.threshold
    threshold = own.value if recipe.threshold is None else recipe.threshold
    if own.scale == "chance" and not 0 < threshold < 1:
        raise RecipeError(
            f"recipe {recipe.name!r}: threshold {threshold:g} decides nothing: the scores of this "
            f"bundle are chances between 0 and 1, its own limit is {own.value:.3g}. Set the "
            "recipe's limit anew, or leave it out"
        )
    return Criteria(
        recipe=recipe,
        threshold=threshold,
        region_level=threshold if own.region_level is None else own.region_level,
        faint_level=math.inf if own.faint_level is None else own.faint_level,
        labels=manifest.labels,
        quality=_quality(manifest.quality, recipe.quality),
    )


def _quality(own: QualityLimits | None, changes: QualityChanges | None) -> QualityLimits | None:
    """The bundle's limits with the recipe's in their place."""
    if changes is None:
        return own
    values = {key: value for key, value in asdict(changes).items() if value is not None}
    if values.pop("has_any_form"):
        values |= {"size_px": None, "channels": None}
    return replace(own or QualityLimits(), **values)


def _check_canary(bundle: Bundle, inspection: Inspection, canary: Canary) -> None:
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
