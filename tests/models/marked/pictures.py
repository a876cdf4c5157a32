"""Striped parts with a dark or a bright spot on some of them, and where the spots are."""

from pathlib import Path

import numpy as np

from models.dataset.sample import GOOD, Sample
from models.marked.pictures import MarkedPictures
from tests.models.memory.stripes import striped

SPOT_PX = 24
LEVELS = (0, 255)  # of the spots of kinds 1 and 2


def spotted(kinds: list[int], *, seed: int = 1) -> MarkedPictures:
    """Pictures of 128 x 96 px, each with a spot of its kind; 0: without one."""
    tensors = striped(len(kinds), seed).copy()
    label_maps = np.zeros(tensors.shape[:3], np.uint8)
    rng = np.random.default_rng(seed)
    for place, kind in enumerate(kinds):
        top, left = rng.integers(0, np.array(tensors.shape[1:3]) - SPOT_PX)
        window = np.s_[top : top + SPOT_PX, left : left + SPOT_PX]
        if kind:
            tensors[place][window] = LEVELS[kind - 1]
            label_maps[place][window] = kind
    return MarkedPictures(
        tensors=tensors,
        pictures=np.arange(len(kinds)),
        label_maps=label_maps,
        said=np.array(kinds, np.intp),
        kinds=np.array(kinds, np.intp),
        is_outlined=np.ones(len(kinds), np.bool_),
        learnt=np.arange(len(kinds)),
    )


def samples_of(kinds: list[int]) -> tuple[Sample, ...]:
    """As many, each of a part of its own."""
    labels = (GOOD, "dark", "bright")
    return tuple(
        Sample(
            name=f"{place}.png",
            image=Path(f"{place}.png"),
            label=labels[kind],
            masks=(),
            split="train",
            part=f"{place}.png",
        )
        for place, kind in enumerate(kinds)
    )
