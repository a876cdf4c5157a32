"""What is remembered of good parts, as values: two banks of patches, what is usual around them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bank:
    """Descriptions of good patches on one grid, and how far good patches usually are from them.

    Attributes:
        mixing: (D, D), and `shift` (D,): a description x is compared as x @ mixing + shift; with a
            `mixing` of no rows, as x + shift.
        entries: (K, D), the remembered ones, so mixed.
        usual: (K,), the distance that is usual for what is nearest to each entry.
        usual_at: (h, w), what is usual at each place, of distances over `usual`.
        peak: (), the usual peak of a map over both, by which the banks count alike.
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
        fine, coarse: On the grids of strides 8 and 16.
        mean, axis: (D,), of pictures' mean descriptions, and the direction in which good pictures
            drift most (exposure, content), over its standard deviation.
        drift: (2,), how much each term moves by one deviation along the axis.
        medians: (2,), what each term is for a usual good picture.
        log_limit: (), logarithm of the score that becomes 1.
        heat_limit: (), the value of the heat map that becomes 1.
    """

    fine: Bank
    coarse: Bank
    mean: Floats
    axis: Floats
    drift: Floats
    medians: Floats
    log_limit: Floats
    heat_limit: Floats

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """By name, for a file."""
        arrays: dict[str, NDArray[Any]] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, Bank):
                parts = {f"{entry.name}.{part.name}": part.name for part in fields(value)}
                arrays |= {name: getattr(value, part) for name, part in parts.items()}
            else:
                arrays[entry.name] = value
        return arrays


def memory_of(arrays: Mapping[str, NDArray[Any]]) -> Memory:
    """The memory whose arrays these are.

    Raises:
        KeyError: One is missing.
    """
    fine, coarse = (
        Bank(**{part.name: arrays[f"{name}.{part.name}"] for part in fields(Bank)})
        for name in ("fine", "coarse")
    )
    names = (entry.name for entry in fields(Memory) if entry.name not in ("fine", "coarse"))
    return Memory(fine=fine, coarse=coarse, **{name: arrays[name] for name in names})
