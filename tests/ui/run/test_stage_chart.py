"""Times per stage: bars, marks and numbers agree."""

from inspector.flow import Stage
from inspector.store.summary import Percentiles
from ui.run.stage_chart import StageChart
from ui.theme.theme import Theme


def test_each_stage_has_its_bar_mark_and_numbers(theme: Theme) -> None:
    chart = StageChart(theme)
    chart.show_times(
        {
            Stage.INFER: Percentiles(p50=7.8, p95=9.6, p99=12.0),
            Stage.STORE: Percentiles(p50=0.6, p95=2.1, p99=5.0),
            Stage.TOTAL: Percentiles(p50=9.0, p95=12.0, p99=14.0),
        }
    )
    assert list(chart._bars.opts["width"]) == [7.8, 0.6]
    assert [float(x) for x in chart._marks.getData()[0]] == [9.6, 2.1]
    ticks = chart.getAxis("right")._tickLevels[0]
    assert [text.replace("\u2007", " ").split() for _, text in ticks] == [
        ["7.8", "9.6"], ["0.6", "2.1"],
    ]  # fmt: skip
    assert len({len(text) for _, text in ticks}) == 1
