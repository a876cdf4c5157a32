"""The figures by which a judge of pictures is measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inspector.flow import Decision
from inspector.geometry import label_regions

# Heat-map values are counted in bins of equal float32 bit patterns, cut to so many bits: 0.2 % of
# a value wide, whatever its size, so that any number of pictures fits into a few MB.
KEY_BITS = 18
MAX_FALSE_POSITIVE_RATE = 0.3  # the usual limit of AUPRO


def auroc(scores: ArrayLike, is_defect: ArrayLike) -> float | None:
    """Chance that a defect scores higher than a good part, ties counting half; None without both.

    By ranks: J. A. Hanley, B. J. McNeil, "The meaning and use of the area under a receiver
    operating characteristic (ROC) curve", 1982.
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(is_defect, dtype=np.bool_)
    n_defect = int(truth.sum())
    n_good = len(truth) - n_defect
    if not n_defect or not n_good:
        return None
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    wins = float(ranks[truth].sum()) - n_defect * (n_defect + 1) / 2
    return wins / (n_defect * n_good)


def average_precision(scores: ArrayLike, is_defect: ArrayLike) -> float | None:
    """Precision averaged over the recall steps of all thresholds; None without a defect.

    Equal scores share one threshold, and nothing is interpolated: C. D. Manning, P. Raghavan,
    H. Schuetze, "Introduction to Information Retrieval", 2008, section 8.4.
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(is_defect, dtype=np.bool_)
    if not truth.any():
        return None
    order = np.argsort(-values, kind="stable")
    caught = np.cumsum(truth[order])
    is_last = np.append(values[order][1:] != values[order][:-1], True)
    caught, raised = caught[is_last], (np.arange(len(values)) + 1)[is_last]
    steps = np.diff(caught, prepend=0) / caught[-1]
    return float((steps * (caught / raised)).sum())


def best_rates(scores: ArrayLike, is_defect: ArrayLike) -> tuple[float, float] | None:
    """Escape and overkill at the threshold at which their mean is least; None without both kinds.

    Nobody can choose that threshold beforehand; it shows how much another one gives away.
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(is_defect, dtype=np.bool_)
    if truth.all() or not truth.any():
        return None
    good, defects = np.sort(values[~truth]), np.sort(values[truth])
    thresholds = np.append(-np.inf, np.unique(values))
    escapes = np.searchsorted(defects, thresholds, side="right") / len(defects)
    overkills = 1.0 - np.searchsorted(good, thresholds, side="right") / len(good)
    best = int((escapes + overkills).argmin())
    return float(escapes[best]), float(overkills[best])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Both kinds of wrong decision, counted. FAIL and ERROR both reject a part."""

    n_good: int
    n_good_rejected: int
    n_defect: int
    n_defect_passed: int

    @property
    def escape_rate(self) -> float | None:
        """Defects passed / defects; None without a defect."""
        return self.n_defect_passed / self.n_defect if self.n_defect else None

    @property
    def overkill_rate(self) -> float | None:
        """Good rejected / good; None without a good part."""
        return self.n_good_rejected / self.n_good if self.n_good else None


def rates(decisions: Sequence[Decision], is_defect: ArrayLike) -> Rates:
    """Count the decisions against the truth, in the same order."""
    is_passed = np.array([decision is Decision.PASS for decision in decisions], dtype=np.bool_)
    truth = np.asarray(is_defect, dtype=np.bool_)
    if is_passed.shape != truth.shape:
        raise ValueError(f"{is_passed.size} decisions, but {truth.size} truths")
    return Rates(
        n_good=int((~truth).sum()),
        n_good_rejected=int((~truth & ~is_passed).sum()),
        n_defect=int(truth.sum()),
        n_defect_passed=int((truth & is_passed).sum()),
    )


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """The mean over the classes that truly occur of the harmonic mean of precision and recall."""
    of_classes = []
    for label in sorted(set(truth)):
        hits = sum(a == label == b for a, b in zip(truth, said, strict=True))
        of_classes.append(2 * hits / (truth.count(label) + said.count(label)))
    return float(np.mean(of_classes))


class Overlap:
    """Counts how far outlined defects and marked ones cover each other, over many pictures."""

    def __init__(self) -> None:
        self._counts = np.zeros(4, dtype=np.int64)  # neither, outlined, marked, both

    def add(self, marked: NDArray[np.bool_], outlined: NDArray[np.bool_]) -> None:
        """Count the pixels of one picture: what the model marks, what is a defect; bool (H, W)."""
        self._counts += np.bincount((2 * marked + outlined).ravel(), minlength=4)

    def miou(self) -> float | None:
        """Intersection over union, the mean of defect and background; None without a defect."""
        neither, outlined, marked, both = self._counts.tolist()
        if not outlined + both:
            return None
        wrong = float(marked + outlined)
        return (both / (both + wrong) + neither / max(neither + wrong, 1.0)) / 2


class PixelTally:
    """Counts heat-map values of good and defective pixels; its size does not grow with them.

    Values that share a bin, 0.2 % apart at most, count as equal.
    """

    def __init__(self) -> None:
        n_bins = 1 << KEY_BITS
        self._good = np.zeros(n_bins, dtype=np.int64)
        self._defect = np.zeros(n_bins, dtype=np.int64)
        self._overlap = np.zeros(n_bins, dtype=np.float64)  # each region weighs 1
        self._n_regions = 0

    def add(self, heatmap: NDArray[np.float32], mask: NDArray[np.bool_]) -> None:
        """Count one picture.

        Args:
            heatmap: float32 (H, W), finite.
            mask: bool (H, W), the defect's pixels; without any, all pixels are good ones.
        """
        bins = _bins(heatmap)
        n_bins = len(self._good)
        self._good += np.bincount(bins[~mask], minlength=n_bins)
        if not mask.any():
            return
        self._defect += np.bincount(bins[mask], minlength=n_bins)
        labels, count = label_regions(mask)
        sizes = np.bincount(labels[mask], minlength=count + 1)
        weights = 1.0 / sizes[labels[mask]]
        self._overlap += np.bincount(bins[mask], weights=weights, minlength=n_bins)
        self._n_regions += count

    def auroc(self) -> float | None:
        """The chance of `auroc`, for pixels; None without both kinds."""
        false_rate, true_rate = self._falling(self._good), self._falling(self._defect)
        if false_rate is None or true_rate is None:
            return None
        return float(np.trapezoid(true_rate, false_rate))

    def aupro(self, max_fpr: float = MAX_FALSE_POSITIVE_RATE) -> float | None:
        """Share of each defect region found, averaged over regions and false-positive rates.

        Every 8-connected region weighs the same, whatever its size. Integrated up to `max_fpr` and
        divided by it: P. Bergmann et al., "Uninformed Students", 2020, and "The MVTec Anomaly
        Detection Dataset", 2021. None without a region or without good pixels.

        Args:
            max_fpr: False-positive rate at which the integral ends, above 0, up to 1.
        """
        if not 0.0 < max_fpr <= 1.0:
            raise ValueError(f"max_fpr {max_fpr} outside 0..1")
        false_rate = self._falling(self._good)
        if false_rate is None or not self._n_regions:
            return None
        overlap = np.append(0.0, np.cumsum(self._overlap[::-1])) / self._n_regions
        at_limit = float(np.interp(max_fpr, false_rate, overlap))
        # Up to and with the limit: a rise that stands exactly on it adds no area.
        inside = false_rate <= max_fpr
        area = np.trapezoid(
            np.append(overlap[inside], at_limit), np.append(false_rate[inside], max_fpr)
        )
        return float(area) / max_fpr

    @staticmethod
    def _falling(counts: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """The share of pixels at or above each threshold, for thresholds from high to low."""
        total = int(counts.sum())
        if not total:
            return None
        return np.append(0.0, np.cumsum(counts[::-1])) / total


def _bins(heatmap: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Bit patterns of floats in the floats' own order: negative ones turned over, then shifted."""
    # Adding 0 turns -0, which is equal but has other bits, into 0.
    bits = (np.ascontiguousarray(heatmap, dtype=np.float32) + np.float32(0)).view(np.uint32)
    is_negative = bits >> 31 == 1
    ordered = np.where(is_negative, ~bits, bits | np.uint32(1 << 31))
    return ordered >> np.uint32(32 - KEY_BITS)
