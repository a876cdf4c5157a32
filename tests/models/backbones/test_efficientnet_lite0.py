"""The mapping of the weights, proven on photographs: a cat is a cat."""

from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.opencv import cv2
from models.backbones.efficientnet_lite0 import (
    classifier,
    middle,
    trunk,
    upper,
    weights_of,
)
from models.backbones.weights import Weights, load_weights

SIDE_PX = 224


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return load_weights(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def network(weights: Weights) -> Any:
    return classifier(weights)


@pytest.fixture(scope="module")
def all_taps(weights: Weights) -> Any:
    return trunk(weights, taps=(2, 4, 8, 16, 32))


def photograph(name: str) -> NDArray[np.uint8]:
    """The middle square of a photograph in scikit-image's wheel, RGB, shrunk to the network."""
    try:
        files = metadata.files("scikit-image") or []
    except metadata.PackageNotFoundError:
        pytest.skip("scikit-image, which brings the photographs, is not installed")
    path = next(Path(str(f.locate())) for f in files if f.name == name)
    pixels = np.asarray(cv2.imread(str(path)))[..., ::-1]
    height_px, width_px = pixels.shape[:2]
    side_px = min(height_px, width_px)
    top_px, left_px = (height_px - side_px) // 2, (width_px - side_px) // 2
    square = pixels[top_px : top_px + side_px, left_px : left_px + side_px]
    shrunk = cv2.resize(
        np.ascontiguousarray(square), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA
    )
    return np.asarray(shrunk, dtype=np.uint8)


@pytest.mark.parametrize(
    ("name", "label"),
    [("chelsea.png", 285), ("coffee.png", 967), ("rocket.jpg", 657)],
    ids=["cat", "espresso", "rocket"],
)
def test_photograph_is_named_for_what_it_shows(network: Any, name: str, label: int) -> None:
    logits = network(photograph(name)[None]).numpy()

    assert logits.shape == (1, 1000)
    assert logits[0].argmax() == label


def test_each_tap_has_its_stride_and_width(all_taps: Any) -> None:
    maps = all_taps(np.zeros((2, 64, 96, 3), np.uint8))

    assert [tuple(m.shape) for m in maps] == [
        (2, 32, 48, 16),
        (2, 16, 24, 24),
        (2, 8, 12, 40),
        (2, 4, 6, 112),
        (2, 2, 3, 320),
    ]


def test_size_that_no_stride_divides_is_rounded_up(all_taps: Any) -> None:
    maps = all_taps(np.zeros((1, 65, 70, 3), np.uint8))

    assert [tuple(m.shape[1:3]) for m in maps] == [(33, 35), (17, 18), (9, 9), (5, 5), (3, 3)]


def test_trunk_ends_at_its_deepest_tap_and_gives_the_same_maps(
    weights: Weights, all_taps: Any
) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), np.uint8)
    short = trunk(weights, taps=(4, 8))
    last = short.layers[-1]

    assert [m.shape[-1] for m in short(pixels)] == [24, 40]
    assert short.count_params() < all_taps.count_params() / 10
    assert last.output.shape[-1] == 40
    for ours, theirs in zip(short(pixels), all_taps(pixels)[1:3], strict=True):
        assert (ours.numpy() == theirs.numpy()).all()


def test_bytes_and_floats_are_the_same_pixels(all_taps: Any) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), np.uint8)

    for a, b in zip(all_taps(pixels), all_taps(pixels.astype(np.float32)), strict=True):
        assert (a.numpy() == b.numpy()).all()


def test_trunk_has_nothing_to_train(all_taps: Any) -> None:
    assert all_taps.trainable_weights == []


@pytest.mark.parametrize("taps", [(), (16, 8), (8, 8), (3,)])
def test_taps_that_are_no_ascending_strides_are_refused(
    weights: Weights, taps: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="ascending"):
        trunk(weights, taps=taps)


def test_upper_part_sees_what_the_classifier_sees(weights: Weights, network: Any) -> None:
    pixels = photograph("chelsea.png")[None]
    low = trunk(weights, (8,))(pixels.astype(np.float32))
    tapped, last = upper(weights, (16,))(low, training=False)
    pooled = last.numpy().mean(axis=(1, 2))
    logits = pooled @ weights["_fc.weight"] + weights["_fc.bias"]
    assert tapped.shape == (1, 14, 14, 112)
    assert np.abs(logits - network(pixels).numpy()).max() < 1e-3


def test_middle_gives_what_the_trunk_gives(weights: Weights, all_taps: Any) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1, 64, 96, 3), np.uint8)
    _, _, stride_8, stride_16, _ = all_taps(pixels)
    assert np.array_equal(middle(weights)(stride_8).numpy(), stride_16.numpy())


def test_weights_of_networks_are_those_they_were_made_of(weights: Weights) -> None:
    arrays = weights_of(trunk(weights, (8,))) | weights_of(upper(weights, ()))
    assert arrays.keys() == weights.keys() - {"_fc.weight", "_fc.bias"}
    assert all(np.array_equal(arrays[name], weights[name]) for name in arrays)
