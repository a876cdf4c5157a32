"""What a running line shows of its last parts."""

from inspector.flow import Stage
from inspector.pipeline.live_figures import WINDOW_PARTS, FigureWindow
from inspector.store.summary import Percentiles

S = 1_000_000_000


def test_nothing_was_seen_yet() -> None:
    figures = FigureWindow().figures(now_ns=5 * S)
    assert (figures.stage_ms, figures.parts_per_s) == ({}, 0.0)


def test_percentiles_are_of_the_last_parts_only() -> None:
    window = FigureWindow()
    for n in range(2 * WINDOW_PARTS):
        window.add({Stage.INFER: 900.0 if n < WINDOW_PARTS else float(n % 100)}, finished_ns=n)
    window.add_time(Stage.STORE, 2.5)
    figures = window.figures(now_ns=2 * WINDOW_PARTS)
    assert figures.stage_ms == {
        Stage.INFER: Percentiles(p50=49.0, p95=94.0, p99=98.0),
        Stage.STORE: Percentiles(p50=2.5, p95=2.5, p99=2.5),
    }


def test_rate_is_that_of_the_last_ten_seconds_and_falls_to_zero() -> None:
    window = FigureWindow()
    for n in range(1, 601):
        window.add({}, finished_ns=n * S // 30)
    assert window.figures(now_ns=20 * S).parts_per_s == 30.1  # both ends of ten seconds count
    assert window.figures(now_ns=25 * S).parts_per_s == 15.1
    assert window.figures(now_ns=40 * S).parts_per_s == 0.0


def test_rate_is_right_from_the_second_part_on() -> None:
    window = FigureWindow()
    window.add({}, finished_ns=0)
    assert window.figures(now_ns=0).parts_per_s == 0.0
    window.add({}, finished_ns=S // 4)
    assert window.figures(now_ns=S // 4).parts_per_s == 4.0
