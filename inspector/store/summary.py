"""What a run came to, in counts and percentiles."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from inspector.exit_codes import ExitCode
from inspector.flow import Decision, Stage
from inspector.store.reader import RecordReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Three quantiles of the times of one stage, ms, by nearest rank."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A whole run.

    Attributes:
        decisions: Count by decision.
        stage_ms: Percentiles by stage; a stage that no part reached is absent.
        elapsed_s: Wall time of this session of the run, after the model was ready.
        n_judged_now: Parts judged in this session; the others stood in the store already.
        identity: Versions and hashes of everything that judged.
        left_out: How many files of a batch's source are not pictures, by kind.
        n_gone: Pictures that were judged and are not in the source any more; not counted above.
        n_left: Pictures of a batch that was interrupted before it came to them; None: nobody knows
            how many, as in a video.
    """

    decisions: Mapping[Decision, int]
    stage_ms: Mapping[Stage, Percentiles]
    elapsed_s: float
    n_judged_now: int
    identity: Mapping[str, str]
    left_out: Mapping[str, int] = field(default_factory=dict)
    n_gone: int = 0
    n_left: int | None = 0

    @property
    def n_parts(self) -> int:
        """All parts of the store."""
        return sum(self.decisions.values())

    @property
    def pass_share(self) -> float | None:
        """The yield: passed parts / all parts."""
        return self.decisions[Decision.PASS] / self.n_parts if self.n_parts else None

    @property
    def images_per_s(self) -> float | None:
        """Throughput of this session; None when it judged nothing."""
        return self.n_judged_now / self.elapsed_s if self.n_judged_now and self.elapsed_s else None

    def as_table(self) -> dict[str, object]:
        """The values of `summary.json`."""
        return {
            "n_parts": self.n_parts,
            "n_pass": self.decisions[Decision.PASS],
            "n_fail": self.decisions[Decision.FAIL],
            "n_error": self.decisions[Decision.ERROR],
            "yield": self.pass_share,
            "stage_ms": {stage: asdict(values) for stage, values in self.stage_ms.items()},
            "n_judged_now": self.n_judged_now,
            "elapsed_s": round(self.elapsed_s, 3),
            "images_per_s": None if self.images_per_s is None else round(self.images_per_s, 2),
            **self.identity,
        }


def summarise(
    store: RecordReader,
    *,
    elapsed_s: float,
    n_judged_now: int,
    identity: Mapping[str, str],
    first_part: int | None = None,
    left_out: Mapping[str, int] | None = None,
    n_left: int | None = 0,
) -> Summary:
    """Count and measure what the store holds.

    Args:
        first_part: From this part of a line on; None: everything.
        left_out, n_left: See `Summary`.
    """
    stage_ms = {}
    for stage in Stage:
        times_ms = store.stage_times_ms(stage, first_part)
        if times_ms:
            stage_ms[stage] = percentiles(times_ms)
    return Summary(
        decisions=store.decisions(first_part),
        stage_ms=stage_ms,
        elapsed_s=elapsed_s,
        n_judged_now=n_judged_now,
        identity=identity,
        left_out=left_out or {},
        n_gone=store.n_gone(),
        n_left=n_left,
    )


def exit_code_of(decisions: Mapping[Decision, int]) -> ExitCode:
    """What a finished run tells the shell: the worst part decides."""
    if decisions[Decision.ERROR]:
        return ExitCode.HAS_ERROR
    return ExitCode.HAS_FAIL if decisions[Decision.FAIL] else ExitCode.DONE


def percentiles(ascending: Sequence[float]) -> Percentiles:
    """p50, p95 and p99 by nearest rank: each is a value that was really measured."""

    def at_rank(percent: int) -> float:
        return ascending[-(-percent * len(ascending) // 100) - 1]  # rounded up, counted from 0

    return Percentiles(p50=at_rank(50), p95=at_rank(95), p99=at_rank(99))
