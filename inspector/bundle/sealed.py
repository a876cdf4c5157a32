"""Opens a bundle: nothing of it is used until every byte is the one that was validated."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from inspector.bundle.files import MANIFEST_FILE, bundle_reader
from inspector.bundle.graph_scan import scan_graph
from inspector.bundle.manifest import (
    CANARY_FILE,
    INT8_FILE,
    MODEL_FILE,
    REPORT_FILE,
    Manifest,
    parse_manifest,
)
from inspector.bundle.proof import Proof, parse_proof
from inspector.errors import BundleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One model, whole and checked.

    Attributes:
        model: The bytes of `model.onnx`; hand these to the runtime, never a path.
        int8_model: The bytes of `model.int8.onnx`, where the bundle has one.
        canary_png: The picture whose score the manifest knows.
    """

    manifest: Manifest
    proof: Proof
    model: bytes
    int8_model: bytes | None
    canary_png: bytes


def open_bundle(path: Path) -> Bundle:
    """Read and check a bundle, a folder or a zip.

    Hashes are compared before anything is parsed but the manifest, which proves itself by its
    `bundle_id`. What only a run can show, the canary's score, is left to the caller.

    Raises:
        BundleError: With the file, what is wrong with it, and what to do.
    """
    read = bundle_reader(path)
    where = f"bundle {str(path)!r}"
    manifest = parse_manifest(read(MANIFEST_FILE), f"{where}: {MANIFEST_FILE}")
    contents = {name: _checked(read(name), name, manifest, where) for name in manifest.files}
    proof = parse_proof(contents[REPORT_FILE], f"{where}: {REPORT_FILE}")
    shortcoming = proof.shortcoming()
    missing = sorted(manifest.outputs.keys() - proof.outputs.keys())
    if shortcoming is None and missing:
        shortcoming = f"it did not compare {', '.join(missing)}"
    if proof.model_sha256 != manifest.files[MODEL_FILE]:
        shortcoming = "it speaks of another model"
    if proof.threshold not in (None, manifest.threshold.value):
        shortcoming = "it speaks of another threshold"
    if shortcoming is not None:
        raise BundleError(
            f"{where}: {REPORT_FILE} does not prove the model: {shortcoming}; "
            "validate it again in the workshop"
        )
    if INT8_FILE in contents:
        _check_int8(proof, manifest, where)
    for name in (MODEL_FILE, INT8_FILE):
        if name in contents:
            opset = scan_graph(contents[name], f"{where}: {name}")
            if opset != manifest.opset:
                raise BundleError(
                    f"{where}: {name} asks for opset {opset}, the manifest says {manifest.opset}; "
                    "it is not the model that was validated"
                )
    return Bundle(
        manifest=manifest,
        proof=proof,
        model=contents[MODEL_FILE],
        int8_model=contents.get(INT8_FILE),
        canary_png=contents[CANARY_FILE],
    )


def _check_int8(proof: Proof, manifest: Manifest, where: str) -> None:
    if proof.int8 is None or proof.int8.model_sha256 != manifest.files[INT8_FILE]:
        shortcoming = "it does not speak of it"
    elif failed := proof.int8.shortcomings():
        shortcoming = "; ".join(failed)
    else:
        return
    raise BundleError(
        f"{where}: {REPORT_FILE} does not prove {INT8_FILE}: {shortcoming}; "
        "quantise the bundle again in the workshop"
    )


def _checked(data: bytes, name: str, manifest: Manifest, where: str) -> bytes:
    if hashlib.sha256(data).hexdigest() != manifest.files[name]:
        raise BundleError(
            f"{where}: {name} is not the file that was validated (its SHA-256 differs); "
            "copy the bundle again"
        )
    return data
