"""Makes real bundles, sealed and judged by the runtime, around a network that sees brightness."""

import hashlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.assembly import canary_frame
from inspector.bundle import (
    CANARY_FILE,
    INT8_FILE,
    MODEL_FILE,
    REPORT_FILE,
    Canary,
    InputSpec,
    Int8Proof,
    Manifest,
    OutputAgreement,
    Proof,
    Threshold,
    WrongVerdicts,
    seal_bundle,
)
from inspector.bundle.manifest import Color, Resize
from inspector.inference.ort import OrtBackend
from inspector.preprocess import preprocess
from inspector.store.images import encode_png

OPSET, IR_VERSION = 17, 8
CANARY_TOLERANCE = 1e-4
INPUT = InputSpec(height_px=32, width_px=48, color="rgb", resize="stretch")


@cache
def brightness_model(
    size_px: tuple[int, int] = (32, 48), channels: int = 3, white: float = 255.0
) -> bytes:
    """An ONNX file, score: mean of the picture / `white`, heat map: mean of each pixel / it."""
    from onnx import TensorProto, helper

    dims: list[str | int | None] = ["N", *size_px]
    nodes = (
        helper.make_node("Cast", ["pixels"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["real", "white"], ["light"]),
        helper.make_node("ReduceMean", ["light"], ["score"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("ReduceMean", ["light"], ["heatmap"], axes=[3], keepdims=0),
    )
    pixels = helper.make_tensor_value_info("pixels", TensorProto.UINT8, [*dims, channels])
    score = helper.make_tensor_value_info("score", TensorProto.FLOAT, ["N"])
    heatmap = helper.make_tensor_value_info("heatmap", TensorProto.FLOAT, dims)
    level = helper.make_tensor("white", TensorProto.FLOAT, [], [white])
    graph = helper.make_graph(nodes, "brightness", [pixels], [score, heatmap], [level])
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    return bytes(model.SerializeToString())


def canary_pixels() -> NDArray[np.uint8]:
    """A picture with a slope in each direction, larger than the input and of another shape."""
    y, x = np.mgrid[:60, :80]
    return np.stack([2 * x, 3 * y, x + y], axis=2).astype(np.uint8)


def passing_proof(model: bytes) -> Proof:
    """A report that finds the model equal to its source on twenty pictures."""
    agreement = OutputAgreement(dtype="float32", shape=(20,), max_abs=1e-6, p99_abs=5e-7, range=0.5)
    return Proof(
        model_sha256=hashlib.sha256(model).hexdigest(),
        n_images=20,
        images_sha256=hashlib.sha256(b"twenty pictures").hexdigest(),
        outputs={"score": agreement, "heatmap": agreement},
        n_flips=0,
        max_relative_limit=0.001,
    )


def passing_int8_proof(model: bytes) -> Int8Proof:
    """The section of a report that finds an INT8 model worth keeping."""
    float_proof = passing_proof(model)
    return Int8Proof(
        model_sha256=float_proof.model_sha256,
        calibration="minmax",
        n_calibration=8,
        n_float_convolutions=3,
        has_reduced_range=True,
        n_images=20,
        n_painted=10,
        images_sha256=float_proof.images_sha256,
        outputs=float_proof.outputs,
        n_flips=1,
        wrong=WrongVerdicts(
            n_defects=10,
            n_good=10,
            float_passed=1,
            int8_passed=1,
            float_rejected=0,
            int8_rejected=0,
        ),
        scale=1.0,
        metric="auroc",
        float_metric=0.95,
        int8_metric=0.9475,
        speed_ratio=1.5,
        size_share=0.25,
        processor="a processor",
    )


def write_bundle(
    path: Path,
    *,
    threshold: float = 0.5,
    size_px: tuple[int, int] = (32, 48),
    resize: Resize = "stretch",
    color: Color = "rgb",
    overlap_px: int = 0,
    model: bytes | None = None,
    canary_score: float | None = None,
    canary_score_offset: float = 0.0,
    proof: Proof | None = None,
    int8_model: bytes | None = None,
    int8_canary_offset: float = 0.0,
    max_sample: int | None = None,
) -> Path:
    """Seal a bundle folder and give its path back; the line takes it unless told otherwise here.

    Args:
        model: Another network than `brightness_model`.
        canary_score: What to claim for the canary; None: run the network.
        canary_score_offset: How far to be wrong about it.
        proof: Another report than one that passes.
        int8_model: A second network, said to be the first one's INT8 twin.
        int8_canary_offset: How far to be wrong about its canary.
        max_sample: Full light in pictures of 16 bits; None: the bundle says nothing.
    """
    spec = InputSpec(
        height_px=size_px[0],
        width_px=size_px[1],
        color=color,
        resize=resize,
        overlap_px=overlap_px,
        max_sample=max_sample,
    )
    model = brightness_model(size_px, spec.channels) if model is None else model
    canary_png = encode_png(canary_pixels())
    if canary_score is None:
        backend = OrtBackend(draft_manifest(spec), model)
        canary_score = backend.infer(preprocess(canary_frame(canary_png), spec)).score
    proof = passing_proof(model) if proof is None else proof
    contents = {MODEL_FILE: model, REPORT_FILE: proof.to_json(), CANARY_FILE: canary_png}
    manifest = draft_manifest(spec, threshold, canary_score + canary_score_offset)
    if int8_model is not None:
        contents[INT8_FILE] = int8_model
        contents[REPORT_FILE] = replace(proof, int8=passing_int8_proof(int8_model)).to_json()
        twin = OrtBackend(manifest, int8_model)
        score = twin.infer(preprocess(canary_frame(canary_png), spec)).score + int8_canary_offset
        manifest = replace(manifest, int8_canary=replace(manifest.canary, score=score))
    seal_bundle(manifest, contents, path)
    return path


def draft_manifest(
    spec: InputSpec = INPUT, threshold: float = 0.5, canary_score: float = 0.0
) -> Manifest:
    """A manifest with everything but the hashes."""
    return Manifest(
        bundle_id="",
        task="anomaly",
        name="brightness",
        version="1",
        input=spec,
        outputs={"score": "mean brightness, 0..1", "heatmap": "the same at each pixel"},
        labels=("good", "defect"),
        threshold=Threshold(value=float(threshold), method="chosen for a test", n_images=20),
        canary=Canary(score=canary_score, tolerance=CANARY_TOLERANCE),
        opset=OPSET,
        versions={"numpy": np.__version__},
        data={"n_fit": 0},
        validation={"n_images": 20},
        training={"taps": [8, 16], "is_test": True},
        files={},
    )
