"""Full light in a set's pictures of 16 bits: said, in the files, or plain from all of them."""

from pathlib import Path

import numpy as np
import pytest

from inspector.errors import DataError
from models.dataset.sample import Sample
from models.dataset.sample_depth import full_light_of
from tests.support.picture_files import chunk, encoded, png, pnm, textured

MONO = textured(24, 40, 1)


def sample(path: Path, data: bytes) -> Sample:
    path.write_bytes(data)
    return Sample(name=path.name, image=path, label="good", masks=(), split="train", part=path.name)


def deep(brightest: int) -> bytes:
    """A PNG of 16 bits that says nothing of its depth."""
    pixels = MONO.astype(np.uint16)
    pixels[3, 4] = brightest
    return encoded(".png", pixels)


@pytest.mark.parametrize(
    ("brightest", "full"),
    [(255, 255), (610, 1023), (1024, 4095), (9_000, 16_383), (40_000, 65_535)],
)
def test_no_picture_of_the_set_goes_above_full_light(
    brightest: int, full: int, tmp_path: Path
) -> None:
    samples = [sample(tmp_path / "a.png", deep(200)), sample(tmp_path / "b.png", deep(brightest))]
    assert full_light_of(samples, None) == full


def test_set_of_eight_bits_says_nothing(tmp_path: Path) -> None:
    kinds = (".png", ".jpg", ".tiff", ".bmp", ".webp")
    samples = [sample(tmp_path / f"a{kind}", encoded(kind, MONO)) for kind in kinds]
    assert full_light_of(samples, None) is None
    assert full_light_of(samples, 10) == 1023


def test_what_a_person_says_is_believed(tmp_path: Path) -> None:
    samples = [sample(tmp_path / "a.png", deep(610))]
    assert full_light_of(samples, 12) == 4095
    with pytest.raises(DataError, match=r"'a.png' holds the value 610, above 255, .*--sample-bits"):
        full_light_of(samples, 8)


def test_what_the_files_say_comes_before_what_they_hold(tmp_path: Path) -> None:
    rows = [row.astype(">u2").tobytes() for row in MONO]
    said = png(40, 24, rows, bits=16, extra=chunk(b"sBIT", bytes([12])))
    samples = [sample(tmp_path / "a.png", said), sample(tmp_path / "b.png", deep(900))]
    assert full_light_of(samples, None) == 4095
    assert full_light_of([sample(tmp_path / "c.pgm", pnm(MONO.astype(np.uint16), 1023))], None) == (
        1023
    )


def test_files_that_contradict_each_other_or_the_person_are_named(tmp_path: Path) -> None:
    ten = sample(tmp_path / "ten.pgm", pnm(MONO.astype(np.uint16), 1023))
    twelve = sample(tmp_path / "twelve.pgm", pnm(MONO.astype(np.uint16), 4095))
    with pytest.raises(DataError, match=r"'twelve.pgm' says .* 4,095, and another of the set 1,02"):
        full_light_of([ten, twelve], None)
    with pytest.raises(DataError, match=r"'twelve.pgm' says .* 4,095, and --sample-bits 1,023"):
        full_light_of([twelve], 10)
    with pytest.raises(DataError, match=r"'b.png' holds the value 2,000, above 1,023"):
        full_light_of([ten, sample(tmp_path / "b.png", deep(2000))], None)


def test_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    cut = sample(tmp_path / "cut.png", deep(610)[:-30])
    with pytest.raises(DataError, match=r"picture 'cut.png': cut.png: the PNG ends"):
        full_light_of([cut], None)
