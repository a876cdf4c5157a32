"""`inspector run`: the line of a station file, without a screen."""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.command_line import Parser, print_json, print_line, whole_number
from inspector.commands.summary_lines import print_run_summary
from inspector.concurrency.latest_slot import LatestSlot
from inspector.concurrency.worker import Worker
from inspector.errors import InspectorError, SettingsError
from inspector.exit_codes import ExitCode
from inspector.machine.service_manager import ServiceManager

if TYPE_CHECKING:
    from inspector.flow import Record
    from inspector.pipeline.events import RunSnapshot
    from inspector.pipeline.parts import PartResult

INTERRUPTED = "interrupted"
STATUS_EVERY_S = 0.25


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the command to the program."""
    parser = commands.add_parser(
        "run",
        help="run a station's live line, without a screen",
        description="Judge every part that the station's cameras see, until Ctrl-C. Exit code 0: "
        "every part passed; 1: at least one FAIL; 2: at least one could not be judged; 3: wrong "
        "usage or configuration; 4: the run broke; 130: interrupted.",
    )
    parser.add_argument("--station", required=True, type=Path, metavar="FILE", help="TOML")
    parser.add_argument(
        "--recipe", type=Path, metavar="FILE", help="in the place of the station's own"
    )
    parser.add_argument(
        "--parts",
        type=whole_number(1, 1_000_000_000),
        metavar="N",
        help="end after so many parts",
    )
    parser.add_argument(
        "--inject",
        type=Path,
        metavar="FILE",
        help="let the faults of this file happen, and tell what became of each; TOML",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    parser.set_defaults(handler=_run)


def _run(parsed: argparse.Namespace) -> int:
    from inspector.clock import SystemClock
    from inspector.commands.outcome_lines import print_outcome
    from inspector.injection.outcome import outcome_of
    from inspector.injection.script import load_script
    from inspector.settings import Trigger, load_station
    from inspector.station import prepared_run
    from inspector.store.reader import RecordReader
    from inspector.store.summary import exit_code_of, summarise

    clock = SystemClock()
    settings = load_station(parsed.station)
    if settings.cameras[0].trigger is Trigger.SOFTWARE:  # all cameras have the same
        raise SettingsError(
            f"station {str(parsed.station)!r}: trigger = 'software' is the window's key F9, and "
            "without it no part would ever come; use 'free', 'hardware' or 'timer'"
        )
    script = None if parsed.inject is None else load_script(parsed.inject, settings)
    status, manager = _StatusLine(), ServiceManager()
    with prepared_run(
        settings, status, clock, recipe=parsed.recipe, n_parts=parsed.parts, script=script
    ) as prepared:
        started_ns = clock.monotonic_ns()
        failures: list[InspectorError] = []
        # Not in this thread: a signal's handler runs here, between any two steps of it.
        line = Worker("line", prepared.runner.run, failures.append)
        with _counting_signals() as signals:
            line.start()
            while not line.join(STATUS_EVERY_S):
                status.write()
                if manager.is_there:
                    _tell(manager, prepared.runner.snapshot())
                if signals:
                    manager.stopping()
                    prepared.runner.stop(INTERRUPTED)
        status.end()
        if failures:
            raise failures[0]
        elapsed_s = (clock.monotonic_ns() - started_ns) / 1e9
        with RecordReader(prepared.store_path) as reader:
            decisions = reader.decisions(prepared.first_part)
            summary = summarise(
                reader,
                elapsed_s=elapsed_s,
                n_judged_now=sum(decisions.values()),
                identity={"station": settings.name, **prepared.in_force().identity},
                first_part=prepared.first_part,
            )
            outcome = None
            if (injector := prepared.injector) is not None:
                records = reader.parts_from(prepared.first_part)
                outcome = outcome_of(injector.script, injector.happened, injector.behind, records)
    reason = prepared.runner.snapshot().finish_reason
    if parsed.json:
        injected = {} if outcome is None else {"faults": outcome.as_table()}
        print_json({**summary.as_table(), "finish_reason": reason, **injected})
    else:
        print_run_summary(summary)
        if outcome is not None:
            print_outcome(outcome)
        print_line(f"store  {prepared.store_path}")
    return ExitCode.INTERRUPTED if reason == INTERRUPTED else exit_code_of(summary.decisions)


def _tell(manager: ServiceManager, snapshot: "RunSnapshot") -> None:
    """Let a service manager know how the line does; a line that failed is not alive."""
    from inspector.pipeline.events import Phase

    if snapshot.phase in (Phase.READY, Phase.RUNNING):
        manager.ready()
    if snapshot.phase is not Phase.FAULTED:
        manager.alive(status_text(snapshot))


@contextmanager
def _counting_signals() -> Iterator[list[int]]:
    """Ctrl-C and a service manager's stop, as they come; they interrupt nothing."""
    came: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield came
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


class _StatusLine:
    """One line on a terminal that says how the line does. See `Listener`."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr is not None and sys.stderr.isatty()
        self._n_shown = 0
        self._newest = LatestSlot["RunSnapshot"]()

    def on_verdict(self, result: "PartResult") -> None:
        """See `Listener.on_verdict`."""

    def on_records(self, records: "Sequence[Record]") -> None:
        """See `Listener.on_records`."""

    def on_state(self, snapshot: "RunSnapshot") -> None:
        """See `Listener.on_state`; a terminal that is held must not hold the line."""
        self._newest.put(snapshot)

    def write(self) -> None:
        """Write the line anew in its place. For the main thread."""
        snapshot = self._newest.take()
        if snapshot is None or not self._is_shown:
            return
        text = status_text(snapshot)
        sys.stderr.write("\r" + text.ljust(self._n_shown))
        sys.stderr.flush()
        self._n_shown = len(text)

    def end(self) -> None:
        """Leave the last line standing."""
        self.write()
        if self._n_shown:
            sys.stderr.write("\n")


def status_text(snapshot: "RunSnapshot") -> str:
    """The line in one line of text."""
    from inspector.flow import Decision, Stage

    parts = [str(snapshot.phase)]
    if snapshot.shift is not None:
        counts = snapshot.shift.decisions
        parts.append(
            f"pass {counts[Decision.PASS]}  fail {counts[Decision.FAIL]}  "
            f"error {counts[Decision.ERROR]}"
        )
    parts.append(f"{snapshot.figures.parts_per_s:.1f} parts/s")
    total = snapshot.figures.stage_ms.get(Stage.TOTAL)
    if total is not None:
        parts.append(f"p50 {total.p50:.1f} ms  p99 {total.p99:.1f} ms")
    if snapshot.blocked_by is not None:
        parts.append(str(snapshot.blocked_by))
    if snapshot.n_not_taken:
        parts.append(f"{snapshot.n_not_taken} not taken")
    parts += [f"{one.name}: {one.trouble}" for one in snapshot.cameras if one.trouble]
    parts += [f"{one.what} grow by {one.per_hour:.1f} an hour" for one in snapshot.growth]
    return "  |  ".join(parts)
