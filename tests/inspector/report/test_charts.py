"""The charts: well-formed SVG that says the numbers it was given."""

from xml.etree import ElementTree

import pytest

from inspector.flow import Decision, Stage
from inspector.report.charts import score_histogram, stage_chart
from inspector.store.summary import Percentiles

PASS, FAIL, ERROR = Decision.PASS, Decision.FAIL, Decision.ERROR


def parsed(svg: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root[0].tag == "title"
    return root


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter("text")]


def bars(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    """The bars of one kind, without the swatch of the legend."""
    found = [rect for rect in root.iter("rect") if rect.get("class") == kind]
    return [rect for rect in found if float(rect.get("y", "0")) > 25]


def end(rect: ElementTree.Element) -> float:
    return float(rect.get("x", "0")) + float(rect.get("width", "0"))


def tooltips(root: ElementTree.Element) -> list[str]:
    return [rect[0].text or "" for rect in root.iter("rect")]


def test_histogram_names_axes_threshold_and_counts() -> None:
    scores = [(0.1, PASS)] * 20 + [(0.2, PASS)] * 30 + [(0.8, FAIL)] * 4
    root = parsed(score_histogram(scores, 0.51234))
    assert root[0].text == "Histogram of the scores of 54 parts; threshold 0.51234"
    said = texts(root)
    assert said[:2] == ["PASS 50", "FAIL 4"]
    assert [said.count(text) for text in ("parts", "score (higher is worse)")] == [1, 1]
    assert said[-1] == "threshold 0.5123"
    assert said[2:6] == ["0", "10", "20", "30"]


def test_histogram_draws_pass_left_and_fail_right_of_the_threshold() -> None:
    scores = [(0.1, PASS), (0.5, PASS), (0.50001, FAIL), (0.8, FAIL)]
    root = parsed(score_histogram(scores, 0.5))
    (line,) = [line for line in root.iter("line") if line.get("class") == "threshold"]
    x = float(line.get("x1", "0"))
    assert [end(rect) <= x for rect in bars(root, "pass")] == [True, True]
    assert [float(rect.get("x", "0")) >= x for rect in bars(root, "fail")] == [True, True]


def test_histogram_heights_are_in_proportion_and_one_part_is_still_seen() -> None:
    scores = [(0.1, PASS)] * 8000 + [(0.2, PASS)] * 2000 + [(0.8, FAIL)]
    root = parsed(score_histogram(scores, 0.5))
    heights = [rect.get("height") for rect in (*bars(root, "pass"), *bars(root, "fail"))]
    assert heights == ["200.00", "50.00", "2.50"]


def test_histogram_stacks_what_two_decisions_share() -> None:
    root = parsed(score_histogram([(0.1, PASS), (0.1, ERROR)], 0.5))
    (below,), (above,) = bars(root, "pass"), bars(root, "error")
    assert below.get("x") == above.get("x")
    assert float(above.get("y", "0")) + float(above.get("height", "0")) == float(
        below.get("y", "0")
    )
    assert texts(root)[:3] == ["PASS 1", "FAIL 0", "ERROR 1"]


def test_histogram_of_nothing_says_so() -> None:
    root = parsed(score_histogram([], 0.5))
    assert texts(root) == ["No part has a score."]
    assert list(root.iter("rect")) == []


def test_histogram_of_equal_scores_has_one_bar() -> None:
    root = parsed(score_histogram([(0.5, PASS)] * 3, 0.5))
    (bar,) = bars(root, "pass")
    assert bar.get("height") == "200.00"


def test_histogram_labels_the_outliers_it_sets_apart() -> None:
    scores = [(0.001 * number, PASS) for number in range(398)] + [(30.0, FAIL), (70.0, FAIL)]
    root = parsed(score_histogram(scores, 0.5))
    assert [said for said in texts(root) if "highest" in said] == ["the 2 highest"]
    assert texts(root).count("30 to 70") == 1
    assert "score 30 to 70: 2 FAIL" in tooltips(root)
    assert end(bars(root, "fail")[-1]) == 936.0


@pytest.mark.parametrize("threshold", [-3.0, 0.0, 0.15, 1e9])
def test_histogram_stays_inside_its_frame(threshold: float) -> None:
    scores = [(0.1, PASS), (0.2, FAIL), (1e12, FAIL), (-4e5, PASS)]
    root = parsed(score_histogram(scores, threshold))
    for rect in (*bars(root, "pass"), *bars(root, "fail")):
        assert float(rect.get("x", "0")) >= 56.0
        assert end(rect) <= 936.0
        assert float(rect.get("y", "0")) >= 70.0 - 2.5


def test_number_at_the_end_of_the_axis_is_not_cut() -> None:
    root = parsed(score_histogram([(0.0, PASS), (1.0, FAIL)], 0.5))
    (last,) = (each for each in root.iter("text") if each.text == "1.0")
    width = 8.0 * len(last.text or "")
    assert float(last.get("x", "0")) + width / 2 <= 960.0


def test_stage_chart_draws_bar_and_marks_to_scale() -> None:
    stages = {
        Stage.INFER: Percentiles(p50=10.0, p95=20.0, p99=40.0),
        Stage.JUDGE: Percentiles(p50=0.0, p95=0.0, p99=0.0),
    }
    root = parsed(stage_chart(stages))
    assert root[0].text == "Time per part in ms by stage: infer, judge"
    assert [rect.get("width") for rect in bars(root, "time")] == ["207.00", "1.00"]
    circles = [float(circle.get("cx", "0")) for circle in root.iter("circle")]
    assert circles[1:] == [928.0, 100.0]  # the first is the legend's
    assert tooltips(root)[1] == "infer: p50 10.00 ms, p95 20.00 ms, p99 40.00 ms"
    said = texts(root)
    assert said[:3] == ["p50", "p95", "p99"]
    assert said[-3:] == ["ms per part", "infer", "judge"]


def test_stage_chart_of_times_of_zero_is_drawn() -> None:
    root = parsed(stage_chart({Stage.JUDGE: Percentiles(p50=0.0, p95=0.0, p99=0.0)}))
    assert texts(root)[-1] == "judge"


def test_stage_chart_of_nothing_says_so() -> None:
    assert texts(parsed(stage_chart({}))) == ["Nothing was timed."]
