"""The proof of validation that every bundle carries: the converted model against its source."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from inspector.bundle.agreement import OutputAgreement, parse_agreement
from inspector.bundle.int8_proof import Int8Proof, parse_int8_proof
from inspector.errors import BundleError
from inspector.files.tables import Table, canonical_json, parse_json

SCHEMA_VERSION = 1
_AT_THRESHOLD = frozenset({"score", "heatmap"})  # outputs in the threshold's units


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The comparison, with the limits it was held against.

    Attributes:
        model_sha256: Of the `model.onnx` that was compared.
        n_images: Pictures that neither fitting nor the threshold had seen.
        images_sha256: Hash over the sorted hashes of those pictures.
        n_painted: How often one of them was compared once more, with a painted defect, for want of
            real ones.
        outputs: Agreement by output name.
        n_flips: Decisions that came out differently at the threshold.
        max_relative_limit: Limit for `relative` of every output.
        threshold: What decisions were made by, model units; None in reports from before it was
            kept.
        int8: What came of quantising it; None where nobody tried.
    """

    model_sha256: str
    n_images: int
    images_sha256: str
    outputs: Mapping[str, OutputAgreement]
    n_flips: int
    max_relative_limit: float
    int8: Int8Proof | None = None
    threshold: float | None = None
    n_painted: int = 0

    def relative(self, name: str) -> float:
        """The largest difference of an output as a share of its range.

        Of the score and its map, of the threshold where that is larger: parts that hardly differ
        span almost nothing, and what can change a decision is a difference beside the threshold.
        """
        scale, _ = self._scale(name)
        return self.outputs[name].max_abs / scale if scale > 0 else math.inf

    def _scale(self, name: str) -> tuple[float, str]:
        """What differences of an output are measured by, with its name."""
        own = self.outputs[name].range
        at_threshold = self.threshold if name in _AT_THRESHOLD else None
        if at_threshold is None or not 0 < own < abs(at_threshold):
            return own, "their range"
        return abs(at_threshold), "the threshold"

    def shortcoming(self) -> str | None:
        """Why this comparison proves nothing or proves too little; None when it stands."""
        if self.n_images < 1:
            return "no picture was compared"
        if "score" not in self.outputs:
            return "the score was not compared"
        for name, agreement in self.outputs.items():
            if not agreement.range > 0:
                return (
                    f"{name} is the same everywhere: such a comparison shows nothing; compare on "
                    "pictures of different parts"
                )
            _, measure = self._scale(name)
            if not self.relative(name) <= self.max_relative_limit:
                return (
                    f"{name}: values differ by {self.relative(name):.3g} of {measure}; "
                    f"the limit is {self.max_relative_limit:g}"
                )
        if self.n_flips:
            return f"{self.n_flips} of {self.n_images + self.n_painted} decisions differ"
        return None

    def to_json(self) -> bytes:
        """The file `report.json`."""
        table = asdict(self)
        table["schema_version"] = SCHEMA_VERSION
        table["passed"] = self.shortcoming() is None
        del table["int8"]  # absent, as in reports from before it was known
        if self.threshold is None:
            del table["threshold"]
        if not self.n_painted:
            del table["n_painted"]
        if self.int8 is not None:
            table["int8"] = self.int8.as_table()
        return canonical_json(table)


def parse_proof(data: bytes, where: str) -> Proof:
    """Read `report.json`.

    Raises:
        BundleError: Unreadable, or a key is missing, unknown or out of range.
    """
    table = Table(parse_json(data, where, BundleError), where, BundleError)
    table.integer("schema_version", low=SCHEMA_VERSION, high=SCHEMA_VERSION)
    table.boolean("passed")  # for people; what counts is worked out again from the figures
    outputs = table.table("outputs")
    proof = Proof(
        model_sha256=table.text("model_sha256"),
        n_images=table.integer("n_images", low=0, high=2**53),
        images_sha256=table.text("images_sha256"),
        outputs={name: parse_agreement(outputs.table(name)) for name in table.mapping("outputs")},
        n_flips=table.integer("n_flips", low=0, high=2**53),
        max_relative_limit=table.number("max_relative_limit", low=0.0, high=0.01),
        threshold=table.optional_number("threshold"),
        n_painted=table.optional_integer("n_painted", low=0, high=2**53) or 0,
        int8=None if (int8 := table.optional_table("int8")) is None else parse_int8_proof(int8),
    )
    table.close()
    return proof
