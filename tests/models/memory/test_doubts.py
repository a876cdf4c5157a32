"""What is said of good pictures whose figures cannot be trusted."""

from pathlib import Path

import numpy as np
import pytest

from models.dataset.sample import Sample
from models.memory.doubts import doubts_of

RNG = np.random.default_rng(0)
N = 60


def good(n_parts: int) -> list[Sample]:
    return [
        Sample(
            name=f"{number:02d}.png",
            image=Path("x"),
            label="good",
            masks=(),
            split="train",
            part=str(number % n_parts),
        )
        for number in range(N)
    ]


def usual() -> np.ndarray:
    return RNG.normal(0, 0.1, N).astype(np.float32)


def test_many_parts_of_one_kind_leave_no_doubt() -> None:
    assert doubts_of(good(N), np.exp(usual()), usual(), usual()) == ()


def test_few_parts_flatter_and_are_counted() -> None:
    (doubt,) = doubts_of(good(4), np.exp(usual()), usual(), usual())
    assert doubt.startswith("the good pictures show too few different parts, 4")


def test_good_picture_far_above_the_others_is_named() -> None:
    scores = np.exp(usual())
    scores[7] = 3.0
    (doubt,) = doubts_of(good(N), scores, usual(), usual())
    assert doubt.startswith("good pictures that score far above the others: 1, ")
    assert "'07.png' (2." in doubt


@pytest.mark.parametrize("seen_in", ["scores", "drifts", "brightness"])
def test_two_groups_are_named_with_examples_and_scores_of_both(seen_in: str) -> None:
    apart = usual()
    apart[40:] += 5
    scores = np.exp(apart / 20 if seen_in == "scores" else usual())
    drifts, brightness = (
        apart if seen_in == name else usual() for name in ("drifts", "brightness")
    )
    (doubt,) = doubts_of(good(N), scores, drifts, brightness)
    names = [int(name[:2]) for name in doubt.split("'")[1::2]]
    upper, lower = [n for n in names if n >= 40], [n for n in names if n < 40]
    assert len(upper) == len(lower) == 3
    assert names in (upper + lower, lower + upper)
    assert "fall into two clear groups: " in doubt
    assert " 40 like '" in doubt
    assert " 20 like '" in doubt
    if seen_in == "scores":
        assert names == lower + upper
        ratio = np.median(scores[40:]) / np.median(scores[:40])
        assert f"the second group scores {ratio:.2f} times as high" in doubt
