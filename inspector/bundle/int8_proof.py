"""The gate of an INT8 model: what it was held against before a bundle may carry it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from inspector.bundle.agreement import OutputAgreement, parse_agreement
from inspector.files.tables import Table

# Below it the saving is not worth a second model that must be proven.
MIN_SPEED_RATIO = 1.3
MAX_SIZE_SHARE = 0.35  # a quarter, and what stays float
MAX_LOSS = 0.003  # of AUROC, or of accuracy where classes are told apart
MAX_MORE_ESCAPES = 0.01  # of the defects
MAX_MORE_OVERKILL = 0.02  # of the good pictures
METRICS = ("auroc", "accuracy")
CALIBRATIONS = ("minmax", "entropy", "percentile")
_COUNT = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongVerdicts:
    """What the float and the INT8 model judge wrongly of the same pictures, each at the threshold.

    A part near the threshold may fall to either side; what counts is how many do in all.

    Attributes:
        float_passed, int8_passed: Defects that pass.
        float_rejected, int8_rejected: Good parts that do not.
    """

    n_defects: int
    n_good: int
    float_passed: int
    int8_passed: int
    float_rejected: int
    int8_rejected: int

    def shortcomings(self) -> tuple[str, ...]:
        """What there is more of than is allowed, with figures."""
        failed = []
        more = self.int8_passed - self.float_passed
        if more > MAX_MORE_ESCAPES * self.n_defects:
            failed.append(
                f"escapes: {self.int8_passed} of {self.n_defects} defects pass instead of "
                f"{self.float_passed}; at most {MAX_MORE_ESCAPES:.0%} of them may be more"
            )
        more = self.int8_rejected - self.float_rejected
        if more > max(1, MAX_MORE_OVERKILL * self.n_good):  # one of few is chance
            failed.append(
                f"overkill: {self.int8_rejected} of {self.n_good} good pictures are rejected "
                f"instead of {self.float_rejected}; at most {MAX_MORE_OVERKILL:.0%} of them may "
                "be more"
            )
        return tuple(failed)


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
        n_flips: Verdicts that came out differently.
        wrong: What both judge wrongly; None where none of the classes is a defect.
        scale: What its scores were multiplied by, so that good parts exceed the threshold as
            rarely as with the float model.
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
    wrong: WrongVerdicts | None
    scale: float
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
        if self.wrong is not None:
            failed += self.wrong.shortcomings()
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
        wrong=None if (wrong := table.optional_table("wrong")) is None else _parse_wrong(wrong),
        scale=table.number("scale", low=0.0),
        metric=table.text("metric", among=METRICS),
        float_metric=table.number("float_metric", low=0.0, high=1.0),
        int8_metric=table.number("int8_metric", low=0.0, high=1.0),
        speed_ratio=table.number("speed_ratio", low=0.0),
        size_share=table.number("size_share", low=0.0),
        processor=table.text("processor"),
    )
    table.close()
    return proof


def _parse_wrong(table: Table) -> WrongVerdicts:
    names = [entry.name for entry in fields(WrongVerdicts)]
    wrong = WrongVerdicts(**{name: table.integer(name, low=0, high=_COUNT) for name in names})
    table.close()
    return wrong
