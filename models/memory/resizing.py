"""A memory for pictures of another size, only to tell what time it would take."""

from dataclasses import replace

import numpy as np

from models.memory.memory import Memory, plain_bank
from models.memory.taps import N_CHANNELS, strides_for


def in_size(memory: Memory, size_px: tuple[int, int]) -> Memory:
    """As many banks as pictures of (height, width) pixels have, with values for all places."""
    strides = strides_for(size_px)
    banks = list(memory.banks)
    if len(strides) > len(banks):
        n_entries, n_dims = len(banks[-1].entries) // 2, N_CHANNELS[-1]
        banks.append(
            plain_bank(np.ones((n_entries, n_dims), np.float32), np.ones(n_dims, np.float32))
        )
    return replace(
        memory,
        banks=tuple(
            replace(bank, usual_at=np.ones((size_px[0] // stride, size_px[1] // stride), "f4"))
            for bank, stride in zip(banks, strides, strict=False)
        ),
        drift=np.resize(memory.drift, len(strides)),
        medians=np.resize(memory.medians, len(strides)),
    )
