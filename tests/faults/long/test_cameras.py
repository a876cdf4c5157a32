"""Cameras that are unplugged, break pictures, or show nothing: Basler's SDK with its emulator."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.assembly import build_inspection, shipped_bundle
from inspector.bundle import open_bundle
from inspector.capture.basler import BaslerCamera
from inspector.capture.source import SourceInfo
from inspector.capture.synthetic.render import render_part
from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.errors import EndOfSource, SourceUnavailable
from inspector.flow import Decision, Frame
from inspector.injection.outcome import outcome_of
from inspector.injection.script import load_script
from inspector.machine.own_use import own_use
from inspector.pipeline.events import Phase
from inspector.pipeline.inspection import Inspection
from inspector.pipeline.plan import CameraPlan, RunPlan, StorePlan
from inspector.pipeline.runner import Runner
from inspector.preprocess import preprocess
from inspector.quality import form_of, learnt_limits, quality_of
from inspector.recipe import DEFAULT_RECIPE
from inspector.settings import load_station
from inspector.station import PreparedRun, prepared_run
from inspector.store.reader import RecordReader
from inspector.store.schema import Shift
from tests.support.bundles import write_bundle
from tests.support.fakes import START
from tests.support.lines import Ear
from tests.support.stores import stored, write_store

N_UNPLUGGED = 100
N_OF_EACH_SIGHT = 100
N_PICTURES = 6_000
NOTICED_WITHIN_S = 2.0  # the removal is told at once; a heartbeat and a second for others
BACK_WITHIN_S = 10.0
STATION = """
schema_version = 1
name = "Line 3"
store = "records"
bundle = "grey.bundle"
deadline_ms = {deadline_ms}
[images]
keep = "none"
free_space_floor_mb = 0
[[camera]]
name = "top"
source = "basler:0815-0001"
{trigger}
options = {{ width_px = 64, height_px = 48, exposure_us = 100, frames_per_s = 100 }}
"""
TIMER = 'trigger = "timer"\ntrigger_every_ms = 50'


@pytest.fixture(autouse=True)
def _two_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is the line's: the emulator itself keeps handles when it is switched off."""
    monkeypatch.setenv("PYLON_CAMEMU", "2")


def basler_station(folder: Path, trigger: str = "", deadline_ms: int = 2_000) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_bundle(folder / "grey.bundle", threshold=1.0)
    path = folder / "station.toml"
    path.write_text(STATION.format(trigger=trigger, deadline_ms=deadline_ms))
    return path


@contextmanager
def running(station: Path, **how: Any) -> Iterator[tuple[PreparedRun, Ear]]:
    ear = Ear()
    with prepared_run(load_station(station), ear, SystemClock(), **how) as prepared:
        worker = Worker("line", prepared.runner.run, lambda _: None)
        worker.start()
        try:
            yield prepared, ear
        finally:
            prepared.runner.stop()
            worker.join()
    assert worker.failure is None


def sdk(prepared: PreparedRun) -> Any:
    """The SDK's own camera, behind the product's back."""
    source = prepared.runner._plan.cameras[0].source
    assert isinstance(source, BaslerCamera)
    return source._camera


def check_numbers(store: Path) -> list[Decision]:
    records = stored(store)
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))
    return [record.verdict.decision for record in records]


def unplug(station: Path, n_times: int, monkeypatch: pytest.MonkeyPatch) -> tuple[float, float]:
    """Take the camera away in mid-grab and give it back; s until it was noticed, and back."""
    clock = SystemClock()
    noticed_s = back_s = 0.0
    with running(station) as (prepared, ear):
        ear.wait_for(lambda ear: len(ear.records) > 20)
        before = own_use()
        for _ in range(n_times):
            monkeypatch.setenv("PYLON_CAMEMU", "1")
            begun_ns = clock.monotonic_ns()
            sdk(prepared).FirePnPCallback.Execute()
            ear.wait_for(lambda ear: is_error(ear, "SourceUnavailable"))
            noticed_s = max(noticed_s, (clock.monotonic_ns() - begun_ns) / 1e9)
            away = ear.results[-1].part_number
            ear.wait_for(lambda ear: ear.results[-1].part_number > away + 3)  # noqa: B023
            begun_ns = clock.monotonic_ns()
            monkeypatch.setenv("PYLON_CAMEMU", "2")
            ear.wait_for(lambda ear: ear.results[-1].decision is not Decision.ERROR)
            back_s = max(back_s, (clock.monotonic_ns() - begun_ns) / 1e9)
            good = ear.results[-1].part_number
            ear.wait_for(lambda ear: ear.results[-1].part_number > good + 3)  # noqa: B023
        after = own_use()
    assert abs(after.n_threads - before.n_threads) <= 1
    assert abs((after.n_handles or 0) - (before.n_handles or 0)) <= 2
    check_numbers(prepared.store_path)
    return noticed_s, back_s


