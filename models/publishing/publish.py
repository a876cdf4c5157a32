"""The one road from a proven draft to a sealed bundle: training and all the others end here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.assembly import canary_frame
from inspector.bundle import (
    CANARY_FILE,
    INT8_FILE,
    MODEL_FILE,
    REPORT_FILE,
    Canary,
    Manifest,
    Proof,
)
from inspector.inference.ort import OrtBackend
from inspector.preprocess import preprocess
from models.publishing.sealing import seal
from models.publishing.source import Source


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """All that a bundle holds, before its canary was judged.

    Attributes:
        manifest: Its canary has the tolerance only; of `validation` only what stays as it was.
        model, int8_model: ONNX files; None: it has no INT8 model.
        canary_png: The picture that travels with it.
        proof: Of these models.
        figures: What else is said of its validation.
        source: None for a bundle whose source is not known.
    """

    manifest: Manifest
    model: bytes
    int8_model: bytes | None = None
    canary_png: bytes
    proof: Proof
    figures: Mapping[str, object]
    source: Source | None


def publish(draft: Draft, out: Path, look: Callable[[Path], None] | None = None) -> Manifest:
    """Judge the canary, write the bundle, and its source beside it; neither without the other.

    Args:
        look: See `seal`.

    Returns:
        The manifest as written.

    Raises:
        BundleError, DataError, StoreFull: As `seal`.
    """
    proof = draft.proof
    manifest = replace(
        draft.manifest,
        canary=_judged(draft, draft.model),
        int8_canary=None if draft.int8_model is None else _judged(draft, draft.int8_model),
        validation={
            **draft.manifest.validation,
            "n_images": proof.n_images,
            "n_flips": proof.n_flips,
            "score_max_relative": proof.relative("score"),
            **draft.figures,
        },
    )
    contents = {
        MODEL_FILE: draft.model,
        REPORT_FILE: proof.to_json(),
        CANARY_FILE: draft.canary_png,
    }
    if draft.int8_model is not None:
        contents[INT8_FILE] = draft.int8_model
    return seal(manifest, contents, out, draft.source, look)


def _judged(draft: Draft, model: bytes) -> Canary:
    prepared = preprocess(canary_frame(draft.canary_png), draft.manifest.input)
    score = OrtBackend(draft.manifest, model).infer(prepared).score
    return replace(draft.manifest.canary, score=score)
