"""A person sees how far a training is and how long it will take."""

import logging

import pytest

from models.training.network import EpochReport
from models.training.progress import ProgressLines, time_left

REPORT = EpochReport(epoch=3, n_epochs=20, loss=0.25, metric=0.9, best_metric=0.95, left_s=125.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (89.4, "89 s"), (90.0, "2 min"), (3500.0, "58 min"), (3900.0, "1 h 05 min")],
)
def test_time_left_is_said_as_people_say_it(seconds: float, text: str) -> None:
    assert time_left(seconds) == text


def test_epoch_is_logged_where_there_is_no_terminal(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ProgressLines().epoch_done(REPORT)
    assert caplog.messages == ["epoch 3/20  loss 0.2500  held out 0.9000 (best 0.9500)  2 min left"]


def test_epoch_replaces_the_line_before_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    ProgressLines().epoch_done(REPORT)
    assert capsys.readouterr().err.startswith("\repoch 3/20  loss 0.2500")
