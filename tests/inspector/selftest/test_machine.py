"""What this machine must have is looked for, each thing by itself."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.machine import user_folders
from inspector.selftest import machine
from inspector.selftest.check import Check
from inspector.selftest.machine import machine_checks


class Unset(SystemClock):
    """Of a machine whose battery is empty."""

    def now(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC)


def check_of(name: str, clock: SystemClock | None = None) -> Check:
    (found,) = (one for one in machine_checks(clock or SystemClock()) if one.name == name)
    return found


def test_sources_are_named_and_those_without_a_camera_give_a_picture() -> None:
    found = check_of("sources")
    assert found.is_passed
    assert found.detail.startswith("synthetic, replay, usb, rtsp, http, https")
    assert "found here: synthetic" in found.detail


def test_clock_that_was_never_set_is_a_fault_and_the_others_go_on() -> None:
    found = {one.name: one for one in machine_checks(Unset())}
    assert not found["clock"].is_passed
    assert found["clock"].detail.startswith("it is 1970-01-01 00:00 here")
    assert [name for name, one in found.items() if not one.is_passed] == ["clock"]


def test_full_disk_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "FLOOR_BYTES", 10**18)
    found = check_of("free space")
    assert not found.is_passed
    assert "MB left" in found.detail


def test_folder_that_cannot_be_written_to_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_bytes(b"")
    monkeypatch.setattr(machine, "user_folder", lambda: tmp_path / "a-file" / "inspector")
    found = check_of("folders")
    assert not found.is_passed
    assert "cannot be written to: " in found.detail


def test_user_without_a_home_is_told_that_nothing_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "user_folder", lambda: None)
    assert check_of("folders").is_passed
    assert user_folders.SAID in check_of("folders").detail
    assert check_of("free space").is_passed


def test_processor_is_named_with_what_was_chosen_for_it() -> None:
    assert "the demo's bundle runs its " in check_of("processor").detail


def test_model_is_tried_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_of("isolated model").is_passed
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    failed = check_of("isolated model")
    assert not failed.is_passed
    assert failed.detail.startswith("the model: its process cannot be started")
