"""The loss falls with all of the truth that the network tells, and minds no more than that."""

from typing import Any

import numpy as np
import pytest

from models.graphs.training_library import tensorflow
from models.marked.loss import batch_loss
from models.marked.network import Logits

SURE = 8.0


def truth() -> dict[str, Any]:
    """Two good pictures, one with a spot of kind 1 and one with a spot of kind 2."""
    kinds = np.array([0, 0, 1, 2], np.int32)
    kind_map = np.zeros((4, 6, 6), np.int32)
    kind_map[2, :2, :2], kind_map[3, 3:, 3:] = 1, 2
    covers = (kind_map > 0).astype(np.float32)
    return {"covers": covers, "kind_map": kind_map, "kinds": kinds, "is_outlined": np.ones(4, "f4")}


def right(told: dict[str, Any]) -> Logits:
    """Sure of the truth."""
    kinds, kind_map = told["kinds"], told["kind_map"]
    return Logits(
        mask=np.where(told["covers"] > 0, SURE, -SURE).astype(np.float32),
        image=np.where(kinds > 0, SURE, -SURE).astype(np.float32),
        kind_map=SURE * np.eye(2, dtype=np.float32)[np.maximum(kind_map - 1, 0)],
        kinds=SURE * np.eye(2, dtype=np.float32)[np.maximum(kinds - 1, 0)],
    )


def loss_of(logits: Logits, told: dict[str, Any]) -> float:
    return float(batch_loss(tensorflow(), logits, **told))


@pytest.mark.parametrize("place", range(4))
def test_loss_is_least_for_the_truth(place: int) -> None:
    told = truth()
    logits = right(told)
    wrong = Logits(*(-each if i == place else each for i, each in enumerate(logits)))
    assert loss_of(logits, told) < 0.05
    assert loss_of(wrong, told) > loss_of(logits, told) + 0.5


def test_mask_of_a_picture_that_nobody_outlined_counts_for_nothing() -> None:
    told = truth()
    told["is_outlined"] = np.array([1, 1, 1, 0], np.float32)
    told["covers"][3] = 0
    told["kind_map"][3] = 0
    logits = right(truth())
    blind = logits._replace(mask=logits.mask * np.array([1, 1, 1, -1], "f4")[:, None, None])
    assert loss_of(blind, told) == pytest.approx(loss_of(logits, told))
    unsure = logits._replace(image=logits.image * np.array([1, 1, 1, -1], "f4"))
    assert loss_of(unsure, told) > loss_of(logits, told) + 0.5


def test_kinds_of_good_places_count_for_nothing() -> None:
    told = truth()
    logits = right(told)
    turned = logits.kind_map.copy()
    turned[told["kind_map"] == 0] *= -1
    assert loss_of(logits._replace(kind_map=turned), told) == loss_of(logits, told)


def test_one_kind_alone_has_no_kinds_to_tell() -> None:
    told = truth()
    told["kinds"], told["kind_map"] = np.minimum(told["kinds"], 1), np.minimum(told["kind_map"], 1)
    logits = right(told)
    one = logits._replace(kind_map=logits.kind_map[..., :0], kinds=logits.kinds[..., :0])
    assert loss_of(one, told) < 0.05


def test_batch_without_a_defect_has_a_finite_loss() -> None:
    told = {name: values[:2] for name, values in truth().items()}
    logits = Logits(*(each[:2] for each in right(truth())))
    assert 0 <= loss_of(logits, told) < 0.05
