"""Kept pictures are whole and without loss."""

import errno
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.errors import StoreError, StoreFull
from inspector.opencv import cv2
from inspector.store.images import encode_png, write_png

GREY = np.full((100, 200, 3), 128, dtype=np.uint8)


def noise(*shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def decoded(data: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return np.asarray(picture, dtype=np.uint8)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (1, 1), (300, 2)])
def test_png_holds_every_pixel_and_its_hash_is_the_files(
    tmp_path: Path, shape: tuple[int, ...]
) -> None:
    path = tmp_path / "零件.png"
    pixels = noise(*shape)
    digest = write_png(path, pixels)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert np.array_equal(decoded(path.read_bytes()), pixels)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("code", "kind"),
    [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreError)],
)
def test_png_that_cannot_be_synced_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[StoreError]
) -> None:
    path = tmp_path / "part.png"
    path.write_bytes(b"old")

    def failing(_file: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(StoreError) as caught:
        write_png(path, GREY)
    assert type(caught.value) is kind
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_png_into_a_missing_folder_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        write_png(tmp_path / "gone" / "part.png", GREY)


def test_picture_that_cannot_be_encoded_is_a_store_error_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"uint8 \(0, 4\) cannot be encoded as png"):
        write_png(tmp_path / "part.png", np.zeros((0, 4), dtype=np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_refused_encoding_is_a_store_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imencode", lambda *_arguments: (False, np.empty(0, dtype=np.uint8)))
    with pytest.raises(StoreError, match="cannot be encoded as png"):
        encode_png(GREY)
