"""Every task can be loaded by its name, and says what its graph gives."""

import pytest

from models.tasks.names import task_names
from models.tasks.task import TrainedParameters, load_task

GOOD_ONLY: dict[str, object] = {}
MIXED: dict[str, object] = {"n_kinds": 1, "names_kinds": False, "has_outlines": True}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        *((name, GOOD_ONLY) for name in task_names() if name != "segment"),
        ("anomaly", MIXED),
        ("anomaly", {**MIXED, "has_outlines": False}),
        ("segment", {**MIXED, "names_kinds": True}),
    ],
)
def test_task_says_what_its_outputs_mean(name: str, settings: dict[str, object]) -> None:
    outputs = load_task(name).outputs(TrainedParameters(settings=settings, arrays={}))
    assert "score" in outputs
    assert ("class_map" in outputs) is (name == "segment")
    assert all(outputs.values())
