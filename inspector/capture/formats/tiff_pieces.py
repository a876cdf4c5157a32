"""Counts the bytes that a compressed strip or tile of a TIFF gives, without keeping them.

The decoder fills what is missing with black and says nothing for pictures of 8 bits, so whether
all pixels are there is found out here.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

UNCOMPRESSED, LZW, DEFLATE, OLD_DEFLATE, PACK_BITS = 1, 5, 8, 32946, 32773
READ = frozenset({UNCOMPRESSED, LZW, DEFLATE, OLD_DEFLATE, PACK_BITS})
PREDICTED = frozenset({LZW, DEFLATE, OLD_DEFLATE})  # what a predictor may stand before

_INFLATED_AT_ONCE_BYTES = 1_000_000
_CLEAR, _END, _FIRST_FREE, _TABLE_SIZE = 256, 257, 258, 4096
# After a clear, the first code adds no entry to the table; each one after it does.
_MAX_CODES = _TABLE_SIZE - _FIRST_FREE + 2
_ENTRIES = _FIRST_FREE + np.maximum(np.arange(_MAX_CODES) - 1, 0)  # when each code is read
# One bit more as soon as the next code but one would not fit: TIFF changes a code early.
_WIDTHS = 9 + (_ENTRIES >= 511).astype(np.int64) + (_ENTRIES >= 1023) + (_ENTRIES >= 2047)
_STARTS = np.concatenate([[0], np.cumsum(_WIDTHS)])


def unpacked_size(compression: int, data: bytes, limit: int) -> int:
    """How many bytes come out of one strip or tile; counting may stop above `limit`.

    Deflate carries a checksum, which is held against its bytes. LZW and PackBits carry none:
    changed bytes are found only where they change the count.

    Raises:
        ValueError: The data are damaged or end too soon.
    """
    if compression == LZW:
        return _lzw_size(data, limit)
    if compression == PACK_BITS:
        return _pack_bits_size(data, limit)
    if compression in (DEFLATE, OLD_DEFLATE):
        return _deflate_size(data, limit)
    return len(data)


def _deflate_size(data: bytes, limit: int) -> int:
    stream = zlib.decompressobj()
    size, rest = 0, data
    while size <= limit and not stream.eof:
        try:
            given = len(stream.decompress(rest, _INFLATED_AT_ONCE_BYTES))
        except zlib.error as error:
            raise ValueError(str(error)) from error
        rest = stream.unconsumed_tail
        if given == 0 and not rest and not stream.eof:
            raise ValueError("the compressed data end too soon")
        size += given
    return size


def _pack_bits_size(data: bytes, limit: int) -> int:
    at, size = 0, 0
    while at < len(data) and size <= limit:
        head = data[at]
        if head < 128:  # so many bytes and one more follow as they are
            at += head + 2
            size += head + 1
            if at > len(data):
                raise ValueError("the compressed data end too soon")
        elif head == 128:  # nothing
            at += 1
        else:  # one byte, repeated
            if at + 1 >= len(data):
                raise ValueError("the compressed data end too soon")
            at += 2
            size += 257 - head
    return size


def _lzw_size(data: bytes, limit: int) -> int:
    """Between two clears the width of each code is known beforehand: all are read in one step."""
    bits = np.frombuffer(data, np.uint8)
    at_bit, size = 0, 0
    while size <= limit:
        codes = _codes(bits, at_bit)
        if len(codes) == 0:
            break  # without its end mark, which libtiff does not miss either
        marks = np.flatnonzero((codes == _CLEAR) | (codes == _END))
        count = int(marks[0]) if len(marks) else len(codes)
        size += _lengths(codes[:count])
        if len(marks) and codes[count] == _CLEAR:
            at_bit += int(_STARTS[count + 1])
            continue
        if not len(marks) and count == _MAX_CODES:
            raise ValueError("a table of codes overflows")
        break
    return size


def _codes(data: NDArray[np.uint8], at_bit: int) -> NDArray[np.int64]:
    """The codes from this bit on, as if no clear came; fewer where the data end."""
    starts = at_bit + _STARTS[:-1]
    whole = starts + _WIDTHS <= 8 * len(data)
    starts, widths = starts[whole], _WIDTHS[whole]
    begin = at_bit >> 3
    near = np.zeros(_MAX_CODES * 2, np.int64)  # a code has at most 12 bits
    piece = data[begin : begin + len(near) - 3]
    near[: len(piece)] = piece
    first = (starts >> 3) - begin
    window = (near[first] << 16) | (near[first + 1] << 8) | near[first + 2]
    codes: NDArray[np.int64] = (window >> (24 - (starts & 7) - widths)) & ((1 << widths) - 1)
    return codes


def _lengths(codes: NDArray[np.int64]) -> int:
    """How many bytes the codes stand for.

    A code above the marks names an entry that is one byte longer than what the code stood for that
    made it; so its length is the number of steps back to a plain byte. All walk back at once.
    """
    if len(codes) == 0:
        return 0
    places = np.arange(len(codes))
    is_plain = codes < _CLEAR
    made_by = np.where(is_plain, places, codes - _FIRST_FREE)  # the code the entry begins with
    if not is_plain[0] or (~is_plain & (made_by >= places)).any():
        raise ValueError("a code names an entry that is not there yet")
    steps = (~is_plain).astype(np.int64)
    while not is_plain[made_by].all():  # each round doubles how far every code has walked
        steps, made_by = steps + steps[made_by], made_by[made_by]
    return int((1 + steps).sum())
