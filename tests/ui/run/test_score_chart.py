"""The last scores against the limit, on a scale that does not jump."""

from inspector.flow import Decision
from tests.support.panels import part
from ui.run.score_chart import MAX_POINTS, ScoreChart
from ui.theme.theme import Theme


def test_newest_stands_at_the_right_and_old_ones_leave(theme: Theme) -> None:
    chart = ScoreChart(theme)
    chart.start(0.5)
    chart.add([part(1, Decision.FAIL), part(2)])
    assert chart.shown(Decision.FAIL) == []
    chart.redraw()
    assert chart.shown(Decision.FAIL) == [(MAX_POINTS - 2, 0.75)]
    assert chart.shown(Decision.PASS) == [(MAX_POINTS - 1, 0.25)]
    chart.add([part(n) for n in range(3, MAX_POINTS + 50)])
    chart.redraw()
    assert (len(chart.shown(Decision.PASS)), chart.shown(Decision.FAIL)) == (MAX_POINTS, [])


def test_part_without_a_score_stands_at_the_limit(theme: Theme) -> None:
    chart = ScoreChart(theme)
    chart.start(0.5)
    chart.add([part(1, Decision.ERROR)])
    chart.redraw()
    assert chart.shown(Decision.ERROR) == [(MAX_POINTS - 1, 0.5)]


def test_scale_holds_twice_the_limit_and_more_where_it_must(theme: Theme) -> None:
    chart = ScoreChart(theme)
    chart.start(0.5)
    chart.add([part(1)])
    chart.redraw()
    low, high = chart.viewRange()[1]
    assert low < 0.0 <= 1.0 < high < 1.2
