"""Every task can be loaded by its name, and says what its graph gives."""

import pytest

from models.task import load_task
from models.task_names import task_names


@pytest.mark.parametrize("name", task_names())
def test_task_says_what_its_outputs_mean(name: str) -> None:
    outputs = load_task(name).outputs
    assert "score" in outputs
    assert all(outputs.values())
