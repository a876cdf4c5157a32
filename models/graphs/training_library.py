"""Brings TensorFlow in when it is needed, quiet and repeatable; importing it takes seconds."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

_STDERR = 2
_KERAS_HOME = "KERAS_HOME"


@cache
def tensorflow() -> Any:
    """The TensorFlow module, on the CPU, without its start-up chatter, giving equal results twice.

    Equal on one machine: on another the sums are divided differently and differ in their last bits.

    Raises:
        ModuleNotFoundError: The workshop extra is not installed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # A graphics card rounds differently than the line PC's processor: what is proven here must be
    # what is judged there.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    with _stderr_kept_aside(), _keras_without_a_home():
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        # Two operators at the same time share one pool of threads, and by who comes first sums are
        # divided differently: two trainings differed in their last bits until one ran at a time.
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.constant(0.0)  # the last of the chatter comes with the first tensor
    return tf


@contextmanager
def _keras_without_a_home() -> Iterator[None]:
    """Keras reads what some other program left in the user's home, such as another order of axes.

    It writes there too, and for a user without a home into the folder they are in.
    """
    before = os.environ.get(_KERAS_HOME)
    with tempfile.TemporaryDirectory(prefix="inspector-keras-") as empty:
        os.environ[_KERAS_HOME] = empty
        try:
            yield
        finally:
            if before is None:
                del os.environ[_KERAS_HOME]
            else:
                os.environ[_KERAS_HOME] = before


@contextmanager
def _stderr_kept_aside() -> Iterator[None]:
    """Some lines are written before the library listens to its own log level.

    They go to a file that stays when the process dies in between, as it does on a processor that
    lacks what the library was built for: its last words say why.
    """
    words = Path(tempfile.gettempdir()) / f"inspector-models-{os.getpid()}.log"
    kept = os.dup(_STDERR)
    try:
        with words.open("wb") as file:
            os.dup2(file.fileno(), _STDERR)
        yield
        words.unlink(missing_ok=True)
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
