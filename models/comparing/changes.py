"""Which pictures two bundles judge differently: to be seen before one replaces the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspector.assembly import build_inspection
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.flow import Decision
from inspector.recipe import DEFAULT_RECIPE
from models.dataset.pictures import load_picture
from models.dataset.sample import Sample

_MAX_NAMED = 20  # for people; a script gets all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A picture that changes sides. ERROR rejects a part as FAIL does."""

    sample: Sample
    was: Decision
    becomes: Decision

    @property
    def is_better(self) -> bool:
        """Whether the new bundle is right about it."""
        return (self.becomes is Decision.PASS) is self.sample.is_good

    def line(self) -> str:
        """For people."""
        return (
            f"  {'right now' if self.is_better else 'WRONG NOW'}  {self.sample.name!r} "
            f"({self.sample.label}): {self.was.value} -> {self.becomes.value}"
        )

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "image": self.sample.name,
            "label": self.sample.label,
            "was": self.was.value,
            "becomes": self.becomes.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one bundle makes of pictures that another judged.

    Attributes:
        changed: Those that change sides, in the order of the pictures.
        n_right: Pictures that the new bundle is right about.
    """

    n_pictures: int
    n_right: int
    changed: tuple[Change, ...]

    def newly_passed(self) -> tuple[Change, ...]:
        """Defects that were rejected and pass now."""
        return tuple(
            one for one in self.changed if not one.sample.is_good and one.becomes is Decision.PASS
        )

    def newly_found(self) -> tuple[Change, ...]:
        """Defects that passed and are rejected now."""
        return tuple(
            one for one in self.changed if not one.sample.is_good and one.was is Decision.PASS
        )

    def lines(self, which: str) -> Iterator[str]:
        """For people.

        Args:
            which: What the pictures are, such as "old".
        """
        yield (
            f"{which:<10} {self.n_right} of {self.n_pictures} pictures are judged right, "
            f"{len(self.changed)} change sides"
        )
        worst_first = sorted(self.changed, key=lambda one: (one.is_better, one.sample.is_good))
        yield from (one.line() for one in worst_first[:_MAX_NAMED])
        if len(self.changed) > _MAX_NAMED:
            yield f"  and {len(self.changed) - _MAX_NAMED} more"

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "n_images": self.n_pictures,
            "n_right": self.n_right,
            "changed": [one.as_table() for one in self.changed],
        }


def changes_between(old: Path, new: Path, samples: Sequence[Sample]) -> Changes:
    """Judge pictures with two bundles, by the line's own code.

    Raises:
        BundleError: One of them is refused.
        DataError: A picture cannot be read.
    """
    judges = [
        build_inspection(open_bundle(path), DEFAULT_RECIPE, SystemClock()) for path in (old, new)
    ]
    changed, n_right = [], 0
    for sample in samples:
        was, becomes = (
            each.inspection.inspect(
                load_picture(sample, each.bundle.manifest.input.max_sample).frame
            ).verdict.decision
            for each in judges
        )
        n_right += (becomes is Decision.PASS) is sample.is_good
        if (was is Decision.PASS) is not (becomes is Decision.PASS):
            changed.append(Change(sample=sample, was=was, becomes=becomes))
    return Changes(n_pictures=len(samples), n_right=n_right, changed=tuple(changed))
