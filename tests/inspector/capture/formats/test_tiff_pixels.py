"""Whatever layout a TIFF has: the pixels that were written, or a refusal; never other pixels."""

import io
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from inspector.capture.files.image_file import decode_picture
from inspector.capture.formats.tiff_pixels import tiff_pixels
from inspector.capture.formats.whole_tiff import walk_tiff
from inspector.errors import CorruptFrame
from inspector.opencv import cv2
from tests.support.picture_files import encoded, textured, tiff

Pixels = NDArray[np.unsignedinteger[Any]]


def stored(data: bytes) -> Pixels:
    """The samples as the decoder gives them, of the file's own depth."""
    pixels = tiff_pixels(data, walk_tiff(data, "part"))
    assert pixels is not None
    return pixels


def light_of(pixels: Pixels) -> Pixels:
    """What is to be read of the pixels that were written: BGR or mono, without alpha."""
    if pixels.ndim == 2:
        return pixels
    return pixels[:, :, 0] if pixels.shape[2] < 3 else pixels[:, :, 2::-1]


@st.composite
def pictures(draw: st.DrawFn) -> Pixels:
    """Noise of any depth and number of samples: no neighbour is like another."""
    shape = (draw(st.integers(1, 70)), draw(st.integers(1, 70)), draw(st.integers(1, 4)))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    pixels: Pixels = rng.integers(0, 65536, shape, dtype=np.uint16)
    if draw(st.booleans()):
        pixels = pixels.astype(np.uint8)
    return pixels[:, :, 0] if shape[2] == 1 else pixels


def written_by_tifffile(pixels: Pixels, **options: Any) -> bytes:
    file = io.BytesIO()
    n_samples = pixels.shape[2] if pixels.ndim == 3 else 1
    if options.get("planarconfig") == "separate":
        pixels = np.moveaxis(pixels, 2, 0)
    if n_samples in (2, 4):
        options["extrasamples"] = ["unassalpha"]
    photometric = "rgb" if n_samples > 2 else "minisblack"
    tifffile.imwrite(file, pixels, photometric=photometric, metadata=None, **options)
    return file.getvalue()


@given(
    pixels=pictures(),
    is_separate=st.booleans(),
    tile_px=st.one_of(
        st.none(), st.tuples(st.integers(1, 6).map(lambda n: n * 16), st.sampled_from([16, 80]))
    ),
    rows=st.integers(1, 70),
    compression=st.sampled_from([None, "deflate"]),
    has_predictor=st.booleans(),
    order=st.sampled_from("<>"),
    is_big=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_every_layout_that_tifffile_writes_gives_its_pixels(
    pixels: Pixels,
    is_separate: bool,
    tile_px: tuple[int, int] | None,
    rows: int,
    compression: str | None,
    has_predictor: bool,
    order: str,
    is_big: bool,
) -> None:
    options: dict[str, Any] = {"byteorder": order, "bigtiff": is_big, "compression": compression}
    if tile_px is None:
        options["rowsperstrip"] = rows
    else:
        options["tile"] = tile_px
    if compression is not None:
        options["predictor"] = has_predictor
    if pixels.ndim == 3:
        options["planarconfig"] = "separate" if is_separate else "contig"
    data = written_by_tifffile(pixels, **options)
    assert np.array_equal(stored(data), light_of(pixels))


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_adobe_deflate", "raw"])
@pytest.mark.parametrize("predictor", [1, 2])
@pytest.mark.parametrize("rows", [7, 1000])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_what_pillow_writes_gives_its_pixels_or_is_refused(
    mode: str, rows: int, predictor: int, compression: str
) -> None:
    image, pixels = pillow_picture(mode)
    file = io.BytesIO()
    options = {278: rows} if predictor == 1 else {278: rows, 317: predictor}
    try:
        image.save(file, "TIFF", compression=compression, tiffinfo=options)
    except OSError:
        assert (mode, predictor) == ("1", 2)  # there are no differences of bits
        return
    is_standard = predictor == 1 or compression in ("tiff_lzw", "tiff_adobe_deflate")
    if not is_standard:  # libtiff passes the predictor over, others do not
        with pytest.raises(CorruptFrame, match="predictor 2 is not read"):
            stored(file.getvalue())
        return
    given_pixels = stored(file.getvalue())
    assert np.array_equal(given_pixels, pixels)
    # As Pillow reads it itself.
    again = Image.open(io.BytesIO(file.getvalue()))
    assert np.array_equal(given_pixels, light_of(np.asarray(shown(again))))


def pillow_picture(mode: str) -> tuple[Image.Image, Pixels]:
    """A picture in this mode, and what is to be read of it."""
    rgba = textured(45, 70, 4)
    if mode == "I;16":
        deep = rgba[:, :, 0].astype(np.uint16) * 257 - 3
        return Image.fromarray(deep), deep
    image = Image.fromarray(rgba)
    if mode == "P":
        image = Image.fromarray(np.ascontiguousarray(rgba[:, :, :3])).quantize(200)
    else:
        image = image.convert(mode)
    return image, light_of(np.asarray(shown(image)))


def shown(image: Image.Image) -> Image.Image:
    """Bits as black and white, a palette in its colours."""
    return image.convert({"1": "L", "P": "RGB"}.get(image.mode, image.mode))


def test_white_is_zero_is_turned_round() -> None:
    pixels = textured(24, 40, 1)
    data = tiff(pixels, tile_px=16, tags={262: (3, [0])})
    assert np.array_equal(stored(data), 255 - pixels)


def test_palette_of_old_writers_is_not_taken_for_black() -> None:
    """They wrote 8 bits into the 16 of each colour."""
    indices = textured(24, 40, 1)
    ramp = list(range(256))
    data = tiff(indices, tags={262: (3, [3]), 320: (3, ramp + ramp[::-1] + [7] * 256)})
    expected = np.stack([np.full_like(indices, 7), 255 - indices, indices], axis=2)
    assert np.array_equal(stored(data), expected)


@pytest.mark.parametrize("orientation", [2, 6, 8])
def test_picture_is_neither_turned_nor_multiplied_by_its_alpha(orientation: int) -> None:
    rgba = textured(24, 40, 4)
    data = tiff(rgba, tags={274: (3, [orientation])})
    assert np.array_equal(decode_picture(data, "part"), rgba[:, :, 2::-1])


@pytest.mark.parametrize("compression", [cv2.IMWRITE_TIFF_COMPRESSION_LZW, 32773])
def test_deep_picture_that_libtiff_cannot_unpack_gives_nothing(compression: int) -> None:
    """Of 8 bits libtiff gives black and says nothing; so the walk has counted the bytes before."""
    deep = textured(24, 40, 1).astype(np.uint16) * 257
    data = bytearray(encoded(".tiff", deep, cv2.IMWRITE_TIFF_COMPRESSION, compression))
    layout = walk_tiff(bytes(data), "part")
    for at, count in zip(layout.offsets, layout.counts, strict=True):
        data[at : at + count] = b"\xff" * count
    assert tiff_pixels(bytes(data), layout) is None
