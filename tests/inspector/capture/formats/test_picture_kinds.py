"""Pictures are told from everything else by their first bytes."""

import pytest

from inspector.capture.formats.picture_kinds import HEAD_BYTES, KINDS_READ, picture_kind
from tests.support.picture_files import SOUND

OTHERS = {
    b"GIF89a\x28\0": "GIF",
    b"\0\0\0\x18ftypheic\0\0\0\0": "HEIC",
    b"\0\0\0\x18ftypmif1\0\0\0\0": "HEIC",
    b"\0\0\0\x20ftypmiaf\0\0\0\0mif1heic": "HEIC",
    b"\0\0\0\x1cftypavif\0\0\0\0": "AVIF",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"\xff\x0a\x7a\x1f": "JPEG XL",
    b"P7\nWIDTH 4": "PAM",
    b"Pf\n4 4": "PFM",
    b"8BPS\0\x01": "Photoshop picture",
    bytes(128) + b"DICM": "DICOM",
    b"v/1\x01\x02": "OpenEXR",
    b"#?RADIANCE\n": "Radiance HDR",
    b"SIMPLE  =": "FITS",
    b"FUJIFILMCCD-RAW 0201": "raw picture of a camera",
}
NONE = [
    b"",
    b"BMW 320 lot 7, all good",  # begins like a BMP
    b"P5",
    b"P5 parts were taken away",
    b"P3 3 parts",
    b"PK\x03\x04",
    b"SQLite format 3\0",
    b"image,label,mask,split\n",
    b"\0\0\0\x20ftypisom\0\0\0\0",  # a film
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # Thumbs.db
    b"#!/bin/sh\n",
    b"RIFF\0\0\0\0WAVE",
    b"\xff\xd8",
    b"<svg xmlns=",
]


@pytest.mark.parametrize("kind", SOUND)
def test_every_kind_that_is_read_is_known(kind: str) -> None:
    assert picture_kind(SOUND[kind][:HEAD_BYTES]) in KINDS_READ


@pytest.mark.parametrize(("head", "kind"), OTHERS.items())
def test_picture_that_is_not_read_is_named(head: bytes, kind: str) -> None:
    assert picture_kind(head) == kind
    assert kind not in KINDS_READ


@pytest.mark.parametrize("head", NONE)
def test_what_is_no_picture_has_no_kind(head: bytes) -> None:
    assert picture_kind(head) is None
