"""Proves that the converted model judges as the one that was taught."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import OutputAgreement, Proof, open_bundle
from inspector.errors import DataError
from inspector.inference.ort import OrtBackend
from models.backbones.weights import load_weights
from models.data import load_samples
from models.pictures import load_set
from models.source import open_source, source_folder
from models.task import load_task
from models.task_graph import run_graph

MAX_RELATIVE_DIFFERENCE = 1e-4  # of the score's range
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """A comparison made on request.

    Attributes:
        n_seen: Pictures of the list that were left out, for the model was chosen on them.
    """

    proof: Proof
    bundle_id: str
    n_seen: int

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        score = self.proof.outputs["score"]
        return {
            "passed": self.proof.shortcoming() is None,
            "shortcoming": self.proof.shortcoming(),
            "bundle_id": self.bundle_id,
            "model_sha256": self.proof.model_sha256,
            "n_images": self.proof.n_images,
            "n_left_out_as_seen": self.n_seen,
            "n_flips": self.proof.n_flips,
            "max_relative": score.relative if score.range > 0 else None,
            "max_relative_limit": self.proof.max_relative_limit,
            "outputs": {
                name: {
                    "dtype": agreement.dtype,
                    "shape": list(agreement.shape),
                    "max_abs": agreement.max_abs,
                    "p99_abs": agreement.p99_abs,
                    "range": agreement.range,
                }
                for name, agreement in self.proof.outputs.items()
            },
        }


def validate(bundle_path: Path, data: Path, weights_cache: Path) -> Validation:
    """Compare a bundle on disk with its TensorFlow source, on pictures it was not chosen on.

    Raises:
        BundleError: The bundle is refused.
        DataError: Its source is not beside it or is another model's, or no picture of the list
            is new to it.
    """
    bundle_path = bundle_path.resolve()  # "." has no neighbour's name
    bundle = open_bundle(bundle_path)
    source = open_source(source_folder(bundle_path))
    if source.model_sha256 != bundle.manifest.files["model.onnx"]:
        raise DataError(
            f"{str(source_folder(bundle_path))!r} is the source of another model; validate a "
            "bundle where it was taught, or teach it again"
        )
    loaded = load_set(load_samples(data), bundle.manifest.input)
    fresh = [index for index, sha in enumerate(loaded.sha256s) if sha not in source.seen]
    if not fresh:
        raise DataError(
            f"{str(data)!r}: the model was fitted to or calibrated on every picture of it; an "
            "empty comparison proves nothing: give pictures it has not seen"
        )
    _log.info("comparing TensorFlow and ONNX Runtime on %d pictures", len(fresh))
    task = load_task(source.task)
    function = task.graph(source.lesson, bundle.manifest.input, load_weights(weights_cache))
    proof = compare(
        function,
        OrtBackend(bundle.manifest, bundle.model).run,
        loaded.tensors[fresh],
        [loaded.sha256s[index] for index in fresh],
        threshold=bundle.manifest.threshold.value,
        model_sha256=bundle.manifest.files["model.onnx"],
    )
    return Validation(
        proof=proof,
        bundle_id=bundle.manifest.bundle_id,
        n_seen=len(loaded.samples) - len(fresh),
    )


def compare(
    function: Any,
    run: Callable[[NDArray[np.uint8]], Mapping[str, NDArray[np.float32]]],
    tensors: NDArray[np.uint8],
    sha256s: Sequence[str],
    *,
    threshold: float,
    model_sha256: str,
) -> Proof:
    """Run both sides on the same tensors, the line's one picture at a time as the line does.

    Args:
        function: The training library's side.
        run: The line's: (1, H, W, C) pixels to its outputs by name.
    """
    taught = run_graph(function, tensors)
    pieces = [run(tensor[np.newaxis]) for tensor in tensors]
    judged = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    # As the line compares: a float32 against a float64.
    decisions = (taught["score"].astype(np.float64), judged["score"].astype(np.float64))
    flips = (decisions[0] > threshold) != (decisions[1] > threshold)
    return Proof(
        model_sha256=model_sha256,
        n_images=len(tensors),
        images_sha256=hashlib.sha256("\n".join(sorted(sha256s)).encode("ascii")).hexdigest(),
        outputs={name: _agreement(taught[name], judged[name]) for name in judged},
        n_flips=int(flips.sum()),
        max_relative_limit=MAX_RELATIVE_DIFFERENCE,
    )


def _agreement(taught: NDArray[np.float32], judged: NDArray[np.float32]) -> OutputAgreement:
    difference = np.abs(taught.astype(np.float64) - judged.astype(np.float64))
    return OutputAgreement(
        dtype=str(judged.dtype),
        shape=tuple(judged.shape),
        max_abs=float(difference.max()),
        p99_abs=float(np.quantile(difference, 0.99)),
        range=float(taught.max()) - float(taught.min()),
    )
