"""Says in words for a terminal what a validation found."""

from collections.abc import Iterator

from models.sides import Change
from models.validate import Validation

CHANGES_SHOWN = 10


def validation_lines(validation: Validation) -> Iterator[str]:
    """What `validate` prints."""
    yield f"compared   {validation.proof.n_images} pictures; {validation.trial.n_seen} left out"
    for side in (validation.taught, *validation.judged):
        if side.accuracy is not None:
            yield f"{side.name:10} accuracy {side.accuracy:.4f}"
        elif side.auroc is not None:
            yield f"{side.name:10} AUROC {side.auroc:.4f}"
    for side in validation.judged:
        comparison = validation.comparisons[side.name]
        for name, agreement in comparison.outputs.items():
            yield (
                f"{side.name:10} {name} {agreement.dtype} {list(agreement.shape)}: largest "
                f"difference {agreement.max_abs:.3g}, p99 {agreement.p99_abs:.3g}, "
                f"{agreement.relative:.1e} of the range"
            )
        yield f"{side.name:10} {comparison.n_flips} decisions differ from TensorFlow's"
        yield from _changes(comparison.changes)
    for variant in validation.variants:
        score = variant.comparison.outputs["score"]
        if score.max_abs > 0 or variant.comparison.changes:
            yield (
                f"variant    {variant.name}: scores differ by up to {score.max_abs:.3g}, "
                f"{variant.comparison.n_flips} decisions differ"
            )
            yield from _changes(variant.comparison.changes)
    n_same = sum(variant.is_same for variant in validation.variants)
    yield f"variants   {n_same} of {len(validation.variants)} give the same scores bit for bit"
    for line in validation.lines:
        alike = f"{line.model}: judges alike, from the files on the disk"
        yield f"line       {line.shortcoming() or alike}"
    shortcoming = validation.shortcoming()
    yield f"proof      {'holds' if shortcoming is None else shortcoming}"


def _changes(changes: tuple[Change, ...]) -> Iterator[str]:
    for change in changes[:CHANGES_SHOWN]:
        yield (
            f"           {change.picture} ({change.label}): {change.was} {change.score_was:.6g} "
            f"-> {change.became} {change.score_became:.6g}"
        )
    if len(changes) > CHANGES_SHOWN:
        yield f"           and {len(changes) - CHANGES_SHOWN} more; --json names them all"
