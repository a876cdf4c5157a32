"""Which pictures two bundles judge differently: to be seen before one replaces the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspector.assembly import ReadyInspection, build_inspection
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import DataError
from inspector.flow import Decision
from inspector.recipe import DEFAULT_RECIPE
from models.dataset.pictures import load_picture
from models.dataset.sample import GOOD, Sample

_MAX_NAMED = 20  # for people; a script gets all of them
_NAMING = ("classify", "segment")  # tasks that are asked for names, and not only for pass or fail


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a bundle says of a picture. ERROR rejects a part as FAIL does.

    Attributes:
        label: The class; empty where the bundle names none, or could not judge.
    """

    decision: Decision
    label: str = ""

    @property
    def is_passed(self) -> bool:
        """Whether the part goes on."""
        return self.decision is Decision.PASS

    def text(self) -> str:
        """For people: "FAIL", "FAIL dent"."""
        return f"{self.decision.value} {self.label}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A picture of which both say something else.

    Attributes:
        is_right: Whether the new bundle is right about it.
    """

    sample: Sample
    was: Answer
    becomes: Answer
    is_right: bool

    @property
    def is_escape(self) -> bool:
        """Whether it is a defect that was rejected and passes now."""
        return not self.sample.is_good and self.becomes.is_passed and not self.was.is_passed

    @property
    def is_found(self) -> bool:
        """Whether it is a defect that passed and is rejected now."""
        return not self.sample.is_good and self.was.is_passed and not self.becomes.is_passed

    def line(self) -> str:
        """For people."""
        said = "right now" if self.is_right else "WRONG NOW"
        return (
            f"  {said}  {self.sample.name!r} ({self.sample.label}): {self.was.text()} -> "
            f"{self.becomes.text()}"
        )

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "image": self.sample.name,
            "label": self.sample.label,
            "was": self.was.text(),
            "becomes": self.becomes.text(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one bundle makes of pictures that another judged.

    Attributes:
        n_were_right, n_right: Pictures that the old and the new one are right about.
        changed: Those of which they say something else, in the order of the pictures.
    """

    n_pictures: int
    n_were_right: int
    n_right: int
    changed: tuple[Change, ...]

    def lines(self, which: str) -> Iterator[str]:
        """For people, the worst first.

        Args:
            which: What the pictures are, in one word.
        """
        yield (
            f"{which:<10} of {self.n_pictures} pictures {self.n_were_right} were judged right, "
            f"{self.n_right} are now; {len(self.changed)} change"
        )
        worst_first = sorted(self.changed, key=lambda one: (not one.is_escape, one.is_right))
        yield from (one.line() for one in worst_first[:_MAX_NAMED])
        if len(self.changed) > _MAX_NAMED:
            yield f"  and {len(self.changed) - _MAX_NAMED} more"

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "n_images": self.n_pictures,
            "n_were_right": self.n_were_right,
            "n_right": self.n_right,
            "changed": [one.as_table() for one in self.changed],
        }


def changes_between(old: Path, new: Path, samples: Sequence[Sample]) -> Changes:
    """Judge pictures with two bundles, by the line's own code; what cannot be read is ERROR.

    Raises:
        BundleError: One of them is refused.
    """
    first, second = (
        build_inspection(open_bundle(path), DEFAULT_RECIPE, SystemClock()) for path in (old, new)
    )
    changed, n_were_right, n_right = [], 0, 0
    for sample in samples:
        was, becomes = _answer(first, sample), _answer(second, sample)
        is_right = _is_right(second, becomes, sample)
        n_were_right += _is_right(first, was, sample)
        n_right += is_right
        if (was.is_passed, was.label) != (becomes.is_passed, becomes.label):
            changed.append(Change(sample=sample, was=was, becomes=becomes, is_right=is_right))
    return Changes(
        n_pictures=len(samples),
        n_were_right=n_were_right,
        n_right=n_right,
        changed=tuple(changed),
    )


def _answer(ready: ReadyInspection, sample: Sample) -> Answer:
    manifest = ready.bundle.manifest
    try:
        frame = load_picture(sample, manifest.input.max_sample).frame
    except DataError:  # such as more light than the old bundle's pictures could have
        return Answer(decision=Decision.ERROR)
    verdict = ready.inspection.inspect(frame).verdict
    label = verdict.label if manifest.task in _NAMING else ""
    return Answer(decision=verdict.decision, label=label)


def _is_right(ready: ReadyInspection, answer: Answer, sample: Sample) -> bool:
    """By the name where names are asked for, else by passing and failing."""
    if ready.bundle.manifest.labels[0] != GOOD or answer.label:
        return answer.label in sample.kinds
    return answer.is_passed is sample.is_good
