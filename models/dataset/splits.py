"""Divides pictures into groups by parts: no part is ever on two sides."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from inspector.errors import DataError
from models.dataset.sample import Sample

# Fitting wants most of the pictures; the others must be enough for a threshold and for a proof.
SHARES = {"fit": 0.75, "held_out": 0.25}
PROOF_SHARE = 0.2  # of what is held out: a proof compares numbers, it needs no parts of its own
MIN_PROOF = 2
MIN_GOOD_PARTS = 4  # held out; with fewer, what is usual among good parts cannot be told


def proof_apart(n_held_out: int, seed: int) -> tuple[list[int], list[int]]:
    """Divide held-out pictures, by their places, into those that choose and those that prove."""
    order = np.random.Generator(np.random.PCG64(seed)).permutation(n_held_out)
    n_proof = max(MIN_PROOF, round(PROOF_SHARE * n_held_out))
    return sorted(order[n_proof:].tolist()), sorted(order[:n_proof].tolist())


def n_good_parts(samples: Iterable[Sample]) -> int:
    """How many different good parts there are."""
    return len({sample.part for sample in samples if sample.is_good})


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
