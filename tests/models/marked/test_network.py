"""The network says the same of the same maps, and is what its arrays say."""

from typing import Any

import numpy as np
import pytest

from models.backbones.efficientnet_lite0 import trunk
from models.backbones.weights import Weights
from models.graphs.training_library import tensorflow
from models.marked.network import LOW_STRIDES, MarkedNetwork, network_of


@pytest.fixture(scope="module")
def maps(weights: Weights) -> list[np.ndarray]:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3)).astype(np.float32)
    return [each.numpy() for each in trunk(weights, (*LOW_STRIDES, 16))(pixels)]


def test_middle_goes_on_where_the_low_maps_end(weights: Weights, maps: list[np.ndarray]) -> None:
    deep = MarkedNetwork(weights, 1, seed=0).middle(maps[1]).numpy()
    assert np.array_equal(deep, maps[2])


@pytest.mark.parametrize(("n_kinds", "n_logits"), [(1, 0), (2, 2), (5, 5)])
def test_logits_are_of_pixels_and_of_pictures(
    weights: Weights, maps: list[np.ndarray], n_kinds: int, n_logits: int
) -> None:
    logits = MarkedNetwork(weights, n_kinds, seed=0)(*maps[:2])
    assert [tuple(each.shape) for each in logits] == [
        (2, 16, 24),
        (2,),
        (2, 16, 24, n_logits),
        (2, n_logits),
    ]


def test_same_seed_gives_the_same_decoder_and_another_does_not(
    weights: Weights, maps: list[np.ndarray]
) -> None:
    first, same, other = (
        MarkedNetwork(weights, 1, seed=seed)(*maps[:2]).mask.numpy() for seed in (3, 3, 4)
    )
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_what_tells_kinds_apart_teaches_nothing_of_where_a_defect_is(
    weights: Weights, maps: list[np.ndarray]
) -> None:
    network = MarkedNetwork(weights, 2, seed=0)
    with tensorflow().GradientTape(persistent=True) as tape:
        logits = network(*maps[:2], training=True)
        kinds = [logits.kind_map, logits.kinds]
        defect = [logits.mask, logits.image]

    def taught_by(said: list[Any]) -> set[str]:
        variables = network.model.trainable_variables
        gradients = tape.gradient(said, variables)
        return {
            variable.path
            for variable, gradient in zip(variables, gradients, strict=True)
            if gradient is not None
        }

    assert taught_by(kinds)
    assert taught_by(kinds).isdisjoint(taught_by(defect))
    middle = {variable.path for variable in network.middle.trainable_variables}
    assert middle <= taught_by(defect)


def test_network_is_rebuilt_from_its_arrays(weights: Weights, maps: list[np.ndarray]) -> None:
    network = MarkedNetwork(weights, 2, seed=7)
    network.middle.trainable_variables[0].assign_add(
        np.full(network.middle.trainable_variables[0].shape, 0.01, np.float32)
    )
    again = network_of(network.arrays(), 2)
    for wanted, got in zip(network(*maps[:2]), again(*maps[:2]), strict=True):
        assert np.array_equal(wanted.numpy(), got.numpy())


def test_missing_array_is_named(weights: Weights) -> None:
    arrays = MarkedNetwork(weights, 1, seed=0).arrays()
    del arrays["decoder.3"]
    with pytest.raises(KeyError, match=r"decoder\.3"):
        network_of(arrays, 1)
