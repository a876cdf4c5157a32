"""How a program and the processes of its runtimes speak: framed messages over two pipes.

A message is two little-endian counts of 32 bits, then so many bytes of JSON, then so many raw ones.
"""

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

MAX_BYTES = 1_000_000_000  # of each part; above the largest picture in tiles
_COUNTS = struct.Struct("<II")


def write_message(
    stream: IO[bytes], words: Mapping[str, object], raw: bytes | memoryview = b""
) -> None:
    """Send one message, at once.

    Args:
        raw: A view must be one of single bytes.

    Raises:
        ValueError: It is too large.
        OSError: Nobody reads any more.
    """
    text = json.dumps(words).encode("ascii")
    if max(len(text), len(raw)) > MAX_BYTES:
        raise ValueError(f"a message of {len(text)} + {len(raw)} bytes; at most {MAX_BYTES} each")
    stream.write(_COUNTS.pack(len(text), len(raw)) + text)
    stream.write(raw)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Wait for one message: its words and its raw bytes; None when the other side has closed.

    Raises:
        EOFError: The other side went away inside a message.
        ValueError: What came is not a message.
    """
    first = stream.read(_COUNTS.size)
    if not first:
        return None
    n_text, n_raw = _COUNTS.unpack(_whole(first, _COUNTS.size))
    if max(n_text, n_raw) > MAX_BYTES:
        raise ValueError(f"no message: it would have {n_text} + {n_raw} bytes")
    text = _whole(stream.read(n_text), n_text)
    raw = _whole(stream.read(n_raw), n_raw)
    words = json.loads(text)
    if not isinstance(words, dict):
        raise ValueError("no message: its words are not a table")
    return words, raw


def _whole(data: bytes, n_bytes: int) -> bytes:
    if len(data) < n_bytes:
        raise EOFError(f"a message ended after {len(data)} of {n_bytes} bytes")
    return data
