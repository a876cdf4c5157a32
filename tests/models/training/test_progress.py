"""A person sees how far a training is and how long it will take."""

import logging

import pytest

from models.training.progress import EpochReport, ProgressLines, Workload, time_left
from tests.models.conftest import Ears
from tests.support.fakes import FakeClock

REPORT = EpochReport(epoch=3, n_epochs=20, loss=0.25, left_s=125.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (89.4, "89 s"), (90.0, "2 min"), (3500.0, "58 min"), (3900.0, "1 h 05 min")],
)
def test_time_left_is_said_as_people_say_it(seconds: float, text: str) -> None:
    assert time_left(seconds) == text


def test_epoch_is_logged_where_there_is_no_terminal(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ProgressLines().epoch_done(REPORT)
    assert caplog.messages == ["epoch 3/20  loss 0.2500  2 min left"]


def test_epoch_replaces_the_line_before_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    ProgressLines().epoch_done(REPORT)
    assert capsys.readouterr().err.startswith("\repoch 3/20  loss 0.2500")


def test_time_left_counts_the_first_batch_of_each_fit_by_itself() -> None:
    clock, ears = FakeClock(), Ears()
    workload = Workload([10, 20], 2, clock, ears)
    workload.begin(n_batches_done=0, n_rounds_done=0)
    for place in range(10):
        clock.step(9_000_000_000 if place == 0 else 1_000_000_000)
        workload.batch_done()
    workload.round_done(0.5)
    (report,) = ears.reports
    assert (report.epoch, report.n_epochs, report.loss) == (1, 4, 0.5)
    assert report.left_s == 10 * 1.0 + 40 * 1.0 + 9.0


def test_time_left_is_of_what_is_left_after_a_cut() -> None:
    clock, ears = FakeClock(), Ears()
    workload = Workload([10], 3, clock, ears)
    workload.begin(n_batches_done=20, n_rounds_done=2)
    for _ in range(10):
        clock.step(1_000_000_000)
        workload.batch_done()
    workload.round_done(0.5)
    assert (ears.reports[0].epoch, ears.reports[0].left_s) == (3, 0.0)