def is_error(ear: Ear, rule: str) -> bool:
    result = ear.results[-1]
    reasons = result.deciding.inspected.verdict.reasons
    return result.decision is Decision.ERROR and reasons[0].rule == rule


def test_camera_that_is_unplugged_and_back_is_noticed_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = basler_station(tmp_path, TIMER)
    noticed_s, back_s = unplug(station, N_UNPLUGGED, monkeypatch)
    print(
        f"unplugged {N_UNPLUGGED} times: noticed after {noticed_s:.2f} s at most, back after "
        f"{back_s:.2f} s at most; threads and handles as before"
    )
    assert noticed_s <= NOTICED_WITHIN_S
    assert back_s <= BACK_WITHIN_S


def break_buffers(station: Path, n_parts: int) -> tuple[int, int]:
    """The SDK breaks one buffer in a hundred; how many, and how many parts that made ERROR."""
    n_broken = 0
    with running(station, n_parts=n_parts) as (prepared, ear):
        ear.wait_for(lambda ear: len(ear.records) > 20)
        while ear.results[-1].part_number < n_parts - 150:
            n_broken += 1
            camera = sdk(prepared)
            camera.ForceFailedBufferCount.Value = 1
            camera.ForceFailedBuffer.Execute()
            ear.wait_for(lambda ear: n_corrupt(ear) == n_broken)  # noqa: B023
            seen = ear.results[-1].part_number
            ear.wait_for(lambda ear: ear.results[-1].part_number >= seen + 99)  # noqa: B023
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.IDLE)
    decisions = Counter(check_numbers(prepared.store_path))
    return n_broken, decisions[Decision.ERROR]


def n_corrupt(ear: Ear) -> int:
    reasons = [one.deciding.inspected.verdict.reasons for one in ear.results]
    return sum(one[:1] != () and one[0].rule == "CorruptFrame" for one in reasons)


def test_one_broken_buffer_in_a_hundred_is_one_error_each(tmp_path: Path) -> None:
    n_broken, n_errors = break_buffers(basler_station(tmp_path), N_PICTURES)
    print(f"{N_PICTURES} pictures, {n_broken} buffers broken by the SDK: {n_errors} ERROR")
    assert n_errors == n_broken


def script_over_basler(station: Path, n_parts: int, every: int) -> tuple[int, int, int]:
    """Gaps, doubles and damaged pictures by turns; injected, as expected, and unexplained."""
    faults = station.with_name("faults.toml")
    n_times = (n_parts - 200) // (3 * every)
    kinds = [
        f'[[fault]]\nkind = "{kind}"\npart = {first}\nevery = {3 * every}\ntimes = {n_times}\n'
        for kind, first in (("drop", 50), ("double", 50 + every), ("corrupt", 50 + 2 * every))
    ]
    faults.write_text("schema_version = 1\n" + "".join(kinds))
    script = load_script(faults, load_station(station))
    with running(station, n_parts=n_parts, script=script) as (prepared, ear):
        ear.wait_for(lambda ear: ear.snapshots[-1:] != [] and is_over(ear), timeout_s=600.0)
    injector = prepared.injector
    assert injector is not None
    with RecordReader(prepared.store_path) as reader:
        outcome = outcome_of(script, injector.happened, injector.behind, reader.parts_from(1))
    check_numbers(prepared.store_path)
    return len(outcome.observed), outcome.n_as_expected, len(outcome.unexplained)


def is_over(ear: Ear) -> bool:
    return ear.snapshots[-1].phase in (Phase.IDLE, Phase.FAULTED)


def test_gaps_doubles_and_damaged_pictures_are_errors_one_to_one(tmp_path: Path) -> None:
    n_injected, n_as_expected, n_strange = script_over_basler(
        basler_station(tmp_path), N_PICTURES, every=100
    )
    print(
        f"{N_PICTURES} pictures, {n_injected} injected: {n_as_expected} as expected, "
        f"{n_strange} other ERROR"
    )
    assert (n_as_expected, n_strange) == (n_injected, 0)


