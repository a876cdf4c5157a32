"""Every task can be loaded by its name, and says what its graph gives."""

import pytest

from models.tasks.names import task_names
from models.tasks.task import TrainedParameters, load_task


@pytest.mark.parametrize("name", task_names())
@pytest.mark.parametrize("settings", [{}, {"n_kinds": 1}])
def test_task_says_what_its_outputs_mean(name: str, settings: dict[str, object]) -> None:
    outputs = load_task(name).outputs(TrainedParameters(settings=settings, arrays={}))
    assert "score" in outputs
    assert all(outputs.values())
