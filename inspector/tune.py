"""Finds out which of a bundle's models this machine should run, and with how many threads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from inspector.assembly import ReadyInspection, build_inspection, canary_frame, model_bytes
from inspector.bundle import Bundle
from inspector.bundle.int8_proof import MAX_MORE_ESCAPES, MIN_SPEED_RATIO
from inspector.capture.files.pictures import PictureSource
from inspector.clock import Clock
from inspector.errors import BundleError, CaptureError, SourceUnavailable
from inspector.flow import Decision
from inspector.inference.ort import OrtBackend
from inspector.inference.turns import median_ratio, times_in_turns
from inspector.machine.choices import MAX_THREADS, Choice, ModelKind
from inspector.machine.processor import has_vnni, processor_name, usable_cores
from inspector.preprocess import preprocess
from inspector.recipe import DEFAULT_RECIPE

# A thread more, or a core that spins, must be worth what it takes from the rest of the machine.
LEAST_GAIN = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Int8Here:
    """The INT8 model against the float one, on this machine.

    Attributes:
        canary_fault: Why its canary is not what was proven; None where it is.
        is_exact: Whether this processor adds up its weights without overflow.
        speed_ratio: Time of the float model over its own, median of turns, one thread.
        n_images: Pictures that both could judge.
        n_flips: Verdicts that differ.
        n_newly_passed: Of these, those that only the INT8 model passes: perhaps escapes.
        n_newly_rejected: Those that only the float model passes.
    """

    canary_fault: str | None
    is_exact: bool
    speed_ratio: float
    n_images: int = 0
    n_flips: int = 0
    n_newly_passed: int = 0
    n_newly_rejected: int = 0

    def shortcomings(self) -> tuple[str, ...]:
        """Why the float model should run here; empty where the INT8 one may."""
        failed = []
        if not self.is_exact:
            failed.append(
                "processor: without VNNI it adds up weights of 8 bits wrongly; quantise the bundle "
                "on such a processor, and its weights get 7"
            )
        if self.canary_fault is not None:
            failed.append(f"canary: {self.canary_fault}")
        if not self.speed_ratio >= MIN_SPEED_RATIO:
            failed.append(
                f"speed: {self.speed_ratio:.2f} times the float model's; at least "
                f"{MIN_SPEED_RATIO:g} is asked for"
            )
        if self.n_newly_passed - self.n_newly_rejected > MAX_MORE_ESCAPES * self.n_images:
            failed.append(
                f"escapes: {self.n_newly_passed} of {self.n_images} pictures pass that the float "
                f"model rejects, and {self.n_newly_rejected} the other way round; at most "
                f"{MAX_MORE_ESCAPES:.0%} may be more"
            )
        return tuple(failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What was found out.

    Attributes:
        int8: None where the bundle has no INT8 model.
        times_ms: Median time of one run of the chosen model by threads and spinning.
    """

    processor: str
    choice: Choice
    int8: Int8Here | None
    times_ms: dict[tuple[int, bool], float]

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        here = self.int8
        return {
            "processor": self.processor,
            "model": self.choice.model,
            "threads": self.choice.threads,
            "has_spinning": self.choice.has_spinning,
            "int8": None
            if here is None
            else {
                "shortcomings": list(here.shortcomings()),
                "speed_ratio": here.speed_ratio,
                "n_images": here.n_images,
                "n_flips": here.n_flips,
                "n_newly_passed": here.n_newly_passed,
                "n_newly_rejected": here.n_newly_rejected,
            },
            "times_ms": [
                {"threads": threads, "has_spinning": spinning, "median_ms": ms}
                for (threads, spinning), ms in self.times_ms.items()
            ],
        }


def tune(bundle: Bundle, clock: Clock, images: str | None = None) -> Tuning:
    """Hold the INT8 model to its gate once more, here, and measure threads and spinning.

    Args:
        images: Pictures that both models judge, as SOURCE of a batch; None: the canary alone.

    Raises:
        BundleError: The float model does not judge here as it was proven to.
        SourceUnavailable: There are no pictures, or none of them can be judged.
    """
    ready = build_inspection(bundle, DEFAULT_RECIPE, clock)
    here = None if bundle.int8_model is None else _int8_here(bundle, ready, clock, images)
    model: ModelKind = "float" if here is None or here.shortcomings() else "int8"
    times_ms = _times_by_threads(bundle, model, clock)
    threads, has_spinning = quickest(times_ms)
    return Tuning(
        processor=processor_name(),
        choice=Choice(model=model, threads=threads, has_spinning=has_spinning),
        int8=here,
        times_ms=times_ms,
    )


