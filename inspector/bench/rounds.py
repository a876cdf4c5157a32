"""Every runtime in its own process, taken in turn, round by round."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from inspector.bench.figures import Measured
from inspector.bench.runtime import REFERENCE, load_plugin
from inspector.bench.runtime_process import RuntimeProcess
from inspector.errors import InferenceError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What every runtime has to run.

    Attributes:
        offers: The entry point's value of each runtime, by name; the reference is among them.
        tensors: uint8 (N, H, W, C) each; one run takes one of them.
        threads: Threads inside one run.
        timeout_s: The longest wait for one answer of a runtime.
    """

    bundle: Path
    offers: Mapping[str, str]
    tensors: Sequence[NDArray[np.uint8]]
    rounds: int
    threads: int
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runner:
    runtime_process: RuntimeProcess
    scores: list[float]
    size_bytes: int
    version: str
    turns_ms: list[list[float]] = field(default_factory=list)


def run_rounds(course: Course) -> dict[str, Measured | str]:
    """Measure every runtime; of one that failed, what it failed of. No process of one stays.

    Raises:
        InferenceError: The reference itself failed: there is nothing to hold others against.
    """
    measured: dict[str, Measured] = {}
    failures: dict[str, str] = {}
    with TemporaryDirectory(prefix="inspector-bench-") as folder, ExitStack() as processes:
        runners: dict[str, _Runner] = {}
        for name in course.offers:
            _log.info("starting %s", name)
            with _failure_kept(name, failures):
                runners[name] = _start(name, course, Path(folder), processes)
        _log.info("taking turns, %d rounds", course.rounds)
        for index in range(course.rounds):
            for name in turn_order([name for name in runners if name not in failures], index):
                with _failure_kept(name, failures):
                    runners[name].turns_ms.append(runners[name].runtime_process.turn())
        for name in [name for name in runners if name not in failures]:
            with _failure_kept(name, failures):
                measured[name] = _measured(runners[name])
    return {name: failures.get(name) or measured[name] for name in course.offers}


def turn_order(names: Sequence[str], index: int) -> list[str]:
    """The order of round `index`: every second one backwards, and after two beginning one further.

    So each has every place equally often, and follows another as often as it precedes it: what
    runs late meets a warmer processor, and the caches are those of the one before.
    """
    start = index // 2 % len(names)
    order = [*names[start:], *names[:start]]
    return order[::-1] if index % 2 else order


def _start(name: str, course: Course, folder: Path, processes: ExitStack) -> _Runner:
    offer = course.offers[name]
    place = (course.bundle, folder, course.threads)
    if load_plugin(offer).prepare is not None:
        with RuntimeProcess(name, offer, timeout_s=course.timeout_s) as preparing:
            preparing.prepare(*place)
    runtime_process = processes.enter_context(
        RuntimeProcess(name, offer, timeout_s=course.timeout_s)
    )
    size_bytes, version = runtime_process.open(*place)
    scores = runtime_process.scores(course.tensors)
    return _Runner(
        runtime_process=runtime_process, scores=scores, size_bytes=size_bytes, version=version
    )


def _measured(runner: _Runner) -> Measured:
    return Measured(
        turns_ms=runner.turns_ms,
        scores=runner.scores,
        rss_bytes=runner.runtime_process.resident_bytes(),
        size_bytes=runner.size_bytes,
        version=runner.version,
    )


@contextmanager
def _failure_kept(name: str, failures: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except InferenceError as error:
        if name == REFERENCE:
            raise
        _log.warning("%s", error)
        failures[name] = str(error)
