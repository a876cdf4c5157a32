"""Which tiles of pictures are learnt from: those on which somebody has said what there is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MAX_LEARNT = 800  # tiles, of whose variants the maps take 2 GB
_MAX_OF_ONE_DEFECT = 4  # tiles; a defect that fills a picture is not worth more than others
_LEAST_SHOWN = 0.25  # of the most that a tile of the same picture shows: of less nobody sees what


def learnt_tiles(
    marked: NDArray[np.intp],
    pictures: NDArray[np.intp],
    is_good: Sequence[bool],
    seed: int,
) -> NDArray[np.intp]:
    """Places of tiles, ascending: of every outlined defect those that show it, and some good ones.

    Of a defective part no tile counts as good, for what is marked may not be all; and without an
    outline nobody knows which of its tiles show the defect.

    Args:
        marked: (N,), how many pixels of each tile are.
        pictures: (N,), ascending, which picture each tile is of.
        is_good: Of each picture.
    """
    rng = np.random.Generator(np.random.PCG64([seed, len(marked)]))
    defects: list[int] = []
    good: list[NDArray[np.intp]] = []
    for picture, is_of_good in enumerate(is_good):
        tiles = np.flatnonzero(pictures == picture)
        if is_of_good:
            good.append(rng.permutation(tiles))
            continue
        shown = marked[tiles]
        if shown.any():
            largest_first = tiles[np.argsort(-shown, kind="stable")]
            enough = marked[largest_first] >= _LEAST_SHOWN * shown.max()
            defects += largest_first[enough][:_MAX_OF_ONE_DEFECT].tolist()
    if len(defects) > MAX_LEARNT // 2:
        defects = rng.choice(defects, MAX_LEARNT // 2, replace=False).tolist()
    in_turns = [int(tile) for row in _columns(good) for tile in row]
    return np.array(sorted(defects + in_turns[: MAX_LEARNT - len(defects)]), np.intp)


def _columns(rows: Sequence[NDArray[np.intp]]) -> list[list[np.intp]]:
    """The first of each row, then the second of each that has one, and so on."""
    longest = max(map(len, rows), default=0)
    return [[row[place] for row in rows if place < len(row)] for place in range(longest)]
