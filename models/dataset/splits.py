"""Divides pictures into groups by parts: no part is ever on two sides."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inspector.errors import DataError
from models.dataset.sample import Sample

# Fitting wants most of the pictures; the others must be enough for a threshold and for a proof.
SHARES = {"fit": 0.75, "held_out": 0.25}
PROOF_SHARE = 0.2  # of what is held out: a proof compares numbers, it needs no parts of its own
MIN_PROOF = 2
MIN_GOOD_PARTS = 4  # held out; with fewer, what is usual among good parts cannot be told
N_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Pictures by what they are used for.

    Attributes:
        fit: The network or memory is fitted to these.
        held_out: For choices and figures.
        proof: Only to compare the converted model with the trained one.
    """

    fit: tuple[Sample, ...]
    held_out: tuple[Sample, ...]
    proof: tuple[Sample, ...]


def proof_apart(
    n_pictures: int, seed: int, share: float = PROOF_SHARE
) -> tuple[list[int], list[int]]:
    """Divide pictures, by their places, into those of other uses and those that prove."""
    order = np.random.Generator(np.random.PCG64(seed)).permutation(n_pictures)
    n_proof = max(MIN_PROOF, round(share * n_pictures))
    return sorted(order[n_proof:].tolist()), sorted(order[:n_proof].tolist())


def n_good_parts(samples: Iterable[Sample]) -> int:
    """How many different good parts there are."""
    return len({sample.part for sample in samples if sample.is_good})


def with_enough_parts(samples: Sequence[Sample], least: int) -> tuple[Sample, ...]:
    """The same, each picture called a part of its own where there are fewer parts than `least`."""
    if len({sample.part for sample in samples}) >= least:
        return tuple(samples)
    return tuple(replace(sample, part=sample.name) for sample in samples)


def fold_places(
    samples: Sequence[Sample], seed: int, n_folds: int = N_FOLDS
) -> tuple[tuple[int, ...], ...]:
    """Groups of the samples' places, no part in two of them; see `split_parts`."""
    names = [str(number) for number in range(n_folds)]
    return places_in(samples, split_parts(samples, dict.fromkeys(names, 1 / n_folds), seed))


def places_in(
    samples: Sequence[Sample], groups: Mapping[str, Sequence[Sample]]
) -> tuple[tuple[int, ...], ...]:
    """Where the samples of each group stand among all; their names differ."""
    place_of = {sample.name: place for place, sample in enumerate(samples)}
    return tuple(tuple(place_of[sample.name] for sample in group) for group in groups.values())


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
