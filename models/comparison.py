"""Compares what two sides gave for the same pictures: the converted model and the taught one."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import OutputAgreement, Proof
from models.task_graph import run_graph

MAX_RELATIVE_DIFFERENCE = 1e-4  # of an output's range, see `Proof.relative`

Outputs = Mapping[str, NDArray[np.float32]]
Run = Callable[[NDArray[np.uint8]], Outputs]


def compare(
    function: Any,
    run: Run,
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
    return proof_of(
        run_graph(function, tensors),
        one_by_one(run, tensors),
        sha256s,
        threshold=threshold,
        model_sha256=model_sha256,
    )


def one_by_one(run: Run, tensors: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """All outputs of `run` for many pictures, by name."""
    return some_at_a_time(run, tensors, 1)


def some_at_a_time(
    run: Run, tensors: NDArray[np.uint8], batch: int
) -> dict[str, NDArray[np.float32]]:
    """The same with `batch` pictures in each run, in the last one perhaps fewer."""
    pieces = [run(tensors[start : start + batch]) for start in range(0, len(tensors), batch)]
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def proof_of(
    taught: Outputs,
    judged: Outputs,
    sha256s: Sequence[str],
    *,
    threshold: float,
    model_sha256: str,
) -> Proof:
    """How far two sides agree on the same pictures, over every output of the judging side."""
    # As the line compares: a float32 against a float64.
    decisions = (taught["score"].astype(np.float64), judged["score"].astype(np.float64))
    flips = (decisions[0] > threshold) != (decisions[1] > threshold)
    return Proof(
        model_sha256=model_sha256,
        n_images=len(sha256s),
        images_sha256=images_sha256(sha256s),
        outputs=agreements(taught, judged),
        n_flips=int(flips.sum()),
        max_relative_limit=MAX_RELATIVE_DIFFERENCE,
        threshold=threshold,
    )


def images_sha256(sha256s: Iterable[str]) -> str:
    """One hash for a set of pictures, from those of their files; the order does not matter."""
    return hashlib.sha256("\n".join(sorted(sha256s)).encode("ascii")).hexdigest()


def agreements(taught: Outputs, judged: Outputs) -> dict[str, OutputAgreement]:
    """How far each output of the judging side is from the other's."""
    return {name: agreement_of(taught[name], judged[name]) for name in judged}


def agreement_of(taught: NDArray[np.float32], judged: NDArray[np.float32]) -> OutputAgreement:
    """How far one output is from the same one of its reference, `taught`."""
    # In float32: numbers that are near each other are subtracted exactly, and maps are large.
    difference = np.abs(taught - judged)
    return OutputAgreement(
        dtype=str(judged.dtype),
        shape=tuple(judged.shape),
        max_abs=float(difference.max()),
        p99_abs=float(np.quantile(difference, 0.99)),
        range=float(taught.max()) - float(taught.min()),
    )
