"""A class for each pixel becomes a score, a heat map and kinds."""

import numpy as np
import pytest

from tests.models.importing.heads.test_head import SEGMENT


def test_worst_pixel_of_a_segmentation_is_the_score_and_names_the_kind() -> None:
    maps = np.zeros((1, 3, 4, 6), np.float32)
    maps[:, 0] = 9.0
    maps[0, :, 2, 3] = (0.0, 1.0, 5.0)
    given = SEGMENT.computed({"p": maps})
    assert given["score"][0] == pytest.approx(1 - 1 / (1 + np.e + np.e**5))
    assert given["probabilities"][0].argmax() == 2
    assert given["probabilities"].sum() == pytest.approx(1)
    assert given["class_map"][0, 2, 3].argmax() == 1
