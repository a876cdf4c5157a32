"""One labelled picture, and which of several are meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from inspector.verdict import GOOD as GOOD

SPLITS = ("train", "val", "test")
MAX_SAMPLES = 1_000_000  # of one list or folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One labelled picture.

    Attributes:
        name: Its path relative to the list or folder, with `/`, as `readable` spells it.
        label: "good", or what is wrong; of several kinds of defects the one that is listed first.
        masks: Pictures that show the defect, each a piece of it; empty where nobody drew one.
        mask_labels: What each of them shows; empty: each shows `label`.
        split: "train", "val" or "test".
        part: Pictures of one physical part share it; without that knowledge it is the name.
    """

    name: str
    image: Path
    label: str
    masks: tuple[Path, ...]
    split: str
    part: str
    mask_labels: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every label that it shows, the first one first."""
        return tuple(dict.fromkeys((self.label, *self.mask_labels)))

    @property
    def is_good(self) -> bool:
        """Whether the part is free of defects."""
        return self.label == GOOD


def of_split(samples: Iterable[Sample], split: str) -> tuple[Sample, ...]:
    """The pictures of one split, in their order; empty where it has none."""
    if split not in SPLITS:
        raise ValueError(f"split {split!r} is none of {', '.join(SPLITS)}")
    return tuple(sample for sample in samples if sample.split == split)


def repeated(samples: Iterable[Sample]) -> tuple[int, int] | None:
    """Which two samples are one file, counted from 0; None if each has its own."""
    index_of: dict[Path, int] = {}
    for index, sample in enumerate(samples):
        first = index_of.setdefault(sample.image.resolve(), index)
        if first != index:
            return first, index
    return None
