"""What the model is: a sealed folder that the line may trust."""

from inspector.bundle.agreement import OutputAgreement
from inspector.bundle.int8_proof import Int8Proof, WrongVerdicts
from inspector.bundle.manifest import (
    CANARY_FILE,
    INT8_FILE,
    MODEL_FILE,
    REPORT_FILE,
    Canary,
    InputSpec,
    Manifest,
    QualityLimits,
    Scale,
    Threshold,
)
from inspector.bundle.proof import Proof
from inspector.bundle.seal import check_bundle_place, seal_bundle
from inspector.bundle.sealed import Bundle, open_bundle

__all__ = [
    "CANARY_FILE",
    "INT8_FILE",
    "MODEL_FILE",
    "REPORT_FILE",
    "Bundle",
    "Canary",
    "InputSpec",
    "Int8Proof",
    "Manifest",
    "OutputAgreement",
    "Proof",
    "QualityLimits",
    "Scale",
    "Threshold",
    "WrongVerdicts",
    "check_bundle_place",
    "open_bundle",
    "seal_bundle",
]
