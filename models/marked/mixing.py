"""The batches that the network learns from: maps of defects and good parts, pasted into each other.

Rectangles of one picture's maps replace those of another, marks and all (S. Yun et al., "CutMix:
Regularization Strategy to Train Strong Classifiers with Localizable Features", 2019), and noise is
added to the maps: with a few dozen defects the network would otherwise learn them by heart.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.marked.maps import LowMaps
from models.training.dealing import dealt
from models.training.one_cycle import Batch

N_DEFECTS, N_GOOD = 7, 9  # of a batch
_MIXED_SHARE = 0.4  # of the pictures of a batch
_NOISE = 0.3  # of each channel's standard deviation
_LEAST_LEFT = 0.5  # of the smaller defect of both: of less than that nobody sees what it was


class Mixer:
    """Draws batches of some pictures; the same round gives the same ones.

    Args:
        kinds: (N,) of all pictures of the maps; see `MarkedPictures`.
        is_outlined: (N,), likewise.
        places: Those that may be learnt from; defects and good ones are among them.
    """

    def __init__(
        self,
        maps: LowMaps,
        kinds: NDArray[np.intp],
        is_outlined: NDArray[np.bool_],
        places: Sequence[int],
        seed: int,
    ) -> None:
        self._maps = maps
        self._kinds = kinds
        self._is_outlined = is_outlined
        chosen = np.asarray(places)
        self._defects, self._good = chosen[kinds[chosen] > 0], chosen[kinds[chosen] == 0]
        self._seed = seed
        some = chosen[:: max(1, len(chosen) // 64)]
        self._deviations = [
            values[0][some].astype(np.float32).std(axis=(0, 1, 2))
            for values in (maps.stride_4, maps.stride_8)
        ]

    def batches(self, number: int, n_batches: int) -> Iterator[Batch]:
        """Those of a round, counted from 0: maps of both strides, and what `batch_loss` takes."""
        rng = np.random.Generator(np.random.PCG64([self._seed, number]))
        defects = dealt(self._defects, N_DEFECTS * n_batches, rng)
        good = dealt(self._good, N_GOOD * n_batches, rng)
        for batch in range(n_batches):
            places = np.concatenate(
                [
                    defects[batch * N_DEFECTS : (batch + 1) * N_DEFECTS],
                    good[batch * N_GOOD : (batch + 1) * N_GOOD],
                ]
            )
            yield self._batch(places, rng)

    def _batch(self, places: NDArray[np.intp], rng: np.random.Generator) -> Batch:
        maps = self._maps
        variants = rng.integers(len(maps.stride_4), size=len(places))
        index = variants, places
        stride_4 = maps.stride_4[index].astype(np.float32)
        stride_8 = maps.stride_8[index].astype(np.float32)
        covers = maps.covers[index].astype(np.float32) / np.float32(255)
        kind_map = maps.kinds[index].astype(np.int32)
        kinds = self._kinds[places].astype(np.int32)
        outlined = self._is_outlined[places]
        _mix([stride_4, stride_8, covers, kind_map], kinds, outlined, rng)
        for values, deviations in zip((stride_4, stride_8), self._deviations, strict=True):
            noise = rng.standard_normal(values.shape, dtype=np.float32)
            np.add(values, noise * (np.float32(_NOISE) * deviations), out=values)
        return stride_4, stride_8, covers, kind_map, kinds, outlined.astype(np.float32)


def _mix(
    layers: Sequence[NDArray[np.generic]],
    kinds: NDArray[np.int32],
    is_outlined: NDArray[np.bool_],
    rng: np.random.Generator,
) -> None:
    """Paste rectangles of others of the batch into some of its pictures, in place.

    Only between pictures whose marks say all of them: else nobody knows what the rectangle holds.

    Args:
        layers: Strides 4 and 8, covers and kinds of cells; each (N, rows, columns, ...).
    """
    sources = [layer.copy() for layer in layers]
    rows, columns = (side // 2 for side in layers[1].shape[1:3])  # cells of 16 pixels
    partners = rng.permutation(len(kinds))
    for place, partner in enumerate(partners):
        is_mixed = rng.random() < _MIXED_SHARE
        side = float(np.sqrt(rng.random()))
        height, width = max(1, round(side * rows)), max(1, round(side * columns))
        top = int(rng.integers(rows - height + 1))
        left = int(rng.integers(columns - width + 1))
        if not is_mixed or not is_outlined[place] or not is_outlined[partner]:
            continue
        for layer, source, step in zip(layers, sources, (4, 2, 4, 4), strict=True):
            window = np.s_[step * top : step * (top + height), step * left : step * (left + width)]
            layer[place][window] = source[partner][window]
        marked = [float(sources[2][one].sum()) for one in (place, partner)]
        smaller = min((area for area in marked if area), default=1.0)
        covers, kind_map = layers[2][place], layers[3][place]
        kinds[place] = kind_map.max() if covers.sum() >= _LEAST_LEFT * smaller else 0
