"""The process of a runtime obeys, times every run by itself, and tells what failed."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.bench.child import Session, commands_of
from inspector.inference.messages import read_message, write_message
from inspector.inference.serving import messages_of, serve
from tests.support.bench_offers import reference
from tests.support.fakes import FakeClock

PICTURE = np.full((1, 32, 48, 3), 51, dtype=np.uint8)
SHOW: tuple[dict[str, object], bytes] = ({"do": "picture", "shape": [1, 32, 48, 3]}, bytes(PICTURE))


def answers_to(*messages: tuple[dict[str, object], bytes]) -> list[dict[str, Any]]:
    commands, answers = io.BytesIO(), io.BytesIO()
    for words, raw in messages:
        write_message(commands, words, raw)
    commands.seek(0)
    session = Session(FakeClock(step_ns=2_000_000))
    serve(messages_of(commands), answers, commands_of(session))
    answers.seek(0)
    told = []
    while (message := read_message(answers)) is not None:
        told.append(message[0])
    return told


def opening(bundle: Path, offer: str) -> tuple[dict[str, object], bytes]:
    words = {"offer": reference(offer), "bundle": str(bundle), "folder": "", "threads": 1}
    return {"do": "open", **words}, b""


def test_runs_are_timed_one_by_one_and_the_first_is_not(bundle: Path) -> None:
    size = (bundle / "model.onnx").stat().st_size
    assert answers_to(
        opening(bundle, "EXACT"), SHOW, SHOW, ({"do": "scores"}, b""), ({"do": "turn"}, b"")
    ) == [
        {"size_bytes": size, "version": "1.2"},
        {},
        {},
        {"scores": [pytest.approx(0.2), pytest.approx(0.2)]},
        {"ms": [2.0, 2.0]},
    ]


def test_score_of_tiles_is_that_of_the_worst(bundle: Path) -> None:
    tiles = np.stack([PICTURE[0], 2 * PICTURE[0]])
    show: tuple[dict[str, object], bytes] = (
        {"do": "picture", "shape": [2, 32, 48, 3]},
        tiles.tobytes(),
    )
    told = answers_to(opening(bundle, "EXACT"), show, ({"do": "scores"}, b""))
    assert told[-1] == {"scores": [pytest.approx(0.4)]}


def test_memory_is_told(bundle: Path) -> None:
    (told,) = answers_to(({"do": "memory"}, b""))
    assert told.keys() == {"rss_bytes"}


@pytest.mark.parametrize(
    ("offer", "error"),
    [
        ("RAISES", "ArithmeticError: the kernel is missing"),
        ("NOT_A_NUMBER", "gave scores of shape (1,) that are not all finite"),
    ],
)
def test_failure_is_told_in_one_line_and_ends_the_process(
    bundle: Path, offer: str, error: str
) -> None:
    told = answers_to(opening(bundle, offer), SHOW, ({"do": "scores"}, b""), ({"do": "turn"}, b""))
    assert told[2:] == [{"error": error}]
