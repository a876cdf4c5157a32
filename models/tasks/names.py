"""The kinds of models there are; light, so that `--help` can name them at once."""

import pkgutil

import models.tasks


def task_names() -> tuple[str, ...]:
    """Every task, sorted: one for each folder in `models/tasks/`."""
    return tuple(
        sorted(one.name for one in pkgutil.iter_modules(models.tasks.__path__) if one.ispkg)
    )