Sight = NDArray[np.uint8]


def dark(part: Sight) -> Sight:
    """The lens cap is on."""
    return (part // 16).astype(np.uint8)


def blown_out(part: Sight) -> Sight:
    """Far too much light."""
    return np.clip(part.astype(np.int16) * 4, 0, 255).astype(np.uint8)


def blurred(part: Sight) -> Sight:
    """Far out of focus."""
    return np.asarray(cv2.GaussianBlur(part, (0, 0), 12.0), dtype=np.uint8)


def smaller(part: Sight) -> Sight:
    """The camera came back with another region."""
    return np.ascontiguousarray(part[: part.shape[0] // 2])


def grey(part: Sight) -> Sight:
    """The camera came back with another pixel format."""
    return np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


SIGHTS = {one.__name__: one for one in (dark, blown_out, blurred, smaller, grey)}


class Sights:
    """A camera that is lost before each spoilt picture, and back with it."""

    def __init__(self, n_of_each: int) -> None:
        self._clock, self._n_given = SystemClock(), 0
        self._coming = iter([(name, n) for n in range(n_of_each) for name in ("", *SIGHTS)])
        self.shown: list[str] = []
        self._next: tuple[str, int] | None = None

    def open(self) -> None:
        self._n_given = 0

    def trigger(self) -> None:
        """It gives pictures by itself."""

    def grab(self, timeout_s: float) -> Frame:
        if self._next is None:
            self._next = next(self._coming, None)
            if self._next is None:
                raise EndOfSource("all was shown")
            if self._next[0] in ("smaller", "grey"):
                raise SourceUnavailable("unplugged")
        (name, seed), self._next = self._next, None
        pixels = render_part(seed=900_100 + seed).pixels
        self.shown.append(name)
        frame = Frame(
            frame_id=self._n_given,
            source_id="top",
            captured_ns=self._clock.monotonic_ns(),
            captured_at=START + timedelta(seconds=self._n_given),
            pixels=SIGHTS[name](pixels) if name else pixels,
        )
        self._n_given += 1
        return frame

    def close(self) -> None:
        """Nothing is held."""

    def info(self) -> SourceInfo:
        return SourceInfo(description="sights", can_wait=True)


def gated_inspection() -> Inspection:
    """The demo's model with limits learnt from good parts, as `train` does."""
    bundle = open_bundle(shipped_bundle())
    ready = build_inspection(bundle, DEFAULT_RECIPE, SystemClock())
    spec = bundle.manifest.input
    parts = [render_part(seed=900_000 + n).pixels for n in range(20)]
    frames = [
        Frame(frame_id=0, source_id="", captured_ns=0, captured_at=START, pixels=one)
        for one in parts
    ]
    limits = learnt_limits(
        [quality_of(preprocess(one, spec).tensor) for one in frames],
        [form_of(one) for one in parts],
    )
    object.__setattr__(ready.inspection.criteria, "quality", limits)
    return ready.inspection


def show_sights(folder: Path, n_of_each: int, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts of "sight DECISION"."""
    monkeypatch.setattr("inspector.pipeline.capturing.FIRST_BACK_OFF_S", 0.001)
    path = folder / "records.db"
    write_store(path, [])
    source = Sights(n_of_each)
    plan = RunPlan(
        cameras=(CameraPlan(name="top", source=source),),
        is_free=True,
        deadline_s=10.0,
        inspection=gated_inspection(),
        store=StorePlan(
            path=path,
            next_part=1,
            shift=Shift(first_part=1, started_at=START),
            decisions=dict.fromkeys(Decision, 0),
        ),
    )
    Runner(plan, Ear(), SystemClock()).run()
    decisions = check_numbers(path)
    return Counter(
        f"{name or 'good'} {decision.value}"
        for name, decision in zip(source.shown, decisions, strict=True)
    )


def test_picture_on_which_nothing_can_be_seen_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = show_sights(tmp_path, N_OF_EACH_SIGHT, monkeypatch)
    print(dict(sorted(counts.items())))
    for name in SIGHTS:
        assert counts[f"{name} ERROR"] >= 0.99 * N_OF_EACH_SIGHT
        assert counts[f"{name} PASS"] == 0
    assert counts["good ERROR"] == 0
