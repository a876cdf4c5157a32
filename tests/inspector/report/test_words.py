"""The words of a report: never rounded into something that is not true."""

import pytest

from inspector.flow import Decision
from inspector.report.words import overall_line, score_texts, share_text
from inspector.store.summary import Summary


@pytest.mark.parametrize(
    ("n_pass", "n_fail", "n_error", "line"),
    [
        (1301, 40, 3, "43 of 1,344 parts rejected"),
        (1344, 0, 0, "All 1,344 parts passed"),
        (0, 0, 12, "None of 12 parts could be judged"),
        (0, 5, 0, "5 of 5 parts rejected"),
        (0, 5, 1, "6 of 6 parts rejected"),
        (0, 0, 0, "No parts were inspected"),
        (1, 0, 0, "The one part passed"),
        (0, 1, 0, "The one part was rejected"),
        (0, 0, 1, "The one part could not be judged"),
    ],
)
def test_overall_line(n_pass: int, n_fail: int, n_error: int, line: str) -> None:
    decisions = {Decision.PASS: n_pass, Decision.FAIL: n_fail, Decision.ERROR: n_error}
    summary = Summary(decisions=decisions, stage_ms={}, elapsed_s=0.0, n_judged_now=0, identity={})
    assert overall_line(summary) == line


@pytest.mark.parametrize(
    ("n", "n_parts", "text"),
    [
        (0, 0, "-"),
        (0, 7, "0.00 %"),
        (7, 7, "100.00 %"),
        (1301, 1344, "96.80 %"),
        (999_999, 1_000_000, "99.99 %"),
        (1, 1_000_000, "< 0.01 %"),
        (1, 10_000, "0.01 %"),
    ],
)
def test_share_says_all_and_none_only_of_all_and_none(n: int, n_parts: int, text: str) -> None:
    assert share_text(n, n_parts) == text


@pytest.mark.parametrize(
    ("score", "threshold", "texts"),
    [
        (1.35, 0.4132, ("1.350", "0.4132")),
        (0.413249, 0.41324, ("0.41325", "0.41324")),
        (0.5, 0.5, ("0.5000", "0.5000")),
        (1234.4, 10.0, ("1234", "10.00")),
        (-2.0, 0.0, ("-2.000", "0.000")),
    ],
)
def test_scores_have_four_digits_or_as_many_as_tell_them_apart(
    score: float, threshold: float, texts: tuple[str, str]
) -> None:
    assert score_texts(score, threshold) == texts
