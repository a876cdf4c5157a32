"""Chooses the threshold on held-out parts, and says how much it can promise."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import Threshold

# Good parts that may be rejected, as a share. A good part looked at twice costs a minute; a bad one
# that slips through may hurt somebody, and every step of this number towards 0 lets more slip.
DEFAULT_OVERKILL = 0.05
_TAIL = 0.025  # on each side of a 95 % interval
_N_HALVINGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What share of parts may be judged wrongly, each above 0 and below 1.

    Attributes:
        overkill: Of good parts, rejected; None: `DEFAULT_OVERKILL`, and nothing is promised.
        escape: Of defects, passed; None: as few as the overkill allows.
    """

    overkill: float | None = None
    escape: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many of so many held-out parts."""

    count: int
    total: int

    @property
    def share(self) -> float:
        """As measured."""
        return self.count / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies in 95 of 100 such samples.

        The exact interval of C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial
        limits illustrated in the case of the binomial", 1934.
        """
        low = 0.0 if self.count == 0 else 1.0 - _upper(self.total - self.count, self.total)
        return low, _upper(self.count, self.total)

    def text(self) -> str:
        """For people."""
        low, high = self.interval
        return (
            f"{self.share:.1%} ({self.count} of {self.total}; 95 % interval {low:.1%}..{high:.1%})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenThreshold:
    """A threshold, and what it does to the parts it was chosen on.

    Attributes:
        escape: None where no defect was held out.
        doubts: What the sample cannot promise or the model cannot do, for people.
    """

    threshold: Threshold
    overkill: Rate
    escape: Rate | None
    doubts: tuple[str, ...]


def choose_threshold(
    scores: NDArray[np.float32],
    is_defect: NDArray[np.bool_],
    targets: Targets,
    region_level: float | None = None,
    *,
    has_good: bool = True,
) -> ChosenThreshold:
    """The threshold that meets the targets on held-out parts, as far as any does.

    Where both can be met it lies in the middle between what each asks for. Where not, the escapes
    count: good parts are rejected instead. Without held-out defects only the overkill counts.

    Args:
        scores: Of pictures that the model was not fitted to; at least one of them good.
        is_defect: For each score.
        region_level: What to put into the threshold, see `Threshold`.
        has_good: Whether one of the classes means free of defects; else all of `scores` are of
            known classes, which is said so.
    """
    values = scores.astype(np.float64)
    good, defects = values[~is_defect], values[is_defect]
    at_least, method = _least_for_overkill(
        good,
        targets.overkill or DEFAULT_OVERKILL,
        "good pictures" if has_good else "pictures of known classes",
    )
    value = at_least
    if targets.escape is not None and len(defects):
        at_most, escape_method = _most_for_escape(defects, targets.escape)
        value = at_most if at_most < at_least else at_least + (at_most - at_least) / 2
        method = escape_method if at_most < at_least else f"between {method}; and {escape_method}"
    overkill = Rate(count=int((good > value).sum()), total=len(good))
    escape = Rate(count=int((defects <= value).sum()), total=len(defects)) if len(defects) else None
    doubts: list[str] = []
    if targets.overkill is not None:
        doubts += _doubts("overkill", overkill, targets.overkill, "good parts")
    if targets.escape is not None and escape is None:
        doubts.append("no defect was held out: nothing can be said of escapes")
    elif targets.escape is not None and escape is not None:
        doubts += _doubts("escape", escape, targets.escape, "defects")
    threshold = Threshold(
        value=float(value), method=method, n_images=len(values), region_level=region_level
    )
    return ChosenThreshold(
        threshold=threshold, overkill=overkill, escape=escape, doubts=tuple(doubts)
    )


def _least_for_overkill(
    good: NDArray[np.float64], overkill: float, pictures: str
) -> tuple[float, str]:
    """The split-conformal quantile of held-out good scores.

    With n scores, a new good part exceeds the one of rank ceil((n + 1) * (1 - overkill)) with a
    chance of at most `overkill` (V. Vovk et al., "Algorithmic Learning in a Random World", 2005).
    Where n is too small for such a rank, the highest score is taken.
    """
    ascending, count = np.sort(good), len(good)
    share = f"{overkill:.1%} of them"
    rank = math.ceil((count + 1) * (1.0 - overkill))
    if rank <= count:
        method = f"rank {rank} of {count} scores of held-out {pictures}: {share} exceed it"
        return float(ascending[rank - 1]), method
    method = f"highest of {count} scores of held-out {pictures}: too few to tell {share}"
    return float(ascending[-1]), method


def _most_for_escape(defects: NDArray[np.float64], escape: float) -> tuple[float, str]:
    """The same from the other side: just below the score of rank floor((n + 1) * escape)."""
    ascending, count = np.sort(defects), len(defects)
    share = f"{escape:.1%} of defects"
    rank = math.floor((count + 1) * escape)
    below = math.nextafter(float(ascending[max(rank, 1) - 1]), -math.inf)
    if rank:
        method = f"below rank {rank} of {count} scores of held-out defects: {share} stay under it"
        return below, method
    return below, f"below all {count} scores of held-out defects: too few to tell {share}"


def _doubts(name: str, rate: Rate, target: float, parts: str) -> tuple[str, ...]:
    if rate.share > target:
        return (f"{name} of at most {target:.2%} is not reached: it is {rate.text()}",)
    if rate.interval[1] > target:
        needed = math.ceil(math.log(_TAIL) / math.log1p(-target))
        doubt = (
            f"{name} of at most {target:.2%} is not certain: it is {rate.text()}; at least "
            f"{needed:,} held-out {parts}, none of them judged wrongly, would promise it"
        )
        return (doubt,)
    return ()


def _upper(count: int, total: int) -> float:
    """The share at which so few as `count` of `total` would come with a chance of 2.5 % only."""
    if count == total:
        return 1.0
    places = np.arange(count + 1)
    log_ways = np.array(
        [
            math.lgamma(total + 1) - math.lgamma(place + 1) - math.lgamma(total - place + 1)
            for place in places
        ]
    )
    low, high = count / total, 1.0
    for _ in range(_N_HALVINGS):
        middle = (low + high) / 2
        logs = log_ways + places * math.log(middle) + (total - places) * math.log1p(-middle)
        if float(np.exp(logs).sum()) > _TAIL:
            low = middle
        else:
            high = middle
    return (low + high) / 2
