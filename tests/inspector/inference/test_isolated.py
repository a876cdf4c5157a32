"""A model in a process of its own judges the same, and outlives what ends the process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest

from inspector.bundle import InputSpec, Manifest
from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.errors import BundleError, InferenceError
from inspector.flow import Prediction
from inspector.inference.isolated import IsolatedBackend
from inspector.inference.ort import OrtBackend
from tests.support.graphs import (
    ALL_OUTPUTS,
    KIND_OUTPUTS,
    KINDS,
    NAN_IF_BLACK,
    full_of,
    manifest,
    model,
    prepared,
)
from tests.support.picture_files import textured

PATIENCE_S = 60.0


@contextmanager
def isolated(
    data: bytes | None = None, of: Manifest | None = None, limit_s: float = PATIENCE_S
) -> Iterator[IsolatedBackend]:
    backend = IsolatedBackend(
        of or manifest(),
        model() if data is None else data,
        limit_s=limit_s,
        clock=SystemClock(),
    )
    try:
        yield backend
    finally:
        backend.close()


def same(left: Prediction, right: Prediction) -> bool:
    pairs = [(left.heatmap, right.heatmap), (left.probabilities, right.probabilities)]
    pairs.append((left.class_map, right.class_map))  # type: ignore[arg-type]
    is_same = all(np.array_equal(one, other) for one, other in pairs)  # type: ignore[arg-type]
    return is_same and (left.score, left.bundle_id) == (right.score, right.bundle_id)


@pytest.mark.parametrize("resize", ["stretch", "tile"])
def test_prediction_is_bit_for_bit_that_of_the_runtime_in_this_process(resize: str) -> None:
    spec = InputSpec(height_px=8, width_px=12, color="rgb", resize=resize)  # type: ignore[arg-type]
    given = prepared(textured(16, 36), spec)
    data = model(KINDS, outputs=KIND_OUTPUTS)
    of = manifest(spec, ALL_OUTPUTS, ("good", "dent", "hole"))
    expected = OrtBackend(of, data).infer(given)
    with isolated(data, of) as backend:
        assert same(backend.infer(given), expected)


def test_answer_that_is_not_a_number_costs_this_frame_and_no_process() -> None:
    with isolated(model(NAN_IF_BLACK)) as backend:
        before = backend.process_id
        with pytest.raises(InferenceError, match="score holds a value that is not finite"):
            backend.infer(full_of(0))
        assert backend.infer(full_of(9)).score == 1.0
        assert backend.process_id == before


def test_run_that_the_runtime_refuses_costs_this_frame_and_no_process() -> None:
    other = InputSpec(height_px=9, width_px=12, color="rgb", resize="stretch")
    with isolated() as backend:
        before = backend.process_id
        with pytest.raises(InferenceError, match="the runtime failed: "):
            backend.infer(prepared(textured(9, 12), other))
        assert backend.infer(full_of(255)).score == 1.0
        assert backend.process_id == before


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_crash_in_native_code_costs_one_frame(number: signal.Signals) -> None:
    with isolated() as backend:
        for _ in range(2):
            crashed = backend.process_id
            assert crashed is not None
            os.kill(crashed, number)
            with pytest.raises(InferenceError, match=f"its process died: signal {number}"):
                backend.infer(full_of(0))
            assert backend.infer(full_of(51)).score == np.float32(0.2)
            assert not psutil.pid_exists(crashed)


def test_run_that_never_returns_costs_one_frame_and_its_process() -> None:
    with isolated(limit_s=0.2) as backend:
        hung = backend.process_id
        assert hung is not None
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(InferenceError, match=r"no answer to 'run' within 0\.2 s"):
            backend.infer(full_of(0))
        assert not psutil.pid_exists(hung)
    with isolated() as patient:  # a busy machine may take longer than 0.2 s
        assert patient.infer(full_of(51)).score == np.float32(0.2)


def test_process_that_cannot_be_started_again_is_tried_for_each_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with isolated() as backend:
        assert backend.process_id is not None
        with monkeypatch.context() as broken:
            broken.setattr(sys, "executable", "/no/such/python")
            os.kill(backend.process_id, signal.SIGKILL)
            with pytest.raises(InferenceError, match="its process died: signal 9"):
                backend.infer(full_of(0))
            for _ in range(2):
                with pytest.raises(InferenceError, match="its process cannot be started"):
                    backend.infer(full_of(0))
            assert backend._starting is not None
            backend._starting.join()
        with pytest.raises(InferenceError, match="its process cannot be started"):
            backend.infer(full_of(0))
        assert backend.infer(full_of(255)).score == 1.0


def test_graph_that_the_runtime_refuses_is_refused_at_the_start() -> None:
    with pytest.raises(BundleError, match="the runtime refuses the model"), isolated(b"no model"):
        pass
    assert psutil.Process().children() == []


def test_closed_backend_has_no_process_and_judges_nothing() -> None:
    with isolated() as backend:
        process_id = backend.process_id
    assert not psutil.pid_exists(process_id)
    backend.close()
    with pytest.raises(InferenceError, match="has ended"):
        backend.infer(full_of(0))


ORPHAN = """
import os, signal
from inspector.clock import SystemClock
from inspector.inference.isolated import IsolatedBackend
from tests.support.graphs import full_of, manifest, model

backend = IsolatedBackend(manifest(), model(), limit_s=60.0, clock=SystemClock())
backend.infer(full_of(0))
print(backend.process_id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_model_does_not_outlive_a_program_that_was_killed() -> None:
    killed = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL
    orphan = int(killed.stdout)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(orphan).wait(PATIENCE_S)
    assert not psutil.pid_exists(orphan)


def test_closing_under_a_run_that_hangs_leaves_no_process() -> None:
    with isolated() as backend:
        assert backend.process_id is not None
        os.kill(backend.process_id, signal.SIGSTOP)
        failures: list[Exception] = []

        def infer() -> None:
            try:
                backend.infer(full_of(0))
            except InferenceError as error:
                failures.append(error)

        inspecting = Worker("inspect", infer, failures.append)
        inspecting.start()
        backend.close()
        inspecting.join()
    assert len(failures) == 1
    assert psutil.Process().children() == []
