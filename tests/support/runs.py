"""A whole run with its threads in a test: its plan, and a way to have it run beside the test."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from inspector.clock import SystemClock
from inspector.errors import (
    InspectorError,
)
from inspector.flow import Decision, Record
from inspector.pipeline.inspection import Inspection
from inspector.pipeline.plan import CameraPlan, RunPlan, StorePlan
from inspector.pipeline.runner import Runner
from inspector.store.schema import Shift
from tests.support.fakes import START
from tests.support.lines import Ear, ScriptedSource, brightness_inspection

PASS, FAIL, ERROR = Decision.PASS, Decision.FAIL, Decision.ERROR
DARK, BRIGHT = 20, 200


def plan(
    path: Path,
    *sources: ScriptedSource,
    inspection: Inspection | None = None,
    is_free: bool = True,
    deadline_s: float = 10.0,
    n_parts: int | None = None,
    next_part: int = 1,
) -> RunPlan:
    names = ["top", "side", "back"]
    return RunPlan(
        cameras=tuple(
            CameraPlan(name=name, source=source)
            for name, source in zip(names, sources, strict=False)
        ),
        is_free=is_free,
        deadline_s=deadline_s,
        inspection=inspection or brightness_inspection(),
        store=StorePlan(
            path=path,
            next_part=next_part,
            shift=Shift(first_part=next_part, started_at=START),
            decisions=dict.fromkeys(Decision, 0),
        ),
        n_parts=n_parts,
    )


def run(run_plan: RunPlan) -> Ear:
    ear = Ear()
    Runner(run_plan, ear, SystemClock()).run()
    return ear


@contextmanager
def running(run_plan: RunPlan) -> Iterator[tuple[Runner, Ear]]:
    """A run in a thread of its own; what it raises is raised at the end."""
    ear = Ear()
    runner = Runner(run_plan, ear, SystemClock())
    failures: list[BaseException] = []

    def body() -> None:
        try:
            runner.run()
        except InspectorError as error:
            failures.append(error)

    thread = threading.Thread(target=body)  # noqa: TID251  (a test's own)
    thread.start()
    try:
        yield runner, ear
    finally:
        runner.stop()
        thread.join()
    if failures:
        raise failures[0]


def decided(records: Sequence[Record]) -> list[tuple[int | None, Decision]]:
    return [(record.part_number, record.verdict.decision) for record in records]
