"""The line looks at itself each minute, and tells what grows once."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.machine.own_use import OwnUse
from inspector.pipeline import self_watch
from inspector.pipeline.events import CameraSnapshot, Phase
from inspector.pipeline.self_watch import SelfWatch
from tests.support.fakes import START, FakeClock
from tests.support.panels import snapshot

MINUTE_NS = 60 * 10**9


def test_look_is_due_at_once_and_then_each_minute(tmp_path: Path) -> None:
    clock = FakeClock()
    watch = SelfWatch(tmp_path, clock)
    assert watch.is_due()
    watch.look(snapshot(), 0)
    assert not watch.is_due()
    clock.step(MINUTE_NS - 1)
    assert not watch.is_due()
    clock.step(1)
    assert watch.is_due()


def test_look_holds_what_the_line_says(tmp_path: Path) -> None:
    camera = CameraSnapshot(name="top", is_open=True, n_lost=3)
    shown = replace(
        snapshot(Phase.RUNNING), cameras=(camera,), n_waiting=2, n_late=1, n_images_skipped=4
    )
    health = SelfWatch(tmp_path, FakeClock()).look(shown, 7)
    assert (health.n_waiting, health.n_to_store, health.n_lost) == (2, 7, 8)
    assert health.at == health.started_at == START
    assert health.disk_free_mb > 0
    assert health.n_threads >= 1


def test_growth_is_told_once_and_shown_as_long_as_it_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()
    watch = SelfWatch(tmp_path, clock)
    use = iter(range(10_000))
    monkeypatch.setattr(
        self_watch,
        "own_use",
        lambda: OwnUse(memory_mb=400.0 + next(use), n_handles=40, n_threads=9),
    )
    with caplog.at_level(logging.WARNING):
        for _ in range(150):
            watch.look(snapshot(), 0)
            clock.step(MINUTE_NS)
    assert [one.what for one in watch.growth] == ["memory"]
    (told,) = caplog.records
    assert told.getMessage() == (
        "the program's memory grows by 60.0 an hour; start the line anew at the next break, "
        "and send what `inspector records health` shows to its makers"
    )
