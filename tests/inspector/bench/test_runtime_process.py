"""A process of a runtime is commanded, and whatever it does, it ends and is named."""

from pathlib import Path

import numpy as np
import pytest

from inspector.bench.runtime_process import RuntimeProcess
from inspector.errors import InferenceError
from tests.support.bench_offers import reference

PATIENCE_S = 60.0
TENSORS = [np.full((1, 32, 48, 3), grey, dtype=np.uint8) for grey in (51, 102)]


def runtime_process(offer: str, timeout_s: float = PATIENCE_S) -> RuntimeProcess:
    return RuntimeProcess("rt", reference(offer), timeout_s=timeout_s)


def test_runtime_answers_every_command(bundle: Path, tmp_path: Path) -> None:
    with runtime_process("PREPARES") as preparing:
        preparing.prepare(bundle, tmp_path, 3)
    with runtime_process("PREPARES") as running:
        assert running.open(bundle, tmp_path, 3) == (3, "1.2")
        assert running.scores(TENSORS) == pytest.approx([0.2, 0.4])
        assert len(running.turn()) == 2
        assert running.resident_bytes() != 0


def test_what_a_library_prints_does_not_fall_between_the_answers(
    bundle: Path, tmp_path: Path
) -> None:
    with runtime_process("CHATTERS") as running:
        running.open(bundle, tmp_path, 1)
        assert running.scores(TENSORS) == pytest.approx([0.2, 0.4])


@pytest.mark.parametrize(
    ("offer", "message"),
    [
        ("RAISES", "rt: ArithmeticError: the kernel is missing"),
        ("EXITS", "rt: its process died: exit status 7, assertion failed in the kernel"),
        ("IS_KILLED", "rt: its process died: signal 9"),
    ],
)
def test_failure_is_named(bundle: Path, tmp_path: Path, offer: str, message: str) -> None:
    with runtime_process(offer) as failing:
        failing.open(bundle, tmp_path, 1)
        with pytest.raises(InferenceError) as caught:
            failing.scores(TENSORS)
    assert str(caught.value) == message


def test_runtime_that_never_answers_is_ended(bundle: Path, tmp_path: Path) -> None:
    with (
        runtime_process("NEVER_OPENS", timeout_s=1.0) as hanging,
        pytest.raises(InferenceError) as caught,
    ):
        hanging.open(bundle, tmp_path, 1)
    assert str(caught.value) == "rt: gave no answer to 'open' within 1 s and was ended"
