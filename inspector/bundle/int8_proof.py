"""The gate of an INT8 model: what it was held against before a bundle may carry it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from inspector.bundle.agreement import OutputAgreement, parse_agreement
from inspector.files.tables import Table

# Below it the saving is not worth a second model that must be proven.
MIN_SPEED_RATIO = 1.3
MAX_SIZE_SHARE = 0.30
MAX_LOSS = 0.003  # of AUROC, or of accuracy where classes are told apart
FIGURES = ("auroc", "accuracy")
CALIBRATIONS = ("minmax", "entropy", "percentile")
_COUNT = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Int8Proof:
    """The comparison of the INT8 model with the float one, in figures.

    Attributes:
        model_sha256: Of the `model.int8.onnx` that was compared.
        calibration: How the ranges of its numbers were chosen.
        n_calibration: Train pictures that they were chosen on.
        n_float_convolutions: How many convolutions at the start stayed float.
        has_reduced_range: Whether weights have 7 bits, so that processors without VNNI are right.
        n_images: Validation pictures, none of them from a test split.
        n_painted: Of these, good pictures with a painted defect, for want of real ones.
        images_sha256: Hash over the sorted hashes of those pictures' files.
        outputs: How far each output is from the float model's.
        n_flips: Verdicts that came out otherwise.
        n_new_escapes: Defects that the float model rejects and the INT8 one passes; None where
            none of the classes is a defect.
        metric: What `float_metric` and `int8_metric` are.
        speed_ratio: Time of the float model over time of the INT8 one, median of turns, one thread.
        size_share: Size of the INT8 file over that of the float one.
        processor: Where the speed was measured.
    """

    model_sha256: str
    calibration: str
    n_calibration: int
    n_float_convolutions: int
    has_reduced_range: bool
    n_images: int
    n_painted: int
    images_sha256: str
    outputs: Mapping[str, OutputAgreement]
    n_flips: int
    n_new_escapes: int | None
    metric: str
    float_metric: float
    int8_metric: float
    speed_ratio: float
    size_share: float
    processor: str

    @property
    def loss(self) -> float:
        """How much of the metric is lost; below 0 where it is gained."""
        return self.float_metric - self.int8_metric

    def shortcomings(self) -> tuple[str, ...]:
        """Every condition of the gate that failed, with its figures; empty when it is passed."""
        failed = []
        if self.n_images < 1:
            failed.append("no picture was compared")
        if not self.speed_ratio >= MIN_SPEED_RATIO:
            failed.append(
                f"speed: {self.speed_ratio:.2f} times the float model's on {self.processor}; at "
                f"least {MIN_SPEED_RATIO:g} is asked for"
            )
        if not self.size_share <= MAX_SIZE_SHARE:
            failed.append(
                f"size: {self.size_share:.1%} of the float model's; at most {MAX_SIZE_SHARE:.0%} "
                "is allowed"
            )
        if not self.loss <= MAX_LOSS:
            failed.append(
                f"loss: {self.metric} {self.int8_metric:.4f} instead of {self.float_metric:.4f}, "
                f"{self.loss * 100:.2f} points less; at most {MAX_LOSS * 100:g} is allowed"
            )
        if self.n_new_escapes:
            failed.append(
                f"escapes: {self.n_new_escapes} of the defects that the float model rejects would "
                "pass; none may"
            )
        return tuple(failed)

    def as_table(self) -> dict[str, object]:
        """The section `int8` of `report.json`."""
        return asdict(self) | {"passed": not self.shortcomings()}


def parse_int8_proof(table: Table) -> Int8Proof:
    """Read the section `int8` of `report.json`.

    Raises:
        BundleError: A key is missing, unknown or out of range.
    """
    table.boolean("passed")  # for people; what counts is worked out again from the figures
    outputs = table.table("outputs")
    proof = Int8Proof(
        model_sha256=table.text("model_sha256"),
        calibration=table.text("calibration", among=CALIBRATIONS),
        n_calibration=table.integer("n_calibration", low=0, high=_COUNT),
        n_float_convolutions=table.integer("n_float_convolutions", low=0, high=_COUNT),
        has_reduced_range=table.boolean("has_reduced_range"),
        n_images=table.integer("n_images", low=0, high=_COUNT),
        n_painted=table.integer("n_painted", low=0, high=_COUNT),
        images_sha256=table.text("images_sha256"),
        outputs={name: parse_agreement(outputs.table(name)) for name in table.mapping("outputs")},
        n_flips=table.integer("n_flips", low=0, high=_COUNT),
        n_new_escapes=table.optional_integer("n_new_escapes", low=0, high=_COUNT),
        metric=table.text("metric", among=FIGURES),
        float_metric=table.number("float_metric", low=0.0, high=1.0),
        int8_metric=table.number("int8_metric", low=0.0, high=1.0),
        speed_ratio=table.number("speed_ratio", low=0.0),
        size_share=table.number("size_share", low=0.0),
        processor=table.text("processor"),
    )
    table.close()
    return proof
