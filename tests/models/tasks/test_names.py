"""Every folder of models/tasks is a task."""

from pathlib import Path

import models.tasks
from models.tasks.names import task_names


def test_each_folder_is_a_task() -> None:
    folders = Path(models.tasks.__path__[0]).glob("[!_]*/")
    assert task_names() == tuple(sorted(path.name for path in folders if path.is_dir()))
    assert "anomaly" in task_names()
