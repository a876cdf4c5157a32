"""Every task can be loaded by its name, and says what its graph gives."""

import pytest

from models.tasks.names import task_names
from models.tasks.task import load_task


@pytest.mark.parametrize("name", task_names())
def test_task_says_what_its_outputs_mean(name: str) -> None:
    outputs = load_task(name).outputs
    assert "score" in outputs
    assert all(outputs.values())
