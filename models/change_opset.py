"""Brings a bundle's model to another version of ONNX's operators, and proves it again."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import numpy as np

from inspector.bundle import (
    Manifest,
)
from inspector.errors import BundleError, DataError, UsageError
from inspector.inference.ort import OrtBackend
from models.comparing.comparison import compare
from models.comparing.validation_inputs import open_validation_inputs
from models.dataset.pictures import LoadedSet, worst_tiles
from models.dataset.sample import GOOD
from models.graphs.convert import finished
from models.graphs.running import one_by_one
from models.measures.rejection import accepted, rejection_in, rejection_of, stand_ins
from models.publishing.publish import Draft, publish
from models.publishing.sealing import check_place

_log = logging.getLogger(__name__)


def change_opset(
    bundle_path: Path,
    opset: int,
    data: Path,
    out: Path,
    weights_cache: Path | None,
    good_label: str | None = None,
    accept_weak: str | None = None,
) -> Manifest:
    """Write the bundle anew with its model in another opset; its source lies beside it.

    Returns:
        The manifest as written.

    Raises:
        UsageError: The bundle has that opset already, has an INT8 model, or is `out` itself.
        DataError: As `open_validation_inputs`; or ONNX cannot bring this model to that opset.
        BundleError: The bundle is refused or cannot be written; the runtime refuses the new
            model; or it is not proven. Nothing is written then.
        StoreFull: The disk is full.
    """
    check_place(out, made_from=bundle_path)
    inputs = open_validation_inputs(bundle_path, data, weights_cache, good_label)
    old, manifest = inputs.bundle, inputs.bundle.manifest
    old_opset = manifest.opset
    if old_opset == opset:
        raise UsageError(f"--opset {opset}: the bundle has that opset already; nothing to do")
    if old.int8_model is not None:
        raise UsageError(
            f"bundle {str(bundle_path)!r} has an INT8 model too; convert the bundle it was made "
            "from, and quantise that again"
        )
    _log.info("converting from opset %d to %d", old_opset, opset)
    model = with_opset(old.model, opset)
    pictures = inputs.pictures
    manifest = replace(manifest, opset=opset)
    backend = OrtBackend(manifest, model)
    _log.info("comparing TensorFlow and ONNX Runtime on %d pictures", len(pictures.samples))
    proof = compare(
        inputs.function,
        backend.run,
        pictures.tensors,
        pictures.sha256s,
        pictures=pictures.pictures,
        threshold=manifest.threshold.value,
        model_sha256=hashlib.sha256(model).hexdigest(),
    )
    shortcoming = proof.shortcoming()
    if shortcoming is not None:
        raise BundleError(
            f"with opset {opset} the model is not proven to be the one that was trained: "
            f"{shortcoming}; keep opset {old_opset}, or try one nearer to it"
        )
    draft = Draft(
        manifest=replace(
            manifest,
            versions={**manifest.versions, "onnx": metadata.version("onnx")},
            training={
                **manifest.training,
                "converted_from": {"bundle_id": old.manifest.bundle_id, "opset": old_opset},
            },
        ),
        model=model,
        canary_png=old.canary_png,
        proof=proof,
        figures=_rejects(manifest, pictures, backend, accept_weak),
        source=replace(inputs.source, model_sha256=proof.model_sha256),
    )
    return publish(draft, out)


def _rejects(
    manifest: Manifest, pictures: LoadedSet, backend: OrtBackend, accept_weak: str | None
) -> Mapping[str, object]:
    """What the bundle lets pass, where it does not say so itself or should not judge.

    Raises:
        BundleError: It should not judge, and nobody said why it is wanted.
    """
    if manifest.labels[0] != GOOD or "accepted_although" in manifest.validation:
        return {}
    rejection = rejection_in(manifest)
    if rejection is None:  # a bundle from before it was measured
        is_defect = np.array([not sample.is_good for sample in pictures.samples])
        if is_defect.all():
            return {}
        rejection = rejection_of(
            worst_tiles(one_by_one(backend.run, pictures.tensors)["score"], pictures.pictures),
            is_defect,
            manifest.threshold.value,
            stand_ins(is_defect, pictures.tensors[pictures.is_good], backend.run),
        )
    return accepted(rejection, accept_weak, "train or import it anew")


def with_opset(model: bytes, opset: int) -> bytes:
    """The same model in another opset.

    Raises:
        DataError: ONNX has no way to bring one of its operators there.
    """
    import onnx
    from onnx import version_converter

    loaded = onnx.load_model_from_string(model)
    try:
        changed = version_converter.convert_version(loaded, opset)
        changed.ir_version = max(
            loaded.ir_version, onnx.helper.find_min_ir_version_for(changed.opset_import)
        )
        return finished(changed)
    except (RuntimeError, ValueError, onnx.checker.ValidationError) as error:
        raise DataError(
            f"ONNX cannot bring this model to opset {opset}: {_reason(error)}. Going up is "
            f"supported to {onnx.defs.onnx_opset_version()}, going down only for some operators: "
            "choose an opset nearer to the bundle's"
        ) from error


def _reason(error: BaseException) -> str:
    """What the library says behind the place in its own source that it names."""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return first.rsplit("failed: ", 1)[-1].strip().rstrip(".")
