"""Whether this machine judges as the product was proven to: with the bundle that comes with it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from inspector.assembly import ReadyInspection, build_inspection, shipped_bundle
from inspector.bundle import open_bundle
from inspector.capture.synthetic.render import Defect, render_part
from inspector.clock import Clock
from inspector.errors import InspectorError
from inspector.flow import Decision, Frame, Record
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.record import Subject, make_record
from inspector.recipe import DEFAULT_RECIPE
from inspector.selftest.check import Check, trying
from inspector.store.reader import RecordReader
from inspector.store.writer import RecordWriter

PART_SEED = 900_001  # of a part that the shipped bundle was not taught on


def judging_checks(clock: Clock) -> list[Check]:
    """Open the shipped bundle, judge a good and a bad part, keep a record and read it back.

    Ends with the first check that fails, for the others rest on it.
    """
    checks: list[Check] = []
    try:
        with trying("bundle", checks, clock) as check:
            bundle = open_bundle(shipped_bundle())
            check.detail = f"{bundle.manifest.name} {bundle.manifest.bundle_id[:12]}"
        with trying("canary", checks, clock) as check:
            ready = build_inspection(bundle, DEFAULT_RECIPE, clock)
            check.detail = f"score {bundle.manifest.canary.score:.4f} as validated"
        with trying("good part", checks, clock) as check:
            check.detail = _judge_part(ready, clock, None, Decision.PASS)[1]
        with trying("bad part", checks, clock) as check:
            inspected, check.detail = _judge_part(ready, clock, Defect.MISSING_HOLE, Decision.FAIL)
        with trying("record", checks, clock) as check:
            check.detail = _keep_and_read(_record(inspected, ready, clock))
    except InspectorError:
        pass  # the failed check says it
    return checks


def _judge_part(
    ready: ReadyInspection, clock: Clock, defect: Defect | None, expected: Decision
) -> tuple[Inspected, str]:
    frame = Frame(
        frame_id=0,
        source_id="selftest",
        captured_ns=clock.monotonic_ns(),
        captured_at=clock.now(),
        pixels=render_part(seed=PART_SEED, defect=defect).pixels,
    )
    inspected = ready.inspection.inspect(frame)
    decision = inspected.verdict.decision
    shown = "not judged" if inspected.prediction is None else f"{inspected.prediction.score:.4f}"
    found = f"{decision.value}, score {shown}, threshold {ready.threshold:.4f}"
    if decision is not expected:
        raise InspectorError(f"{found}; {expected.value} was expected: do not use this machine")
    return inspected, found


def _record(inspected: Inspected, ready: ReadyInspection, clock: Clock) -> Record:
    # Stored times have milliseconds; what is read back shall be equal.
    now = datetime.fromtimestamp(int(clock.now().timestamp()), UTC)
    subject = Subject(record_id="selftest", source_id="selftest", frame_id=0, image_path="selftest")
    record = make_record(
        subject,
        inspected,
        judged_at=now,
        bundle_id=ready.bundle.manifest.bundle_id,
        stage_ms={},
    )
    return replace(record, captured_at=now)


def _keep_and_read(record: Record) -> str:
    with TemporaryDirectory(prefix="inspector-selftest-") as folder:
        path = Path(folder) / "records.db"
        with RecordWriter(path) as writer:
            writer.append([record])
        with RecordReader(path) as store:
            kept = list(store.records())
    if kept != [record]:
        raise InspectorError(
            "a record came back from the store differently from how it was written"
        )
    return "written, read back, equal"
