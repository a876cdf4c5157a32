"""A foreign classifier's columns become probabilities, good first, and a score."""

import numpy as np

from models.importing.heads.classify_head import ClassifyHead
from tests.models.importing.heads.test_head import CLASSIFY


def test_classes_are_reordered_so_that_good_comes_first() -> None:
    values = {"c": np.log(np.array([[0.2, 0.5, 0.3]], np.float32))}
    given = CLASSIFY.computed(values)
    assert CLASSIFY.labels == ("good", "dent", "rust")
    assert np.allclose(given["probabilities"], [[0.5, 0.2, 0.3]])
    assert np.allclose(given["score"], [0.5])


def test_score_of_classes_without_good_ones_is_how_unsure_the_model_is() -> None:
    head = ClassifyHead(source="c", model_labels=("a", "b"), is_logits=False, n_columns=2)
    assert head.labels == ("a", "b")
    assert np.allclose(head.computed({"c": np.array([[0.3, 0.7]])})["score"], [0.3])


def test_large_logit_of_one_class_is_a_share_of_1_without_a_warning() -> None:
    head = ClassifyHead(source="c", model_labels=("good", "bad"), is_logits=True, n_columns=1)
    values = {"c": np.array([[-1000.0], [1000.0]])}
    assert head.computed(values)["score"].tolist() == [0.0, 1.0]
