"""Divides the pictures that choose a foreign model's threshold from those that prove it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inspector.bundle import InputSpec
from inspector.errors import DataError
from models.dataset.hashes import without_copies
from models.dataset.pictures import LoadedSet, load_set
from models.dataset.reader import load_samples
from models.dataset.sample import GOOD, Sample, of_split
from models.dataset.splits import MIN_GOOD_PARTS, n_good_parts, proof_apart

_SEED = 0  # of who proves and who chooses
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lots:
    """Pictures, none of them from a test split.

    Attributes:
        held_out: The threshold is chosen on these.
        proof: The bundle's graph is compared with the model on these.
    """

    held_out: LoadedSet
    proof: LoadedSet

    @property
    def samples(self) -> tuple[Sample, ...]:
        """All of them."""
        return (*self.held_out.samples, *self.proof.samples)


def samples_to_import_by(data: Path, good_label: str | None = None) -> tuple[Sample, ...]:
    """The val split of a list, or its train split where it has none; no picture twice.

    Raises:
        DataError: The list cannot be read.
    """
    everything = load_samples(data, good_label)
    chosen = of_split(everything, "val")
    if not chosen:
        chosen = of_split(everything, "train")
        _log.warning(
            "the list has no val split: the threshold is chosen on its train split; if the model "
            "was trained on these pictures, it knows them, and real parts will score worse"
        )
    return without_copies(chosen)


def divide(samples: Sequence[Sample], spec: InputSpec, *, has_good: bool) -> Lots:
    """Read pictures and divide them, the same way each time.

    Args:
        has_good: Whether one of the classes means free of defects.

    Raises:
        DataError: They are too few, or one cannot be read.
    """
    held_out, proof = proof_apart(len(samples), _SEED)
    count = n_good_parts(samples[place] for place in held_out)
    if has_good and count < MIN_GOOD_PARTS:
        raise DataError(
            f"{count} different good parts are left of {len(samples)} pictures to choose a "
            f"threshold by; at least {MIN_GOOD_PARTS} are needed: list pictures of more parts"
        )
    if not held_out:
        raise DataError(
            f"{len(samples)} pictures are too few to choose a threshold and to prove the model: "
            "list pictures of more parts"
        )
    _log.info("reading %d pictures", len(samples))
    loaded = load_set(samples, spec)
    return Lots(held_out=loaded.part_of(held_out), proof=loaded.part_of(proof))


def is_defect(samples: Sequence[Sample], labels: tuple[str, ...]) -> list[bool]:
    """For each picture; all False where none of the classes means free of defects."""
    return [labels[0] == GOOD and not sample.is_good for sample in samples]
