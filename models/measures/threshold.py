"""Chooses the threshold on held-out parts, and says how much it can promise."""

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import Threshold
from inspector.errors import ConfigurationError
from models.measures.rate import FEWEST_DEFECTS, TAIL, Rate

# Good parts that may be rejected, as a share. A good part looked at twice costs a minute; a bad one
# that slips through may hurt somebody, and every step of this number towards 0 lets more slip.
DEFAULT_OVERKILL = 0.05
_DEVIATIONS_PER_MAD = 1.4826  # of a normal distribution
# Of the score of a defect that must not pass: another runtime rounds it a little differently.
_MARGIN = 1e-3
ESCAPE_COST = 2.0  # of a defect that passes, in good parts that are rejected
_TINY, _TIED = 1e-7, 1e-6
_SMOOTHING = 0.4  # logits: a few hundred pictures do not tell where between two of them


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
    are_distances: bool = False,
    are_chances: bool = False,
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
        are_distances: Whether the scores are distances from good parts, whose logarithms lie about
            normally; else nothing is taken for granted about them.
        are_chances: Whether the scores are chances of a defect. Then, with neither target and
            defects enough to tell, the threshold is where mistakes cost least.

    Raises:
        ConfigurationError: A score is not finite.
    """
    if not np.isfinite(scores).all():
        raise ConfigurationError(
            f"{np.sum(~np.isfinite(scores))} of {len(scores)} held-out scores are not finite "
            "numbers: the model judges nothing; train it on other pictures or with other settings"
        )
    values = scores.astype(np.float64)
    good, defects = values[~is_defect], values[is_defect]
    if are_chances and targets == Targets() and len(defects) >= FEWEST_DEFECTS:
        cheapest = _chosen(
            cheapest_chance(good, defects),
            f"where {ESCAPE_COST:g} times the share of defects that pass and the share of good "
            f"parts that are rejected are least together, by {len(good)} good pictures and "
            f"{len(defects)} defects, each judged without its part",
            good,
            defects,
            region_level,
        )
        return replace(cheapest, doubts=_more_than_usual(cheapest.overkill))
    at_least, method = _least_for_overkill(
        good,
        targets.overkill or DEFAULT_OVERKILL,
        "good pictures" if has_good else "pictures of known classes",
    )
    if are_distances:
        at_least, method = _stricter(good, targets.overkill or DEFAULT_OVERKILL, at_least, method)
    value = at_least
    if targets.escape is not None and len(defects):
        at_most, escape_method = _most_for_escape(defects, targets.escape)
        value = at_most if at_most < at_least else at_least + (at_most - at_least) / 2
        method = escape_method if at_most < at_least else f"between {method}; and {escape_method}"
    chosen = _chosen(value, method, good, defects, region_level)
    overkill, escape = chosen.overkill, chosen.escape
    doubts: list[str] = []
    if targets.overkill is not None:
        doubts += _doubts("overkill", overkill, targets.overkill, "good parts")
    else:
        doubts += _more_than_usual(overkill)
    if targets.escape is not None and escape is None:
        doubts.append("no defect was held out: nothing can be said of escapes")
    elif targets.escape is not None and escape is not None:
        doubts += _doubts("escape", escape, targets.escape, "defects")
    return replace(chosen, doubts=tuple(doubts))


def cheapest_chance(good: NDArray[np.float64], defects: NDArray[np.float64]) -> float:
    """The chance at which mistakes cost least, by smoothed shares of both kinds.

    Args:
        good, defects: Chances of a defect, 0..1; at least one of each.
    """
    logits = [_logit(values) for values in (good, defects)]
    low, high = min(map(np.min, logits)), max(map(np.max, logits))
    steps = np.linspace(low, high, max(2, math.ceil((high - low) / (_SMOOTHING / 8)) + 1))
    rejected, passed = (
        # How much of a normal distribution around each value lies above a step.
        np.array([_above(step - values).mean() for step in steps])
        for values in logits
    )
    cost = ESCAPE_COST * (1.0 - passed) + rejected
    least = np.flatnonzero(cost <= cost.min() + _TIED)
    # A gap between both kinds; of several the lowest, through which least pass.
    gap = steps[least[: 1 + int(np.argmin(np.append(np.diff(least) == 1, False)))]]
    # Its middle, but in a wide one not far above where chances that mean what they say were cut:
    # the defects of which nobody knows lie nearer to the good parts than those that are known.
    at = min(gap.mean(), max(gap[0], -math.log(ESCAPE_COST)))
    return float(1.0 / (1.0 + math.exp(-at)))


def _logit(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(chances, _TINY, 1.0 - _TINY)
    logits: NDArray[np.float64] = np.log(inside / (1.0 - inside))
    return logits


def _above(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of a normal distribution of deviation `_SMOOTHING` beyond each distance."""
    normal = NormalDist(0.0, _SMOOTHING)
    return np.array([1.0 - normal.cdf(float(each)) for each in distances])


