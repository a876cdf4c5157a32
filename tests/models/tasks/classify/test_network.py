"""The network for classes is the photographs' own until it is tuned, and is what its arrays say."""

from pathlib import Path

import numpy as np
import pytest

from models.backbones.efficientnet_lite0 import weights_of
from models.backbones.weights import Weights, load_weights
from models.tasks.classify.network import LOW_STRIDE, ClassNetwork, network_of, varied_maps
from models.training.augment import Augmentation
from models.training.kept_maps import KeptMaps
from models.training.low_maps import LowMapper
from models.training.variants import N_VARIANTS

PICTURES = np.random.default_rng(0).integers(0, 256, (18, 64, 72, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return load_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def mapper(weights: Weights) -> LowMapper:
    return LowMapper(weights, (LOW_STRIDE,))


def test_low_maps_are_of_each_variant_and_kept(mapper: LowMapper, tmp_path: Path) -> None:
    maps = varied_maps(mapper, PICTURES, Augmentation(), KeptMaps(tmp_path))
    assert maps.shape == (N_VARIANTS, 18, 8, 9, 40)
    assert np.array_equal(maps[0], mapper.maps(PICTURES)[0])
    assert not np.array_equal(maps[1], maps[0])
    again = varied_maps(mapper, PICTURES, Augmentation(), KeptMaps(tmp_path))
    assert np.array_equal(again, maps)
    assert len(list(tmp_path.iterdir())) == 1


def test_description_joins_the_means_of_three_strides(weights: Weights, mapper: LowMapper) -> None:
    low = mapper.maps(PICTURES[:2])[0].astype(np.float32)
    logits, described = ClassNetwork(weights, 3, seed=0)(low)
    assert logits.shape == (2, 3)
    assert described.shape == (2, 40 + 112 + 320)
    assert np.allclose(described[:, :40], low.mean(axis=(1, 2)), atol=1e-4)


def test_network_is_rebuilt_from_its_arrays(weights: Weights, mapper: LowMapper) -> None:
    low = mapper.maps(PICTURES[:2])[0].astype(np.float32)
    network = ClassNetwork(weights, 3, seed=5)
    kernel, bias = network.head.get_weights()
    arrays = weights_of(network.upper) | {"head.kernel": kernel, "head.bias": bias}
    for wanted, got in zip(network(low), network_of(arrays)(low), strict=True):
        assert np.array_equal(wanted.numpy(), got.numpy())
