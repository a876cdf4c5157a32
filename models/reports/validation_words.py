"""Says in words for a terminal what a validation found."""

from collections.abc import Iterator

from models.comparing.model_results import Change
from models.comparing.validation import Validation

CHANGES_SHOWN = 10


def validation_lines(validation: Validation) -> Iterator[str]:
    """What `validate` prints."""
    samples = validation.inputs.pictures.samples
    n_good = sum(sample.is_good for sample in samples)
    yield (
        f"compared   {len(samples)} pictures; {validation.inputs.n_seen} left out, for the model "
        "or its threshold were chosen on them"
    )
    if validation.trained.has_good:
        yield f"           {n_good} of them good, {len(samples) - n_good} with a defect"
    if (gap := validation.gap()) is not None:
        yield f"           {gap}"
    for results in (validation.trained, *validation.judged):
        if results.accuracy is not None:
            yield f"{results.name:10} accuracy {results.accuracy:.4f}"
        elif results.auroc is not None:
            yield f"{results.name:10} AUROC {results.auroc:.4f}"
    for results in validation.judged:
        comparison = validation.comparisons[results.name]
        for name, agreement in comparison.outputs.items():
            yield (
                f"{results.name:10} {name} {agreement.dtype} {list(agreement.shape)}: largest "
                f"difference {agreement.max_abs:.3g}, p99 {agreement.p99_abs:.3g}, "
                f"{agreement.relative:.1e} of the range"
            )
        yield f"{results.name:10} {comparison.n_flips} decisions differ from TensorFlow's"
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
    yield f"variants   {n_same} of {len(validation.variants)} give the same outputs bit for bit"
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
