"""A choice is remembered for one bundle on one kind of processor."""

import logging
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.machine.choices import Choice, remember, remembered, user_folder

INT8 = Choice(model="int8", threads=2, has_spinning=True)
BUNDLE, OTHER = "a" * 64, "b" * 64


def test_choice_reads_back_for_its_bundle_and_processor_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    remember(INT8, BUNDLE, "Fast 9000", tmp_path)
    assert remembered(BUNDLE, "Fast 9000", tmp_path) == INT8
    assert remembered(OTHER, "Fast 9000", tmp_path) is None
    assert caplog.messages == []


def test_choice_of_another_processor_is_not_used_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    remember(INT8, BUNDLE, "Fast 9000", tmp_path)
    assert remembered(BUNDLE, "Slow 8", tmp_path) is None
    (said,) = caplog.messages
    assert said == (
        "this bundle was tuned on 'Fast 9000', and this is 'Slow 8': its float model runs; for a "
        "choice of its own run `inspector bundle verify --tune` here"
    )


def test_choices_of_two_processors_live_side_by_side(tmp_path: Path) -> None:
    remember(INT8, BUNDLE, "Fast 9000", tmp_path)
    remember(Choice(), BUNDLE, "Slow 8", tmp_path)
    remember(Choice(threads=4), BUNDLE, "Slow 8", tmp_path)
    assert remembered(BUNDLE, "Fast 9000", tmp_path) == INT8
    assert remembered(BUNDLE, "Slow 8", tmp_path) == Choice(threads=4)


@pytest.mark.parametrize("damaged", [b"", b"{}", b'{"schema_version": 9, "choices": {}}'])
def test_damaged_file_is_said_not_used_and_replaced(
    tmp_path: Path, damaged: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    remember(INT8, BUNDLE, "Fast 9000", tmp_path)
    (tmp_path / "choices" / BUNDLE / "choices.json").write_bytes(damaged)
    assert remembered(BUNDLE, "Fast 9000", tmp_path) is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    remember(INT8, BUNDLE, "Fast 9000", tmp_path)
    assert remembered(BUNDLE, "Fast 9000", tmp_path) == INT8


def test_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="the choice cannot be kept"):
        remember(INT8, BUNDLE, "Fast 9000", tmp_path / "file")


def test_folder_is_where_the_user_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert user_folder() == tmp_path / "inspector"
