"""Charts beside each other, or in tabs where the window is low."""

from inspector.flow import Decision
from tests.support.panels import part, snapshot
from ui.run.charts import Charts
from ui.theme.colours import Scheme
from ui.theme.theme import Theme, theme_of


def test_charts_fold_into_tabs_and_back(theme: Theme) -> None:
    charts = Charts(theme)
    charts.start(0.5)
    charts.add([part(1), part(2, Decision.FAIL)])
    charts.show_snapshot(snapshot())
    charts.show()
    assert (charts._tabs.isVisible(), charts._tabs.count()) == (False, 0)
    charts.set_theme(theme_of(Scheme.LIGHT, 720))
    assert (charts._tabs.isVisible(), charts._tabs.count()) == (True, 2)
    assert charts._tabs.tabText(0) == "Score against limit"
    charts.set_theme(theme)
    assert (charts._tabs.isVisible(), charts._tabs.count()) == (False, 0)
    assert charts._stage_card.isVisible()
