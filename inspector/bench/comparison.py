"""One bench from the request to the figures."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

from inspector.bench.figures import Figures, Measured, failed_table, figures, ratios
from inspector.bench.pictures import load_tensors
from inspector.bench.rounds import Course, run_rounds
from inspector.bench.runtime import REFERENCE, load_plugin, obstacle
from inspector.bundle import Bundle, open_bundle
from inspector.clock import Clock
from inspector.errors import UsageError
from inspector.exit_codes import ExitCode
from inspector.machine.processor import processor_name

ANSWER_TIMEOUT_S = 600.0  # the slowest turn, over many tiles, on a busy machine
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRequest:
    """What is to be measured.

    Attributes:
        images: A folder, as for a batch.
        runtimes: Names; None: all that are installed and can run this bundle. The reference is
            measured in any case.
        offers: Every runtime there is, see `inspector.bench.runtime.offered`.
        threads: Threads inside one run.
        timeout_s: The longest wait for one answer of a runtime.
    """

    bundle: Path
    images: str
    runtimes: tuple[str, ...] | None
    offers: Mapping[str, EntryPoint]
    rounds: int
    threads: int
    timeout_s: float = ANSWER_TIMEOUT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came out.

    Attributes:
        rows: By runtime, the reference first; of one that failed, what it failed of.
        ratios: See `inspector.bench.figures.ratios`; only of runtimes that give the same scores.
    """

    rows: Mapping[str, Figures | str]
    ratios: Mapping[str, float]
    bundle_id: str
    n_images: int
    rounds: int
    threads: int
    cpu: str

    @property
    def exit_code(self) -> ExitCode:
        """ERROR when a runtime could not be measured, else FAIL when one gives other scores."""
        if any(isinstance(row, str) for row in self.rows.values()):
            return ExitCode.HAS_ERROR
        if any(isinstance(row, Figures) and row.error for row in self.rows.values()):
            return ExitCode.HAS_FAIL
        return ExitCode.DONE

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "runtimes": {
                name: failed_table(row) if isinstance(row, str) else row.as_table()
                for name, row in self.rows.items()
            },
            "ratios": dict(self.ratios),
            "threads": self.threads,
            "cpu": self.cpu,
            "n_images": self.n_images,
            "rounds": self.rounds,
            "bundle_id": self.bundle_id,
        }


def compare_runtimes(request: BenchRequest, clock: Clock) -> Comparison:
    """Measure. Whatever happens, no process of a runtime stays.

    Raises:
        UsageError, SourceUnavailable: An unknown runtime, or no picture to measure with.
        BundleError: The bundle is refused.
        InferenceError: The reference itself failed.
    """
    path = request.bundle.resolve()  # "." has no neighbour's name
    bundle = open_bundle(path)
    offers, obstacles = choose(request.runtimes, request.offers, path, bundle)
    tensors = load_tensors(request.images, bundle.manifest.input, clock)
    course = Course(
        bundle=path,
        offers=offers,
        tensors=tensors,
        rounds=request.rounds,
        threads=request.threads,
        timeout_s=request.timeout_s,
    )
    outcome = run_rounds(course)
    measured = {name: one for name, one in outcome.items() if isinstance(one, Measured)}
    rows = {
        name: one
        if isinstance(one, str)
        else figures(one, measured[REFERENCE], load_plugin(offers[name]).max_relative)
        for name, one in outcome.items()
    } | obstacles
    equals = {name: one for name, one in measured.items() if _agrees(rows[name])}
    return Comparison(
        rows=rows,
        ratios=ratios(equals, REFERENCE),
        bundle_id=bundle.manifest.bundle_id,
        n_images=len(tensors),
        rounds=request.rounds,
        threads=request.threads,
        cpu=processor_name(),
    )


def choose(
    names: tuple[str, ...] | None, offers: Mapping[str, EntryPoint], path: Path, bundle: Bundle
) -> tuple[dict[str, str], dict[str, str]]:
    """The entry point's value of each runtime to measure, by name, the reference first.

    And why one that was asked for cannot run here; one that nobody asked for is left out.

    Raises:
        UsageError: There is no runtime of a name, or the reference itself cannot run.
    """
    unknown = [name for name in names or () if name not in offers]
    if unknown:
        raise UsageError(f"no runtime {', '.join(unknown)}; known: {', '.join(offers)}")
    if REFERENCE not in offers:
        raise UsageError("this installation names no runtimes; install it again")
    wanted = offers if names is None else dict.fromkeys((REFERENCE, *names))
    chosen, obstacles = {}, {}
    for name in wanted:
        why = obstacle(offers[name].value, path, bundle)
        if why is None:
            chosen[name] = offers[name].value
        elif name == REFERENCE:
            raise UsageError(f"{name}: {why}")
        elif names is None:
            _log.info("%s is left out: %s", name, why)
        else:
            obstacles[name] = f"{name}: {why}"
    return chosen, obstacles


def _agrees(row: Figures | str) -> bool:
    return isinstance(row, Figures) and row.error is None
