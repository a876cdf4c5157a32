"""The proof of validation that every bundle carries: the converted model against its source."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from inspector.errors import BundleError
from inspector.tables import Table, canonical_json, parse_json

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputAgreement:
    """How far one output of the runtime is from the same output of the training library.

    Attributes:
        dtype, shape: Of the runtime's output for the whole comparison.
        max_abs, p99_abs: Absolute difference, in the output's own units.
        range: Largest minus smallest value of the training library's output.
    """

    dtype: str
    shape: tuple[int, ...]
    max_abs: float
    p99_abs: float
    range: float

    @property
    def relative(self) -> float:
        """The largest difference as a share of the output's range."""
        return self.max_abs / self.range if self.range > 0 else float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The comparison, with the limits it was held against.

    Attributes:
        model_sha256: Of the `model.onnx` that was compared.
        n_images: Pictures that neither fitting nor the threshold had seen.
        images_sha256: Hash over the sorted hashes of those pictures.
        outputs: Agreement by output name.
        n_flips: Decisions that came out otherwise at the threshold.
        max_relative_limit: Limit for `OutputAgreement.relative` of every output.
    """

    model_sha256: str
    n_images: int
    images_sha256: str
    outputs: Mapping[str, OutputAgreement]
    n_flips: int
    max_relative_limit: float

    def shortcoming(self) -> str | None:
        """Why this comparison proves nothing or proves too little; None when it stands."""
        if self.n_images < 1:
            return "no picture was compared"
        if "score" not in self.outputs:
            return "the score was not compared"
        for name, agreement in self.outputs.items():
            if not agreement.range > 0:
                return f"{name} is the same everywhere: such a comparison shows nothing"
            if not agreement.relative <= self.max_relative_limit:
                return (
                    f"{name}: values differ by {agreement.relative:.3g} of their range; "
                    f"the limit is {self.max_relative_limit:g}"
                )
        if self.n_flips:
            return f"{self.n_flips} of {self.n_images} decisions differ"
        return None

    def to_json(self) -> bytes:
        """The file `report.json`."""
        table = asdict(self)
        table["schema_version"] = SCHEMA_VERSION
        table["passed"] = self.shortcoming() is None
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
        outputs={name: _parse_agreement(outputs.table(name)) for name in table.mapping("outputs")},
        n_flips=table.integer("n_flips", low=0, high=2**53),
        max_relative_limit=table.number("max_relative_limit", low=0.0, high=0.01),
    )
    table.close()
    return proof


def _parse_agreement(table: Table) -> OutputAgreement:
    agreement = OutputAgreement(
        dtype=table.text("dtype"),
        shape=table.integers("shape", low=0, high=2**53),
        max_abs=table.number("max_abs", low=0.0),
        p99_abs=table.number("p99_abs", low=0.0),
        range=table.number("range", low=0.0),
    )
    table.close()
    return agreement
