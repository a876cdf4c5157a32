"""Low maps are those of the backbone, in half precision."""

from pathlib import Path

import numpy as np
import pytest

from models.backbones.efficientnet_lite0 import trunk
from models.backbones.weights import load_weights
from models.training.low_maps import LOW_CHANNELS, LowMapper

PICTURES = np.random.default_rng(0).integers(0, 256, (18, 64, 72, 3), dtype=np.uint8)


@pytest.mark.parametrize("strides", [(8,), (4, 8)])
def test_maps_are_those_of_the_backbone(strides: tuple[int, ...], tmp_path: Path) -> None:
    weights = load_weights(tmp_path)
    maps = LowMapper(weights, strides).maps(PICTURES)
    outputs = trunk(weights, strides)(PICTURES.astype(np.float32))
    for stride, got, wanted in zip(
        strides, maps, outputs if len(strides) > 1 else [outputs], strict=True
    ):
        assert got.dtype == np.float16
        assert got.shape == (18, 64 // stride, 72 // stride, LOW_CHANNELS[stride])
        assert np.allclose(got, wanted.numpy(), rtol=2e-3, atol=2e-2)
