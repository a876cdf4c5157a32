"""How the chance of a defect comes from what the network and the memory say."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.errors import DataError
from models.dataset.pictures import worst_places, worst_tiles
from models.measures.threshold import robust_normal
from models.training.calibration import Logistic, fit_logistic, fit_slopes

USUAL_WEIGHT = 0.25  # of the memory's deviations, beside the network's logit
MAX_WEIGHT = 2.0
# However little the memory tells of defects that are known: it alone knows of the others.
MIN_WEIGHT = USUAL_WEIGHT
_N_VALUES = 6  # of `Combination.to_array`
_LEAST_LIMIT = 3.09  # deviations, which one of a thousand exceeds where they are normal
_UNREACHED = 0.99  # of good pictures
_ALONE_SLOPE = 2.0  # of the logit, by deviation beyond the limit
_PRIOR_DEFECTS = 20.0  # so many speak for the usual weight
_LEAST_SPREAD = 1e-3  # of logarithms; where good parts score alike
_FAINTEST = 0.02  # chance: on drawn pictures, which are all alike, less than that is noise
_SELDOM = 0.8  # of good pictures: so many have no mark that is looked at beside tolerated ones
_CHANCES = np.linspace(0.1, 0.9, 17)  # among which that of a region is chosen

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Of numbers that came out of pictures which neither had seen.

    Attributes:
        usual, spread: Of the logarithms of the memory's scores for good parts.
        weight: Of the memory's deviations from it, beside the network's logit.
        logistic: From the sum of both to the chance.
        limit: Deviations that so few good parts reach that the memory needs no network's consent.
    """

    usual: float
    spread: float
    weight: float
    logistic: Logistic
    limit: float

    def chance(self, tf: Any, image: Any, log_score: Any) -> Any:
        """(N,): the chance of a defect, 0..1, by logit and logarithm of the memory's score.

        Where known defects are told with ease, the network's logits are so large that no deviation
        counts beside them. A part that is unlike all good ones is rejected all the same.
        """
        deviation = (log_score - self.usual) / self.spread
        total = image + self.weight * deviation
        known = self.logistic.slope * total + self.logistic.offset
        return tf.sigmoid(tf.maximum(known, _ALONE_SLOPE * (deviation - self.limit)))

    def to_array(self) -> NDArray[np.float64]:
        """For a file."""
        return np.array([self.usual, self.spread, self.weight, *self.logistic, self.limit])


def combination_in(values: NDArray[np.float64]) -> Combination:
    """The combination whose array this is.

    Raises:
        DataError: It is of a version that combined otherwise.
    """
    if len(values) != _N_VALUES:
        raise DataError("the bundle's source is of an older version: train the bundle anew")
    usual, spread, weight, slope, offset, limit = values.tolist()
    logistic = Logistic(slope=slope, offset=offset)
    return Combination(usual=usual, spread=spread, weight=weight, logistic=logistic, limit=limit)


def combination_of(
    image: Floats, log_scores: Floats, pictures: NDArray[np.intp], is_defect: NDArray[np.bool_]
) -> Combination:
    """Learn it from pictures, some of them good and some not, that neither had seen.

    Args:
        image: (N,) logits of the network, of tiles of pictures or of whole ones.
        log_scores: (N,), of the memory.
        pictures: (N,), which picture each is of; those of one behind each other.
        is_defect: (N,), whether that picture shows one.
    """
    usual, deviation = robust_normal(log_scores[~is_defect].astype(np.float64))
    spread = max(deviation, _LEAST_SPREAD)
    deviations = (log_scores - usual) / spread
    worst = worst_places(image + USUAL_WEIGHT * deviations, pictures)
    weight = _weight_of(image[worst], deviations[worst], is_defect[worst])
    logistic = fit_logistic(
        worst_tiles(image + np.float32(weight) * deviations, pictures), is_defect[worst]
    )
    of_good = worst_tiles(deviations[~is_defect], pictures[~is_defect])
    return Combination(
        usual=usual,
        spread=spread,
        weight=weight,
        logistic=logistic,
        limit=max(_LEAST_LIMIT, float(np.quantile(of_good, _UNREACHED))),
    )


def _weight_of(image: Floats, deviations: Floats, is_defect: NDArray[np.bool_]) -> float:
    """By how well each of both tells defects, and the usual weight where they are few."""
    spread = max(float(image.std()), _LEAST_SPREAD)
    slopes = fit_slopes(np.stack([image / spread, deviations], axis=1), is_defect)
    of_image, of_memory = slopes[0] / spread, max(slopes[1], 0.0)
    told = MAX_WEIGHT if of_memory >= MAX_WEIGHT * of_image else of_memory / of_image
    n_defects = float(is_defect.sum())
    likely = (n_defects * told + _PRIOR_DEFECTS * USUAL_WEIGHT) / (n_defects + _PRIOR_DEFECTS)
    return max(MIN_WEIGHT, float(likely))


def faint_level_of(
    masks: Floats, is_defect: NDArray[np.bool_], pictures: NDArray[np.intp]
) -> float:
    """The chance that no pixel of most good pictures exceeds.

    On the magnetic tiles, 218 defects that fail alone were pasted beside one of a tolerated kind:
    of these 31 % passed when only outlined regions were looked at, 15 % when each place counted by
    its own kind, and 11 % so; of parts that fail for a tolerated kind alone 50, 39 and 34 % were
    excused.

    Args:
        masks: (N, h, w) logits of tiles or pictures that the network had not seen.
        is_defect: (N,), whether that picture shows a defect.
        pictures: (N,), which picture each is of; those of one behind each other.
    """
    good = ~is_defect
    highest = worst_tiles(masks[good].max(axis=(1, 2)), pictures[good])
    logit = float(np.quantile(highest, _SELDOM))
    return max(_FAINTEST, float(1.0 / (1.0 + np.exp(-logit))))


def best_region_level(masks: Floats, covers: NDArray[np.uint8]) -> float:
    """The chance from which on a pixel should count as marked, by overlap over all pictures.

    Args:
        masks: (N, h, w) logits of pictures that the network had not seen.
        covers: (N, h, w), of 255, what is truly marked; all of what is.
    """
    truth = covers.astype(np.float32) / np.float32(255)
    overlaps = []
    for chance in _CHANCES:
        found = masks > np.float32(np.log(chance / (1 - chance)))
        both = float(truth[found].sum())
        overlaps.append(both / max(float(truth.sum()) + float(found.sum()) - both, 1.0))
    return float(_CHANCES[int(np.argmax(overlaps))])