def _chosen(
    value: float,
    method: str,
    good: NDArray[np.float64],
    defects: NDArray[np.float64],
    region_level: float | None,
) -> ChosenThreshold:
    """A threshold with what it does to the parts it was chosen on."""
    return ChosenThreshold(
        threshold=Threshold(
            value=float(value),
            method=method,
            n_images=len(good) + len(defects),
            region_level=region_level,
        ),
        overkill=Rate(count=int((good > value).sum()), total=len(good)),
        escape=Rate(count=int((defects <= value).sum()), total=len(defects))
        if len(defects)
        else None,
        doubts=(),
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


def log_normal_limit(good: NDArray[np.float64], overkill: float) -> float:
    """The distance that so few good parts exceed, if its logarithm is normally distributed.

    Args:
        good: Distances of good parts, each above 0.
    """
    middle, spread = log_normal(good)
    return math.exp(middle + NormalDist().inv_cdf(1.0 - overkill) * spread)


def robust_normal(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation of what is about normally distributed but for a few odd values.

    By their median and median absolute deviation (1.4826 of which are a standard deviation;
    P. J. Rousseeuw, C. Croux, "Alternatives to the median absolute deviation", 1993).
    """
    middle = float(np.median(values))
    return middle, _DEVIATIONS_PER_MAD * float(np.median(np.abs(values - middle)))


def log_normal(good: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation of the logarithms of distances, each above 0.

    See `robust_normal`: a few odd parts among the good ones do not move them, as they move the
    highest score of few.
    """
    return robust_normal(np.log(good))


def _stricter(
    good: NDArray[np.float64], overkill: float, quantile: float, method: str
) -> tuple[float, str]:
    """The log-normal limit, or the quantile where it is lower and the sample large enough."""
    limit = log_normal_limit(good, overkill)
    if quantile < limit and math.ceil((len(good) + 1) * (1.0 - overkill)) <= len(good):
        return quantile, method
    return limit, (
        f"{overkill:.1%} of good parts would exceed it, by median and deviation of the logarithms "
        f"of {len(good)} scores"
    )


def _most_for_escape(defects: NDArray[np.float64], escape: float) -> tuple[float, str]:
    """The same from the other side: a little below the score of rank floor((n + 1) * escape)."""
    ascending, count = np.sort(defects), len(defects)
    share = f"{escape:.1%} of defects"
    rank = math.floor((count + 1) * escape)
    score = float(ascending[max(rank, 1) - 1])
    below = min(score - _MARGIN * abs(score), math.nextafter(score, -math.inf))
    if rank:
        method = f"below rank {rank} of {count} scores of held-out defects: {share} stay under it"
        return below, method
    return below, f"below all {count} scores of held-out defects: too few to tell {share}"


def _more_than_usual(overkill: Rate) -> tuple[str, ...]:
    if overkill.interval[0] <= DEFAULT_OVERKILL:
        return ()
    return (
        f"more good parts are rejected than the usual {DEFAULT_OVERKILL:.0%}: {overkill.text()}",
    )


def _doubts(name: str, rate: Rate, target: float, parts: str) -> tuple[str, ...]:
    if rate.share > target:
        return (f"{name} of at most {target:.2%} is not reached: it is {rate.text()}",)
    if rate.interval[1] > target:
        needed = math.ceil(math.log(TAIL) / math.log1p(-target))
        doubt = (
            f"{name} of at most {target:.2%} is not certain: it is {rate.text()}; at least "
            f"{needed:,} held-out {parts}, none of them judged wrongly, would promise it"
        )
        return (doubt,)
    return ()
