"""A mask says which pixels are the defect, in whichever way people save it, or is refused."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.dataset.masks import defect_pixels

PLACE = np.zeros((6, 8), np.bool_)
PLACE[2:4, 3:6] = True


def of_values(*values: int, dtype: type[np.unsignedinteger] = np.uint8) -> NDArray[np.uint8]:
    """The place in these values, the rest 0."""
    pixels = np.zeros(PLACE.shape, dtype)
    pixels[PLACE] = np.resize(np.array(values, dtype), PLACE.sum())
    return pixels


@pytest.mark.parametrize(
    "values", [(255,), (128,), (249, 250, 251), (1,), (1, 2), (1, 2, 5), (32,)]
)
def test_two_values_label_images_and_kinds_are_understood(values: tuple[int, ...]) -> None:
    assert np.array_equal(defect_pixels(of_values(*values)), PLACE)
    three = np.repeat(of_values(*values)[:, :, None], 3, axis=2)
    assert np.array_equal(defect_pixels(three), PLACE)


@pytest.mark.parametrize("values", [(65_535,), (1,), (1, 2, 3), (255,)])
def test_sixteen_bits_are_understood(values: tuple[int, ...]) -> None:
    assert np.array_equal(defect_pixels(of_values(*values, dtype=np.uint16)), PLACE)


def test_soft_edges_are_cut_in_the_middle() -> None:
    row = np.array([[0, 10, 60, 127, 128, 200, 255, 255, 180, 90, 40, 5]], np.uint8)
    assert defect_pixels(row).tolist() == [[value > 127 for value in row[0].tolist()]]


def test_few_levels_of_a_soft_edge_are_no_class_numbers() -> None:
    row = np.array([[0, 64, 128, 192, 255]], np.uint8)
    assert defect_pixels(row).tolist() == [[False, False, True, True, True]]


def test_edge_of_a_few_pixels_is_soft_whatever_their_levels() -> None:
    pixels = of_values(255)
    pixels[1, 3] = 13
    assert np.array_equal(defect_pixels(pixels), PLACE)


def test_empty_mask_marks_nothing() -> None:
    assert not defect_pixels(np.zeros((4, 4), np.uint8)).any()


def test_colours_of_a_palette_mark_whatever_is_not_black() -> None:
    coloured = np.zeros((*PLACE.shape, 3), np.uint8)
    coloured[PLACE] = (0, 0, 64)
    coloured[3, 4] = (128, 0, 0)
    assert np.array_equal(defect_pixels(coloured), PLACE)


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (of_values(100), "its values go up to 100: neither above 127 nor class numbers"),
        (of_values(1, 255), "it holds the values 0, 1, 255: which of them are the defect"),
        (
            np.random.default_rng(0).integers(0, 255, (40, 40, 3), dtype=np.uint8),
            "colours: a photograph",
        ),
        (of_values(4000, dtype=np.uint16), "its values go up to 4000: neither above 32767"),
    ],
)
def test_values_of_two_meanings_or_none_are_refused(pixels: NDArray[np.uint8], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        defect_pixels(pixels)


@pytest.mark.parametrize("channels", [1, 3])
def test_mask_that_is_the_wrong_way_round_is_refused(channels: int) -> None:
    inverted = 255 - of_values(255)
    pixels = inverted if channels == 1 else np.stack([inverted, inverted, inverted // 2], axis=2)
    with pytest.raises(ValueError, match="all of its border too, but for a place inside"):
        defect_pixels(pixels)


def test_defect_may_cover_the_whole_part() -> None:
    assert defect_pixels(np.full((4, 4), 255, np.uint8)).all()
