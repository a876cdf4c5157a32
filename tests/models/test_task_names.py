"""Every file of models/tasks is a task."""

from pathlib import Path

import models.tasks
from models.task_names import task_names


def test_each_file_is_a_task() -> None:
    files = Path(models.tasks.__path__[0]).glob("[!_]*.py")
    assert task_names() == tuple(sorted(path.stem for path in files))
    assert "anomaly" in task_names()
