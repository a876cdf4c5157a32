"""A foreign score or heat map becomes the bundle's."""

import numpy as np

from models.importing.heads.anomaly_head import AnomalyHead
from tests.models.importing.heads.test_head import ANOMALY, SIZE_PX


def test_peak_of_the_map_is_the_score_only_where_the_model_gives_none() -> None:
    maps = np.arange(24, dtype=np.float32).reshape(1, 4, 6)
    bare = AnomalyHead(score=None, heatmap="m", map_px=(4, 6), size_px=SIZE_PX)
    assert bare.computed({"m": maps})["score"].tolist() == [23.0]
    given = ANOMALY.computed({"m": maps, "s": np.array([[7.0]])})
    assert given["score"].tolist() == [7.0]
    assert given["heatmap"].shape == (1, *SIZE_PX)


def test_outputs_say_where_they_come_from() -> None:
    assert ANOMALY.sources == ("s", "m")
    assert ANOMALY.meanings["score"] == "the model's 's'; higher is worse"
    assert ANOMALY.labels == ("good", "defect")
