"""Compares what two models gave for the same pictures: the converted one and the trained one."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import OutputAgreement, Proof
from inspector.inference.some_at_a_time import Outputs, Run
from models.dataset.pictures import worst_tiles
from models.graphs.running import one_by_one, run_graph

MAX_RELATIVE_DIFFERENCE = 1e-4  # of an output's range, see `Proof.relative`


def compare(
    function: Any,
    run: Run,
    tensors: NDArray[np.uint8],
    sha256s: Sequence[str],
    *,
    pictures: NDArray[np.intp] | None = None,
    threshold: float,
    model_sha256: str,
) -> Proof:
    """Run both models on the same tensors, the line's one picture at a time as the line does.

    Args:
        function: The training library's model.
        run: The line's: (1, H, W, C) pixels to its outputs by name.
        tensors: Of the pictures, each whole or in tiles, and behind them of such as no file holds.
        sha256s: Of the pictures' files.
        pictures: Which picture each tensor is a tile of, see `worst_tiles`; None: each is whole.
    """
    return proof_of(
        run_graph(function, tensors),
        one_by_one(run, tensors),
        sha256s,
        pictures=pictures,
        threshold=threshold,
        model_sha256=model_sha256,
    )


def proof_of(
    trained: Outputs,
    judged: Outputs,
    sha256s: Sequence[str],
    *,
    pictures: NDArray[np.intp] | None = None,
    threshold: float,
    model_sha256: str,
) -> Proof:
    """How far two models agree on the same pictures, over every output of the judging one.

    Args:
        pictures: As of `compare`.
    """
    scores = [
        each["score"] if pictures is None else worst_tiles(each["score"], pictures)
        for each in (trained, judged)
    ]
    decisions = [each.astype(np.float64) for each in scores]  # as the line compares
    flips = (decisions[0] > threshold) != (decisions[1] > threshold)
    return Proof(
        model_sha256=model_sha256,
        n_images=len(sha256s),
        n_painted=len(decisions[0]) - len(sha256s),
        images_sha256=images_sha256(sha256s),
        outputs=agreements(trained, judged),
        n_flips=int(flips.sum()),
        max_relative_limit=MAX_RELATIVE_DIFFERENCE,
        threshold=threshold,
    )


def images_sha256(sha256s: Iterable[str]) -> str:
    """One hash for a set of pictures, from those of their files; the order does not matter."""
    return hashlib.sha256("\n".join(sorted(sha256s)).encode("ascii")).hexdigest()


def agreements(trained: Outputs, judged: Outputs) -> dict[str, OutputAgreement]:
    """How far each output of the judging model is from the other's."""
    return {name: agreement_of(trained[name], judged[name]) for name in judged}


def agreement_of(trained: NDArray[np.float32], judged: NDArray[np.float32]) -> OutputAgreement:
    """How far one output is from the same one of its reference, `trained`."""
    # In float32: numbers that are near each other are subtracted exactly, and maps are large.
    difference = np.abs(trained - judged)
    return OutputAgreement(
        dtype=str(judged.dtype),
        shape=tuple(judged.shape),
        max_abs=float(difference.max()),
        p99_abs=float(np.quantile(difference, 0.99)),
        range=float(trained.max()) - float(trained.min()),
    )
