"""The kinds of models there are; light, so that `--help` can name them at once."""

import pkgutil

import models.tasks


def task_names() -> tuple[str, ...]:
    """Every task, sorted: one for each file in `models/tasks/`."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(models.tasks.__path__)))
