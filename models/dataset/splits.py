"""Divides pictures into groups by parts: no part is ever on two sides."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from inspector.errors import DataError
from models.dataset.sample import Sample


def split_parts(
    samples: Sequence[Sample], shares: Mapping[str, float], seed: int
) -> dict[str, tuple[Sample, ...]]:
    """Divide pictures into named groups of about these shares, never tearing a part apart.

    Each group gets about its share of every label too. The largest parts are dealt first, each to
    the group that lacks most of its share of what the part shows. The result depends on the seed,
    not on the order of the samples; inside a group their order stays.

    Args:
        shares: Of the pictures, each above 0, by the name of the group.

    Raises:
        DataError: There are fewer parts than groups.
    """
    if not shares or not all(share > 0 for share in shares.values()):
        raise ValueError(f"shares must be above 0: {dict(shares)}")
    shown: dict[str, Counter[str]] = {}  # how many pictures of each label, by part
    for sample in samples:
        shown.setdefault(sample.part, Counter())[sample.label] += 1
    if len(shown) < len(shares):
        raise DataError(
            f"{len(shown)} different parts; at least {len(shares)} are needed, so that "
            f"{', '.join(shares)} each have parts of their own"
        )
    parts = sorted(shown)
    np.random.Generator(np.random.PCG64(seed)).shuffle(parts)
    total = Counter(sample.label for sample in samples)
    taken = {name: Counter[str]() for name in shares}
    group_of: dict[str, str] = {}

    def fullness(name: str, part: Counter[str]) -> float:
        """How much of its share a group has of what the part shows."""
        return sum(
            count * (taken[name][label] + count / 2) / (shares[name] * total[label])
            for label, count in part.items()
        )

    # The sort is stable: parts of one size stay shuffled.
    for part in sorted(parts, key=lambda part: -shown[part].total()):
        # A group without any part comes first when only as many parts are left as such groups.
        empty = [name for name in shares if not taken[name]]
        choice = empty if len(shown) - len(group_of) == len(empty) else list(shares)
        full = {name: fullness(name, shown[part]) for name in choice}
        group = min(full, key=lambda name: full[name])
        group_of[part] = group
        taken[group] += shown[part]
    return {
        name: tuple(sample for sample in samples if group_of[sample.part] == name)
        for name in shares
    }
