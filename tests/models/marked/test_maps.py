"""Maps are of the pictures as they are and of variants of them, marks and all."""

from pathlib import Path

import numpy as np
import pytest

from models.backbones.efficientnet_lite0 import trunk
from models.backbones.weights import Weights
from models.marked.maps import LowMaps, gently, low_batches, varied_maps
from models.marked.network import LOW_STRIDES
from models.training.augment import Augmentation
from models.training.kept_maps import KeptMaps
from models.training.low_maps import LowMapper
from models.training.variants import N_VARIANTS
from tests.models.marked.pictures import spotted

KINDS = [0, 1, 2] * 6  # more than one batch


@pytest.fixture(scope="module")
def mapper(weights: Weights) -> LowMapper:
    return LowMapper(weights, LOW_STRIDES)


@pytest.fixture(scope="module")
def varied(mapper: LowMapper, tmp_path_factory: pytest.TempPathFactory) -> LowMaps:
    kept = KeptMaps(tmp_path_factory.mktemp("maps"))
    return varied_maps(mapper, spotted(KINDS), Augmentation(), kept)


def test_first_variant_is_the_picture_as_it_is(varied: LowMaps, weights: Weights) -> None:
    pictures = spotted(KINDS)
    wanted = trunk(weights, LOW_STRIDES)(pictures.tensors[:2].astype(np.float32))
    for got, maps in zip((varied.stride_4, varied.stride_8), wanted, strict=True):
        assert np.allclose(got[0, :2], maps.numpy(), rtol=2e-3, atol=2e-3)


def test_marks_are_shares_of_cells_and_their_kinds(varied: LowMaps) -> None:
    label_maps = spotted(KINDS).label_maps
    cells = label_maps.reshape(len(KINDS), 32, 4, 24, 4)
    shares = (cells > 0).mean(axis=(2, 4))
    assert np.allclose(varied.covers[0] / 255, shares, atol=0.5 / 255)
    assert np.array_equal(varied.kinds[0], cells.max(axis=(2, 4)))


def test_variants_differ_and_keep_their_kinds(varied: LowMaps) -> None:
    assert len(varied.stride_4) == N_VARIANTS
    for variant in range(1, N_VARIANTS):
        assert not np.array_equal(varied.stride_8[variant], varied.stride_8[0])
        for place, kind in enumerate(KINDS):
            assert set(np.unique(varied.kinds[variant, place])) <= {0, kind}


def test_same_pictures_give_the_same_maps(
    varied: LowMaps, mapper: LowMapper, tmp_path: Path
) -> None:
    again = varied_maps(mapper, spotted(KINDS), Augmentation(), KeptMaps(tmp_path))
    assert np.array_equal(again.stride_4, varied.stride_4)
    assert np.array_equal(again.covers, varied.covers)


def test_batches_are_all_pictures_in_their_order(varied: LowMaps) -> None:
    batches = list(low_batches(varied.stride_4[0], varied.stride_8[0]))
    assert np.array_equal(np.concatenate([first for first, _ in batches]), varied.stride_4[0])
    assert np.array_equal(np.concatenate([second for _, second in batches]), varied.stride_8[0])
    assert batches[0][0].dtype == np.float32


def test_defects_are_varied_gently_and_mirrored_where_the_part_allows_it() -> None:
    how = gently(Augmentation(light=0.2, shift=0.04, may_flip_sideways=True))
    assert (how.light, how.shift, how.noise_levels, how.blur_px) == (0.1, 0.02, 0.0, 0.0)
    assert (how.may_flip_sideways, how.may_flip_upside_down) == (True, False)
