"""What a bundle rejects and what it passes, and whether it is worth its name.

A model can be converted without a fault and judge nothing: its scores do not tell good from bad, or
the threshold lies above every defect. Such a bundle is not written unless a person says why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inspector.bundle import Manifest
from inspector.errors import BundleError
from inspector.inference.some_at_a_time import Run
from models.measures.metrics import auroc
from models.measures.painted_escape import PaintedScores, painted_scores
from models.measures.rate import FEWEST_DEFECTS, Rate

MAX_ESCAPE = 0.5  # of the defects: from here on a coin would find as many
MAX_OVERKILL = 0.5  # of the good parts, likewise
MAX_USELESS_AUROC = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """How parts came out that the model was not fitted to.

    Attributes:
        overkill: Good ones that were rejected.
        escape: Defects that passed; None where there was none.
        auroc: How well scores tell both apart; None where there is one kind only.
        is_painted: Whether the defects are painted, for want of real ones that tell enough.
    """

    overkill: Rate
    escape: Rate | None
    auroc: float | None
    is_painted: bool

    def shortcoming(self) -> str | None:
        """Why nobody should judge with such a bundle; None where nothing speaks against it."""
        if self.escape is not None and self.escape.share >= MAX_ESCAPE:
            told = "" if self.auroc is None else f" (AUROC {self.auroc:.2f})"
            return f"it passes {self.escape.count} of {self.escape.total} {self._defects}{told}"
        if self.overkill.share >= MAX_OVERKILL:
            return (
                f"it rejects {self.overkill.count} of {self.overkill.total} held-out good pictures"
            )
        if self.auroc is not None and self.auroc <= MAX_USELESS_AUROC:
            return f"it hardly tells {self._defects} from good parts (AUROC {self.auroc:.2f})"
        return None

    def as_table(self) -> Mapping[str, object]:
        """The figures for a manifest."""
        table: dict[str, object] = {"overkill": _table_of(self.overkill)}
        if self.escape is not None:
            table |= {
                "escape": _table_of(self.escape),
                "auroc": self.auroc,
                "defects": "painted" if self.is_painted else "real",
            }
        return table

    def lines(
        self, *, good: str = "held-out good pictures", has_auroc: bool = True
    ) -> Iterator[str]:
        """For people.

        Args:
            good: Which good pictures were counted.
            has_auroc: Also how well scores tell both apart.
        """
        yield f"overkill   {self.overkill.text()} of {good} are rejected"
        if self.escape is None:
            yield "escape     not known: no defect was held out, and too few can be painted"
            return
        yield f"escape     {self.escape.text()} pass of {self._defects}"
        if has_auroc and self.auroc is not None:
            yield f"AUROC      {self.auroc:.4f} on {self._defects}"

    @property
    def _defects(self) -> str:
        if self.is_painted:
            return "plainly painted defects, for too few real ones were held out"
        return "held-out defects"


def rejection_in(manifest: Manifest) -> Rejection | None:
    """What a bundle says of itself; None where it says nothing."""
    table = manifest.validation.get("rejects")
    if not isinstance(table, Mapping):
        return None
    return Rejection(
        overkill=_rate_in(table["overkill"]),
        escape=_rate_in(table["escape"]) if "escape" in table else None,
        auroc=table.get("auroc"),
        is_painted=table.get("defects") == "painted",
    )


def rejection_of(
    scores: NDArray[np.float32],
    is_defect: NDArray[np.bool_],
    threshold: float,
    painted: PaintedScores | None,
) -> Rejection:
    """Count what a threshold does; where too few pictures show a defect, painted ones stand in.

    Only those that are plain to see: of the others nobody knows whether a real one would look so.
    A few real defects that are rejected do not make up for painted ones that pass.

    Args:
        scores: Of pictures that the model was not fitted to; at least one of them good.
        is_defect: For each score.
        painted: None where there are enough real defects.
    """
    real = counted(scores, is_defect, threshold, is_painted=False)
    if (
        painted is None
        or is_defect.sum() >= FEWEST_DEFECTS
        or painted.are_plain.sum() < FEWEST_DEFECTS
    ):
        return real
    plain, good = painted.scores[painted.are_plain], scores[~is_defect]
    stands_in = counted(
        np.concatenate([good, plain]),
        np.arange(len(good) + len(plain)) >= len(good),
        threshold,
        is_painted=True,
    )
    is_told_by_painted = not is_defect.any() or (
        real.shortcoming() is None and stands_in.shortcoming() is not None
    )
    return stands_in if is_told_by_painted else real


def stand_ins(
    is_defect: NDArray[np.bool_], good: NDArray[np.uint8], run: Run
) -> PaintedScores | None:
    """Painted defects where too few pictures show a real one; else None.

    Args:
        is_defect: Of each picture; where all are, there is nothing to paint on.
        good: uint8 (N, H, W, C), the good ones, each whole or in tiles.
        run: The bundle's graph.
    """
    has_enough = is_defect.all() or is_defect.sum() >= FEWEST_DEFECTS
    return None if has_enough else painted_scores(good, run)


def counted(
    scores: ArrayLike, is_defect: ArrayLike, threshold: float, *, is_painted: bool
) -> Rejection:
    """The same of scores that are there already."""
    values, truth = np.asarray(scores, np.float64), np.asarray(is_defect, np.bool_)
    good, defects = values[~truth], values[truth]
    escape = Rate(count=int((defects <= threshold).sum()), total=len(defects))
    return Rejection(
        overkill=Rate(count=int((good > threshold).sum()), total=len(good)),
        escape=escape if len(defects) else None,
        auroc=auroc(values, truth),
        is_painted=is_painted,
    )


def accepted(rejection: Rejection, reason: str | None, hint: str) -> Mapping[str, object]:
    """What the manifest says of a bundle that may be written.

    Args:
        reason: Why a person wants it; None: nobody said so.
        hint: What else may be wrong, for the error's text.

    Returns:
        The counts; and, of one that should not judge, why it is wanted all the same.

    Raises:
        BundleError: It should not judge, and nobody said why it is wanted.
    """
    shortcoming = rejection.shortcoming()
    if shortcoming is None:
        return {"rejects": rejection.as_table()}
    if reason is None:
        raise BundleError(
            f"the bundle is not written: {shortcoming}; {hint}; or say why it is wanted all the "
            "same: --accept-weak REASON"
        )
    return {
        "rejects": rejection.as_table(),
        "accepted_although": {"shortcoming": shortcoming, "reason": reason},
    }


def _table_of(rate: Rate) -> dict[str, object]:
    return {
        "count": rate.count,
        "total": rate.total,
        "rate": rate.share,
        "interval_95": list(rate.interval),
    }


def _rate_in(table: Mapping[str, int]) -> Rate:
    return Rate(count=table["count"], total=table["total"])