def quickest(times_ms: dict[tuple[int, bool], float]) -> tuple[int, bool]:
    """Threads and spinning; more of them only for a gain of `LEAST_GAIN` each time."""
    best = min(times_ms)  # one thread that does not spin
    for way in sorted(times_ms, key=lambda way: (way[1], way[0])):
        if times_ms[best] >= LEAST_GAIN * times_ms[way]:
            best = way
    return best


def thread_counts(cores: int) -> tuple[int, ...]:
    """1, 2, 4 and so on, up to the cores."""
    return tuple(count for count in (1, 2, 4, 8, 16, 32, MAX_THREADS) if count <= cores)


def _int8_here(
    bundle: Bundle, ready: ReadyInspection, clock: Clock, images: str | None
) -> Int8Here:
    section = bundle.proof.int8
    is_exact = has_vnni() or (section is not None and section.has_reduced_range)
    ways = [_run_of(bundle, model) for model in ("float", "int8")]
    speed_ratio = median_ratio(times_in_turns(ways, clock), 0, 1)
    try:
        rival = build_inspection(bundle, DEFAULT_RECIPE, clock, model="int8")
    except BundleError as error:
        return Int8Here(canary_fault=str(error), is_exact=is_exact, speed_ratio=speed_ratio)
    pairs = [] if images is None else _decisions(ready, rival, images, clock)
    return Int8Here(
        canary_fault=None,
        is_exact=is_exact,
        speed_ratio=speed_ratio,
        n_images=len(pairs),
        n_flips=sum(one is not other for one, other in pairs),
        n_newly_passed=sum(
            other is Decision.PASS and one is not Decision.PASS for one, other in pairs
        ),
        n_newly_rejected=sum(
            one is Decision.PASS and other is not Decision.PASS for one, other in pairs
        ),
    )


def _decisions(
    ready: ReadyInspection, rival: ReadyInspection, images: str, clock: Clock
) -> Sequence[tuple[Decision, Decision]]:
    pairs = []
    for waiting in PictureSource(images, clock, ready.bundle.manifest.input.max_sample):
        try:
            frame = waiting.load()
        except CaptureError:  # a batch would give both the same ERROR
            continue
        first, second = (one.inspection.inspect(frame).verdict.decision for one in (ready, rival))
        if first is not Decision.ERROR or second is not Decision.ERROR:  # else it tells nothing
            pairs.append((first, second))
    if not pairs:
        raise SourceUnavailable(f"--images {images!r}: none of its pictures can be judged")
    return pairs


def _times_by_threads(
    bundle: Bundle, model: ModelKind, clock: Clock
) -> dict[tuple[int, bool], float]:
    """One thread has nobody to wait for, and so no spinning."""
    ways = [
        (threads, spinning)
        for threads, spinning in product(thread_counts(usable_cores()), (False, True))
        if threads > 1 or not spinning
    ]
    runs = [_run_of(bundle, model, threads, has_spinning=spinning) for threads, spinning in ways]
    rows = times_in_turns(runs, clock)
    # By ratios to the first: in turns they hold, while single times do not.
    first_ms = sorted(row[0] for row in rows)[len(rows) // 2]
    return {way: first_ms * median_ratio(rows, place, 0) for place, way in enumerate(ways)}


def _run_of(
    bundle: Bundle, model: ModelKind, threads: int = 1, *, has_spinning: bool = False
) -> Callable[[], object]:
    manifest = bundle.manifest
    backend = OrtBackend(
        manifest, model_bytes(bundle, model), threads=threads, has_spinning=has_spinning
    )
    tensor = preprocess(canary_frame(bundle.canary_png), manifest.input).tensor
    return lambda: backend.run(tensor)
