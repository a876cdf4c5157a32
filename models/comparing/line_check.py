"""Judges the pictures on the line's own road, with the bundle as it lies on the disk now."""

from dataclasses import dataclass

from inspector.assembly import build_inspection, model_bytes
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import DataError
from inspector.flow import Verdict
from inspector.inference.ort import OrtBackend
from inspector.machine.choices import ModelKind
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.inspection import Inspection
from inspector.preprocess import preprocess
from inspector.recipe import DEFAULT_RECIPE
from inspector.verdict import judge
from models.comparing.validation_inputs import ValidationInputs
from models.dataset.pictures import load_picture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineCheck:
    """The line against the model that was just compared; they are to be the same.

    Attributes:
        model: Which of the bundle's models judged.
        is_same_file: Whether that model on the disk has the very bytes that were compared.
        score_max_abs: Largest difference of scores, model units.
        changed: Names of the pictures whose verdict differs.
    """

    model: ModelKind
    inspection: Inspection
    is_same_file: bool
    score_max_abs: float
    changed: tuple[str, ...]

    def shortcoming(self) -> str | None:
        """In what the line differs; None when in nothing."""
        if not self.is_same_file:
            return (
                f"{self.model}: the model on the disk is not the one that was compared: it was "
                "changed since"
            )
        if self.changed:
            return (
                f"{self.model}: the line judges {len(self.changed)} pictures differently: "
                f"{self.changed[0]} ..."
            )
        if self.score_max_abs > 0:
            return f"{self.model}: the line's scores differ by {self.score_max_abs:.3g}"
        return None

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "model": self.model,
            "is_same_file": self.is_same_file,
            "score_max_abs": self.score_max_abs,
            "changed": list(self.changed),
        }


def check_line(inputs: ValidationInputs, model: ModelKind = "float") -> LineCheck:
    """Open the bundle anew and judge every picture of the validation from its file.

    Args:
        model: Which of the bundle's models judges.

    Raises:
        BundleError: The bundle is refused.
        DataError: A picture cannot be judged.
    """
    on_disk = open_bundle(inputs.path)
    inspection = build_inspection(on_disk, DEFAULT_RECIPE, SystemClock(), model=model).inspection
    manifest, compared_bytes = inputs.bundle.manifest, model_bytes(inputs.bundle, model)
    compared = OrtBackend(manifest, compared_bytes)
    changed, differences = [], [0.0]
    for sample in inputs.pictures.samples:
        frame = load_picture(sample, manifest.input.max_sample).frame
        inspected = inspection.inspect(frame)
        prepared = preprocess(frame, manifest.input)
        prediction = compared.infer(prepared)
        expected = judge(prediction, prepared.to_sensor, inspection.criteria)
        differences.append(abs(score_of(inspected, sample.name) - prediction.score))
        if _said(inspected.verdict) != _said(expected):
            changed.append(sample.name)
    return LineCheck(
        model=model,
        inspection=inspection,
        is_same_file=model_bytes(on_disk, model) == compared_bytes,
        score_max_abs=max(differences),
        changed=tuple(changed),
    )


def score_of(inspected: Inspected, name: str) -> float:
    """The score of a judged picture.

    Raises:
        DataError: It could not be judged.
    """
    if inspected.prediction is None:
        reasons = "; ".join(reason.text() for reason in inspected.verdict.reasons)
        raise DataError(f"picture {name!r} cannot be judged: {reasons}")
    return inspected.prediction.score


def _said(verdict: Verdict) -> tuple[str, str]:
    return verdict.decision, verdict.label
