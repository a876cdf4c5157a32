"""Judging that is slow, crashes, hangs, gives no number, or is changed, under a line."""

import os
import random
import signal
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.flow import Decision
from inspector.inference.ort import OrtBackend
from inspector.machine.own_use import own_use
from inspector.pipeline.inspecting import TO_INSPECT
from inspector.settings import load_station
from inspector.station import PreparedRun, prepared_run
from tests.inspector.test_following import INFINITE_IF_FLAT
from tests.support.bundles import write_bundle
from tests.support.graphs import model
from tests.support.lines import Ear
from tests.support.stations import change_station, write_station
from tests.support.stores import stored

N_CRASHES, N_HANGS, N_CHANGES = 100, 20, 500
SLOW_S = 60.0
BACK_WITHIN_S = 3.0
ROLLED_BACK_WITHIN_S = 1.0
EVERY_NTH_IS_BAD = 25
DEADLINE_MS = 1_000


def triggered_station(folder: Path, levels: tuple[int, ...], every_ms: int, **keys: str) -> Path:
    """Parts at the pace of a timer; `keys` are further keys of the station."""
    path = write_station(folder, levels, frames_per_s=0)
    trigger = f'source = "replay:parts"\ntrigger = "timer"\ntrigger_every_ms = {every_ms}'
    change_station(path, 'source = "replay:parts"', trigger)
    more = "\n".join(f"{key} = {value}" for key, value in keys.items())
    change_station(path, "[images]", f'{more}\n[images]\nkeep = "none"')
    return path


@contextmanager
def running(station: Path) -> Iterator[tuple[PreparedRun, Ear]]:
    ear = Ear()
    with prepared_run(load_station(station), ear, SystemClock()) as prepared:
        worker = Worker("line", prepared.runner.run, lambda _: None)
        worker.start()
        try:
            ear.wait_for(lambda ear: len(ear.records) > 5)
            yield prepared, ear
        finally:
            prepared.runner.stop()
            worker.join()
    assert worker.failure is None
    numbers = [one.part_number for one in stored(prepared.store_path)]
    assert numbers == list(range(1, len(numbers) + 1))


@contextmanager
def busy_cores() -> Iterator[None]:
    """Every core counts to infinity."""
    burning = [sys.executable, "-c", "while True: pass"]
    with subprocess.Popen(burning) as one, subprocess.Popen(burning) as other:
        try:
            yield
        finally:
            one.kill()
            other.kill()


