"""Pictures go through a graph some at a time and come out in their order."""

import numpy as np

from models.graphs.running import in_batches, run_graph
from models.graphs.training_library import tensorflow


def test_outputs_come_in_the_order_of_the_pictures() -> None:
    tf = tensorflow()
    pictures = np.arange(35, dtype=np.uint8).reshape(35, 1, 1, 1)
    outputs = run_graph(
        lambda batch: {
            "score": tf.cast(batch[:, 0, 0, 0], tf.float32),
            "half": tf.ones(len(batch)),
        },
        pictures,
    )
    assert outputs["score"].tolist() == list(range(35))
    assert outputs["half"].shape == (35,)


def test_batches_are_small_and_leave_nothing_out() -> None:
    sizes = [len(batch) for batch in in_batches(np.zeros((35, 2, 2, 3), np.uint8))]
    assert sizes == [16, 16, 3]
