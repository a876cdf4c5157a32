"""PGM and PPM: the samples that were written, or a refusal."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inspector.capture.files.image_file import decode_picture, decode_stored
from inspector.errors import CorruptFrame
from tests.support.picture_files import SOUND, pnm, textured

COLOUR, MONO = textured(24, 40), textured(24, 40, 1)


def refusal(data: bytes) -> str:
    with pytest.raises(CorruptFrame) as caught:
        decode_picture(data, "part")
    return str(caught.value)


def plain(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint16]], max_sample: int) -> bytes:
    kind = "P2" if pixels.ndim == 2 else "P3"
    numbers = " ".join(map(str, pixels.ravel()))
    return f"{kind} {pixels.shape[1]} {pixels.shape[0]} {max_sample}\n{numbers}\n".encode()


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_what_pillow_writes_gives_its_pixels(mode: str) -> None:
    image = Image.fromarray(COLOUR).convert(mode)
    file = io.BytesIO()
    image.save(file, "PPM")
    pixels = np.asarray(image)
    expected = pixels if pixels.ndim == 2 else pixels[:, :, ::-1]
    assert np.array_equal(decode_picture(file.getvalue(), "part"), expected)


@given(st.integers(1, 65_535), st.integers(1, 9), st.integers(1, 9), st.booleans(), st.booleans())
def test_every_depth_gives_the_samples_that_were_written(
    max_sample: int, height_px: int, width_px: int, is_colour: bool, is_plain: bool
) -> None:
    shape = (height_px, width_px, 3) if is_colour else (height_px, width_px)
    rng = np.random.default_rng(max_sample)
    pixels = rng.integers(0, max_sample, shape, dtype=np.uint16, endpoint=True)
    stored = decode_stored((plain if is_plain else pnm)(pixels, max_sample), "part")
    assert stored.full_light == max_sample
    assert np.array_equal(stored.samples, pixels[:, :, ::-1] if is_colour else pixels)


def test_few_grey_levels_are_spread() -> None:
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    assert decode_picture(pnm(pixels, 15), "part").ravel().tolist() == list(range(0, 256, 17))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"P5\n4 4", "ends inside its header"),
        (b"P5 4 4 x\n", "ends inside its header, or has no size"),
        (b"P5 0 4 255\n", "says 0 x 4 px"),
        (b"P5 4 4 65536\n", "up to 65536"),
        (b"P5 4 4 0\n" + bytes(16), "up to 0"),
        (b"P5 4 4 255\n" + bytes(15), "ends before its last row"),
        (b"P5 4 4 255\n" + bytes(16) + b"P5", "something follows the end"),
        (b"P4 8 1\n\0", "a PBM, a picture of bits, is not read"),
        (b"P1 2 2\n0 1 1 0\n", "a PBM, a picture of bits, is not read"),
        (b"P5 2 1 100\n\x65\x01", "holds 101, above its 100"),
        (b"P2 3 1 255\n300 10 256\n", "holds 300, above its 255"),
        (b"P3 1 1 100\n1 2 356\n", "holds 356, above its 100"),
        (b"P2 2 2 255\n1 2 3\n", "holds 3 of its 4 samples"),
        (b"P2 2 2 255\n1 2 3 4 5\n", "holds more or larger samples than its 4"),
        (b"P2 2 2 255\n1 2 3 -4\n", "holds more or larger samples than its 4"),
        (b"P2 2 2 255\n1 2 three 4\n", "something that is not a number"),
        (b"P2 2 2 255\n1 2 \xff 4\n", "something that is not a number"),
        (b"P5\r\n4 4\r\n255\r\n" + bytes(16), "changed as if it were a text"),
        (b"P5 4 4 255\n" + bytes(20), "something follows the end"),
        (b"P2 2 2 255\n1 2 3 4", "ends inside a number"),
        (b"P5\n#" + b"x" * 70_000 + b"\n4 4 255\n" + bytes(16), "ends inside its header"),
    ],
)
def test_file_that_is_not_whole_is_refused(data: bytes, words: str) -> None:
    assert words in refusal(data)


@pytest.mark.parametrize("kind", ["pgm", "pgm 16", "ppm"])
def test_every_cut_is_refused(kind: str) -> None:
    data = SOUND[kind]
    for length in range(len(data)):
        refusal(data[:length])


def test_line_end_behind_the_last_row_is_no_second_picture() -> None:
    assert np.array_equal(decode_picture(pnm(MONO, 255) + b"\n", "part"), MONO)


def test_comment_behind_the_maximum_is_no_pixel() -> None:
    head = b"P5#of a line\n40 24\n255# mono\n"
    assert np.array_equal(decode_picture(head + MONO.tobytes(), "part"), MONO)
