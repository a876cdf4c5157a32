"""By how much an INT8 model's scores are off as a whole, so that its threshold is the float one's.

Rounding adds to every distance: the good parts of an INT8 model score some percent higher, and more
of them would fail. However the float model's threshold was chosen, it lies so many deviations above
what good parts usually score; the INT8 model's lies as many above what the same parts score there,
and its scores are scaled so that both thresholds are one number.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inspector.bundle import Manifest
from inspector.flow import Decision
from models.comparing.model_results import ModelResults
from models.dataset.sample import Sample
from models.measures.threshold import log_normal

_FEWEST = 10  # good pictures of which a rule can be taken


def score_scale(
    manifest: Manifest, reference: ModelResults, results: ModelResults, samples: Sequence[Sample]
) -> float:
    """What to multiply scores by; 1 where they are probabilities, or too few pictures are good."""
    pairs = [
        (was, became)
        for sample, was, became in zip(samples, reference.scores, results.scores, strict=True)
        if sample.is_good and math.isfinite(was) and math.isfinite(became)
    ]
    if not manifest.knows_good_only or len(pairs) < _FEWEST or manifest.threshold.value <= 0:
        return 1.0
    was, became = np.array(pairs).T
    if min(was.min(), became.min()) <= 0:  # scores of foreign models need not be distances
        return 1.0
    (usual, spread), (int8_usual, int8_spread) = log_normal(was), log_normal(became)
    above = math.log(manifest.threshold.value) - usual
    limit = int8_usual + above * (int8_spread / spread if spread > 0 else 1.0)
    return manifest.threshold.value / math.exp(limit)


def rescored(results: ModelResults, scale: float, manifest: Manifest) -> ModelResults:
    """The results as they would be with scaled scores, by the score alone."""
    good, defect, *_ = manifest.labels
    scores = tuple(score * scale for score in results.scores)
    verdicts = []
    for verdict, score in zip(results.verdicts, scores, strict=True):
        is_fail = score > manifest.threshold.value
        if verdict.decision is not Decision.ERROR:
            verdict = replace(  # noqa: PLW2901  (the same one, judged anew)
                verdict,
                decision=Decision.FAIL if is_fail else Decision.PASS,
                label=defect if is_fail else good,
            )
        verdicts.append(verdict)
    return replace(results, scores=scores, verdicts=tuple(verdicts))
