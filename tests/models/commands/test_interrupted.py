"""Whoever ends a training early hears what became of the bundle."""

import pytest

from models.commands.interrupted import tell_ended_early, told_when_interrupted


def test_interrupt_goes_on_and_says_that_nothing_was_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(KeyboardInterrupt), told_when_interrupted():
        raise KeyboardInterrupt
    (line,) = caplog.messages
    assert line.startswith("no bundle was written")
    assert "the same command goes on" in line


def test_without_an_interrupt_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with told_when_interrupted():
        pass
    assert caplog.messages == []


def test_bundle_that_was_written_early_is_called_so(caplog: pytest.LogCaptureFixture) -> None:
    tell_ended_early()
    (line,) = caplog.messages
    assert line.startswith("ended early: ")
