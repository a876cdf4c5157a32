"""Runtimes take turns; one that fails is named and the others go on."""

from pathlib import Path

import numpy as np
import pytest

from inspector.bench.figures import Measured
from inspector.bench.rounds import Course, run_rounds, turn_order
from inspector.errors import InferenceError
from tests.support.bench_offers import reference

PATIENCE_S = 60.0


def course(bundle: Path, rounds: int = 3, timeout_s: float = PATIENCE_S, **offers: str) -> Course:
    return Course(
        bundle=bundle,
        offers={name: reference(offer) for name, offer in offers.items()},
        tensors=[np.full((1, 32, 48, 3), 51, dtype=np.uint8)],
        rounds=rounds,
        threads=1,
        timeout_s=timeout_s,
    )


@pytest.mark.parametrize(
    ("names", "orders"),
    [
        ("a", ["a", "a"]),
        ("ab", ["ab", "ba", "ba", "ab"]),
        ("abc", ["abc", "cba", "bca", "acb", "cab", "bac", "abc"]),
    ],
)
def test_order_gives_each_every_place_and_every_neighbour(names: str, orders: list[str]) -> None:
    assert ["".join(turn_order(names, index)) for index in range(len(orders))] == orders


def test_every_runtime_has_its_turn_in_every_round(bundle: Path) -> None:
    outcome = run_rounds(course(bundle, onnxruntime="EXACT", other="PREPARES"))
    assert list(outcome) == ["onnxruntime", "other"]
    for one in outcome.values():
        assert isinstance(one, Measured)
        assert [len(turn) for turn in one.turns_ms] == [1, 1, 1]
        assert one.scores == pytest.approx([0.2])


def test_runtimes_that_fail_are_named_and_the_others_go_on(bundle: Path) -> None:
    everyone = course(bundle, raising="RAISES", onnxruntime="EXACT", late="DIES_LATE", last="EXACT")
    outcome = run_rounds(everyone)
    assert list(outcome) == ["raising", "onnxruntime", "late", "last"]
    assert outcome["raising"] == "raising: ArithmeticError: the kernel is missing"
    assert outcome["late"] == (
        "late: its process died: exit status 7, assertion failed in the kernel"
    )
    for name in ("onnxruntime", "last"):
        one = outcome[name]
        assert isinstance(one, Measured)
        assert len(one.turns_ms) == 3


def test_reference_that_fails_ends_the_bench(bundle: Path) -> None:
    with pytest.raises(InferenceError, match="onnxruntime: ArithmeticError"):
        run_rounds(course(bundle, other="EXACT", onnxruntime="RAISES"))
