"""The TensorFlow function that a bundle was converted from, for the runtimes that start from it."""

import os
from pathlib import Path
from typing import Any

from inspector.bench.runtime import Subject
from inspector.bundle import Bundle
from inspector.errors import DataError
from models.backbones.weights import default_cache, load_weights
from models.publishing.source import own_source
from models.tasks.task import load_task


def lacks_source(path: Path, bundle: Bundle) -> str | None:
    """Why the function cannot be rebuilt; None when it can."""
    try:
        own_source(path, bundle)
    except DataError as error:
        return str(error)
    return None


def trained_function(subject: Subject) -> Any:
    """The `tf.function` of the bundle's source, with so many threads inside one operator.

    To be called before anything else brings TensorFlow in. Operators run one after the other, as
    everywhere in the workshop: what waits for what before it gains nothing from a second pool.

    Raises:
        DataError: The source is not beside the bundle or is another model's, or the backbone's
            weights cannot be had.
    """
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(subject.threads)
    source = own_source(subject.bundle_path, subject.bundle)
    weights = load_weights(default_cache())
    return load_task(source.task).graph(source.parameters, subject.bundle.manifest.input, weights)