def judge_slowly(
    station: Path, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> tuple[Counter[str], float]:
    """Ten times the pace of the triggers, with all cores busy; counts, and growth in MB."""
    infer, pause = OrtBackend.infer, random.Random(5)
    clock = SystemClock()

    def slow(backend: OrtBackend, prepared: Any) -> Any:
        until_ns = clock.monotonic_ns() + round(0.5e9 * pause.uniform(0.9, 1.1))
        while clock.monotonic_ns() < until_ns:
            os.sched_yield()
        return infer(backend, prepared)

    with busy_cores(), running(station) as (prepared, ear):
        monkeypatch.setattr(OrtBackend, "infer", slow)
        before_mb, until_ns = own_use().memory_mb or 0.0, clock.monotonic_ns() + seconds * 1e9
        ear.wait_for(lambda _: clock.monotonic_ns() > until_ns, timeout_s=2 * seconds + 60)
        assert max(one.n_waiting for one in ear.snapshots) <= DEADLINE_MS / 50 + TO_INSPECT + 4
        grown_mb = (own_use().memory_mb or 0.0) - before_mb
        monkeypatch.setattr(OrtBackend, "infer", infer)
        last = ear.results[-1].part_number
        ear.wait_for(lambda ear: is_pass_after(ear, last), timeout_s=60.0)
        told = Counter(rule_of(one.deciding.inspected.verdict) for one in ear.results)
    kept = Counter(rule_of(one.verdict) for one in stored(prepared.store_path))
    assert kept.total() >= told.total()
    return kept, grown_mb


def rule_of(verdict: Any) -> str:
    """PASS, FAIL, or the rule of an ERROR."""
    is_error = verdict.decision is Decision.ERROR
    return str(verdict.reasons[0].rule) if is_error else str(verdict.decision.value)


def is_pass_after(ear: Ear, number: int) -> bool:
    last = ear.records[-1]
    return (last.part_number or 0) > number + 5 and last.verdict.decision is Decision.PASS


def test_slow_judging_on_busy_cores_is_errors_and_no_growth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = triggered_station(tmp_path, (20,), 50)
    counts, grown_mb = judge_slowly(station, SLOW_S, monkeypatch)
    print(f"{SLOW_S:g} s of a tenth of the pace, cores busy: {dict(counts)}, {grown_mb:.1f} MB")
    assert set(counts) <= {"PASS", "Overrun", "DeadlineMissed", "FrameLost"}
    assert grown_mb < 30.0  # the test itself keeps each result


def end_the_model(station: Path, n_times: int, number: signal.Signals) -> tuple[int, float]:
    """Send its process a signal; how many parts were ERROR, and s until the next was judged."""
    clock, slowest_s = SystemClock(), 0.0
    with running(station) as (prepared, ear):
        for _ in range(n_times):
            (process,) = psutil.Process().children()
            process.send_signal(number)
            begun_ns = clock.monotonic_ns()
            seen = n_errors(ear)
            ear.wait_for(lambda ear: n_errors(ear) > seen)  # noqa: B023
            ear.wait_for(lambda ear: ear.records[-1].verdict.decision is Decision.PASS)
            slowest_s = max(slowest_s, (clock.monotonic_ns() - begun_ns) / 1e9)
            last = ear.results[-1].part_number
            ear.wait_for(lambda ear: is_pass_after(ear, last))  # noqa: B023
    errors = [one for one in stored(prepared.store_path) if one.verdict.decision is Decision.ERROR]
    return len(errors), slowest_s


def n_errors(ear: Ear) -> int:
    return sum(one.verdict.decision is Decision.ERROR for one in ear.records)


def test_crash_in_native_code_costs_one_part(tmp_path: Path) -> None:
    station = triggered_station(tmp_path, (20,), 100, isolated="true")
    n_lost, slowest_s = end_the_model(station, N_CRASHES, signal.SIGSEGV)
    print(f"{N_CRASHES} crashes: {n_lost} ERROR; judging again after {slowest_s:.2f} s at most")
    assert n_lost == N_CRASHES
    assert slowest_s <= BACK_WITHIN_S


def test_run_that_never_returns_costs_one_part(tmp_path: Path) -> None:
    station = triggered_station(tmp_path, (20,), 100, isolated="true")
    n_lost, slowest_s = end_the_model(station, N_HANGS, signal.SIGSTOP)
    print(f"{N_HANGS} hangs: {n_lost} ERROR; judging again after {slowest_s:.2f} s at most")
    assert slowest_s <= BACK_WITHIN_S
    assert N_HANGS <= n_lost <= 2 * N_HANGS


def give_no_number(folder: Path, n_parts: int) -> Counter[tuple[str, bool]]:
    """Every third part makes the model give Inf; decision by whether it was one of these."""
    station = write_station(folder, (20, 30, 0), frames_per_s=0)
    data = model(
        "mean = ReduceMean <axes = [1, 2, 3], keepdims = 0> (x)\n"
        "score = Div (mean, mean)\n"
        "grey = ReduceMean <axes = [3], keepdims = 0> (x)\n"
        "heatmap = Div (grey, full)",
        given="uint8[N, 32, 48, 3] pixels",
        outputs="float[N] score, float[N, 32, 48] heatmap",
        opset=17,
    )
    write_bundle(folder / "nan.bundle", model=data, threshold=2.0)
    change_station(station, "grey.bundle", "nan.bundle")
    with prepared_run(load_station(station), Ear(), SystemClock(), n_parts=n_parts) as prepared:
        prepared.runner.run()
    return Counter(
        (one.verdict.decision.value, one.part_id == "2.png") for one in stored(prepared.store_path)
    )


def test_score_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    counts = give_no_number(tmp_path, 3_000)
    print(f"3000 parts, every third gives NaN: {dict(counts)}")
    assert counts == {("PASS", False): 2_000, ("ERROR", True): 1_000}


def change_bundles(folder: Path, n_changes: int) -> tuple[float, float, list[float]]:
    """Change it under 20 triggers a second, now and then to one that cannot judge.

    Returns:
        The slowest way back from a bad one, s; growth in the second half, MB; and the times from
        the file to the first part judged by it, s.
    """
    station = triggered_station(folder, (100,), 50)
    bundles = {name: folder / f"{name}.bundle" for name in ("grey", "strict", "bad")}
    write_bundle(bundles["strict"], threshold=0.25)
    data = model(
        INFINITE_IF_FLAT,
        given="uint8[N, 32, 48, 3] pixels",
        outputs="float[N] score, float[N, 32, 48] heatmap",
        opset=17,
    )
    write_bundle(bundles["bad"], model=data)
    ids = {name: open_bundle(path).manifest.bundle_id for name, path in bundles.items()}
    clock, slowest_s, in_force = SystemClock(), 0.0, "grey"
    named, times_s, half_mb = "grey", list[float](), 0.0

    def name(other: str) -> None:
        nonlocal named
        text = station.read_text()
        growing = station.with_suffix(".new")
        growing.write_text(text.replace(f"{named}.bundle", f"{other}.bundle"))
        growing.replace(station)
        named = other

    with running(station) as (_, ear):
        for number in range(n_changes):
            del ear.results[:-1]  # with their pictures; the line itself keeps none
            if number == n_changes // 2:
                half_mb = own_use().memory_mb or 0.0
            if number % EVERY_NTH_IS_BAD == EVERY_NTH_IS_BAD - 1:
                name("bad")
                ear.wait_for(lambda ear: ear.records[-1].bundle_id == ids["bad"])
                begun_ns = clock.monotonic_ns()
                ear.wait_for(lambda ear: ear.records[-1].bundle_id == ids[in_force])  # noqa: B023
                slowest_s = max(slowest_s, (clock.monotonic_ns() - begun_ns) / 1e9)
                continue
            in_force = "strict" if in_force == "grey" else "grey"
            begun_ns = clock.monotonic_ns()
            name(in_force)
            ear.wait_for(lambda ear: ear.records[-1].bundle_id == ids[in_force])  # noqa: B023
            times_s.append((clock.monotonic_ns() - begun_ns) / 1e9)
        grown_mb = (own_use().memory_mb or 0.0) - half_mb
        records = list(ear.records)
    limits = {ids["grey"]: 0.5, ids["strict"]: 0.25, ids["bad"]: 0.5}
    decided = {ids["grey"]: Decision.PASS, ids["strict"]: Decision.FAIL, ids["bad"]: Decision.ERROR}
    for record in records:
        assert record.verdict.threshold == limits[record.bundle_id]
        if record.verdict.reasons[:1] == () or record.verdict.reasons[0].rule not in (
            "FrameLost", "Overrun", "DeadlineMissed",
        ):  # fmt: skip
            assert record.verdict.decision is decided[record.bundle_id]
    return slowest_s, grown_mb, times_s


def test_bundle_that_changes_under_load_loses_no_part(tmp_path: Path) -> None:
    slowest_s, grown_mb, times_s = change_bundles(tmp_path, N_CHANGES)
    print(
        f"{N_CHANGES} changes: in force after {statistics.median(times_s):.2f} s (median), bad "
        f"ones back after {slowest_s:.2f} s at most, {grown_mb:.1f} MB more in the second half"
    )
    assert slowest_s <= ROLLED_BACK_WITHIN_S
    assert grown_mb < 20.0
