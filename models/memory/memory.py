"""What is remembered of good parts, as values: banks of patches, and what is usual around them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BANKS = ("fine", "coarse", "coarsest")  # on the grids of strides 8, 16 and 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bank:
    """Descriptions of good patches on one grid, and how far good patches usually are from them.

    Attributes:
        mixing: (D, D), and `shift` (D,): a description x is compared as x @ mixing + shift; with a
            `mixing` of no rows, as x + shift.
        entries: (K, D), the remembered ones, so mixed.
        usual: (K,), the distance that is usual for what is nearest to each entry.
        usual_at: (h, w), what is usual at each place, of distances over `usual`.
        peak: (), the usual peak of a map over both, by which all banks count alike.
    """

    mixing: Floats
    shift: Floats
    entries: Floats
    usual: Floats
    usual_at: Floats
    peak: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Memory:
    """All that was learnt; with the backbone it makes the whole model.

    Attributes:
        banks: The first two of `BANKS`, or all.
        mean, axis: (D,), of pictures' mean descriptions, and the direction in which good pictures
            drift most (exposure, content), over its standard deviation.
        drift: (T,), how much each term moves by one deviation along the axis.
        medians: (T,), what each term is for a usual good picture.
        log_limit: (), logarithm of the score that becomes 1.
        heat_limit: (), the value of the heat map that becomes 1.
    """

    banks: tuple[Bank, ...]
    mean: Floats
    axis: Floats
    drift: Floats
    medians: Floats
    log_limit: Floats
    heat_limit: Floats

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """By name, for a file."""
        arrays = {
            f"{name}.{part.name}": getattr(bank, part.name)
            for name, bank in zip(BANKS, self.banks, strict=False)
            for part in fields(Bank)
        }
        return arrays | {name: getattr(self, name) for name in _OTHERS}


def plain_bank(entries: Floats, shift: Floats) -> Bank:
    """A bank in which nothing is known to be usual, and that compares descriptions as they are."""
    return Bank(
        mixing=np.empty((0, entries.shape[1]), np.float32),
        shift=shift,
        entries=entries,
        usual=np.ones(len(entries), np.float32),
        usual_at=np.ones((1, 1), np.float32),
        peak=np.array(1.0, np.float32),
    )


def memory_of(arrays: Mapping[str, NDArray[Any]]) -> Memory:
    """The memory whose arrays these are.

    Raises:
        KeyError: One is missing.
    """
    names = BANKS if f"{BANKS[-1]}.entries" in arrays else BANKS[:-1]
    banks = tuple(
        Bank(**{part.name: arrays[f"{name}.{part.name}"] for part in fields(Bank)})
        for name in names
    )
    return Memory(banks=banks, **{name: arrays[name] for name in _OTHERS})


_OTHERS = tuple(entry.name for entry in fields(Memory) if entry.name != "banks")
