"""Which tiles of pictures are learnt from, and which pictures are judged where tiles are many.

Learnt from is what somebody has said something of: good parts, and outlined defects.
"""

from collections.abc import Sequence
from itertools import zip_longest

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
        marked: (N, kinds), how many pixels of each tile are of each kind of defect.
        pictures: (N,), ascending, which picture each tile is of.
        is_good: Of each picture.
    """
    rng = np.random.Generator(np.random.PCG64([seed, len(marked)]))
    defects: set[int] = set()
    good: list[NDArray[np.intp]] = []
    for picture, is_of_good in enumerate(is_good):
        tiles = np.flatnonzero(pictures == picture)
        if is_of_good:
            good.append(rng.permutation(tiles))
            continue
        for shown in marked[tiles].T:
            most_first = np.argsort(-shown, kind="stable")[:_MAX_OF_ONE_DEFECT]
            is_enough = shown[most_first] >= max(1, _LEAST_SHOWN * shown.max())
            defects.update(tiles[most_first[is_enough]].tolist())
    chosen = sorted(defects)
    if len(chosen) > MAX_LEARNT // 2:
        chosen = rng.choice(chosen, MAX_LEARNT // 2, replace=False).tolist()
    mixed = [good[place] for place in rng.permutation(len(good))]  # lists are often in an order
    in_turns = [int(tile) for row in zip_longest(*mixed) for tile in row if tile is not None]
    return np.array(sorted(chosen + in_turns[: MAX_LEARNT - len(chosen)]), np.intp)


def judged_pictures(is_good: Sequence[bool], at_most: int, seed: int) -> list[int]:
    """Places of about so many pictures, ascending: defects first, of which there are never enough.

    At least one of each kind that there is; half of them good ones, if there are so many.
    """
    if len(is_good) <= at_most:
        return list(range(len(is_good)))
    order = np.random.Generator(np.random.PCG64([seed, len(is_good)])).permutation(len(is_good))
    good = [int(place) for place in order if is_good[place]]
    defects = [int(place) for place in order if not is_good[place]]
    n_defects = max(1, at_most // 2, at_most - len(good))
    defects = defects[:n_defects]
    return sorted(defects + good[: max(1, at_most - len(defects))])
