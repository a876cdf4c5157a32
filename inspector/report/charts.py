"""Draws the charts of a report as SVG text; the page's style sheet gives the colours."""

from collections.abc import Mapping, Sequence

from inspector.flow import Decision, Stage
from inspector.report.axes import bin_scores, counted, tick_text, ticks
from inspector.report.svg import chart, line, rect, text
from inspector.store.summary import Percentiles

_WIDTH = 960  # of every chart, in units of its view box; 1 is about 1 px on a desktop
_LEFT, _RIGHT = 56, 936  # the ends of the histogram's axis; a number stands half beyond them
_TOP, _BOTTOM = 70, 270
_LEAST_HEIGHT = 2.5  # one part among thousands must be seen
_OUTER_WIDTH, _OUTER_GAP = 40, 84  # the gap breaks the axis and holds the bar's label
_NAMES_END, _BARS_END = 100, 928  # of the timing chart
_FIRST_ROW, _ROW = 40, 34


def score_histogram(scores: Sequence[tuple[float, Decision]], threshold: float) -> str:
    """How many parts have which score, coloured by decision, with the threshold as a line.

    Args:
        scores: In any order, model units.
    """
    title = f"Histogram of the scores of {len(scores):,} parts; threshold {threshold:.6g}"
    if not scores:
        return _empty(title, "No part has a score.")
    bins = bin_scores(scores, threshold)
    outer = counted(bins.outer)
    axis_end = _RIGHT - (_OUTER_WIDTH + _OUTER_GAP if bins.outer else 0)
    tallest = max(sum(bar.values()) for bar in (*bins.counts, outer))
    parts_per_unit = tallest / (_BOTTOM - _TOP)

    def x_of(score: float) -> float:
        return _LEFT + (score - bins.low) / (bins.high - bins.low) * (axis_end - _LEFT)

    drawn = _decision_legend(counted(scores))
    counts = [count for count in ticks(0, tallest, 4) if count.is_integer()]
    for count in counts:
        y = _BOTTOM - count / parts_per_unit
        drawn.append(line(_LEFT, y, axis_end, y, "grid"))
        drawn.append(text(_LEFT - 8, y + 4, f"{count:,.0f}", "end", "tick"))
    drawn.append(text(_LEFT - 8, _TOP - 16, "parts", "end", "soft"))
    for number, bar in enumerate(bins.counts):
        start = bins.low + number * bins.step
        what = f"score {start:.4g} to {start + bins.step:.4g}"
        left, right = x_of(start), x_of(start + bins.step)
        drawn += _stacked(bar, left + 0.75, right - left - 1.5, parts_per_unit, what)
    drawn.append(line(_LEFT, _BOTTOM, axis_end, _BOTTOM, "axis"))
    values = ticks(bins.low, bins.high, 8)
    for value in values:
        drawn.append(line(x_of(value), _BOTTOM, x_of(value), _BOTTOM + 5, "axis"))
        drawn.append(text(x_of(value), _BOTTOM + 21, tick_text(value, values), "middle", "tick"))
    middle = (_LEFT + axis_end) / 2
    drawn.append(text(middle, _BOTTOM + 44, "score (higher is worse)", "middle", "soft"))
    if bins.outer:
        left, n_outer = _RIGHT - _OUTER_WIDTH, len(bins.outer)
        lowest, highest = (f"{score:.4g}" for score, _ in (bins.outer[0], bins.outer[-1]))
        span = highest if lowest == highest else f"{lowest} to {highest}"
        which = "the highest" if n_outer == 1 else f"the {n_outer:,} highest"
        drawn += _stacked(outer, left, _OUTER_WIDTH, parts_per_unit, f"score {span}")
        drawn.append(line(left, _BOTTOM, _RIGHT, _BOTTOM, "axis"))
        drawn.append(text(_RIGHT, _BOTTOM + 21, span, "end", "tick"))
        drawn.append(text(_RIGHT, _BOTTOM + 44, which, "end", "soft"))
    x = x_of(threshold)
    anchor, gap = ("start", 8) if x < middle else ("end", -8)
    drawn.append(line(x, _TOP - 22, x, _BOTTOM, "threshold"))
    drawn.append(text(x + gap, _TOP - 14, f"threshold {threshold:.4g}", anchor, "name"))
    return chart(title, _WIDTH, _BOTTOM + 54, drawn)


def stage_chart(stage_ms: Mapping[Stage, Percentiles]) -> str:
    """For each stage a bar up to its p50, with marks at p95 and p99, over an axis in ms."""
    title = f"Time per part in ms by stage: {', '.join(stage_ms)}"
    if not stage_ms:
        return _empty("Time per part in ms by stage", "Nothing was timed.")
    bottom = _FIRST_ROW + _ROW * len(stage_ms)
    longest_ms = max(times.p99 for times in stage_ms.values()) or 1.0

    def x_of(value_ms: float) -> float:
        return _NAMES_END + value_ms / longest_ms * (_BARS_END - _NAMES_END)

    drawn = _percentile_legend()
    values_ms = ticks(0.0, longest_ms, 8)
    for value_ms in values_ms:
        x = x_of(value_ms)
        drawn.append(line(x, _FIRST_ROW, x, bottom, "grid" if value_ms else "axis"))
        drawn.append(text(x, bottom + 20, tick_text(value_ms, values_ms), "middle", "tick"))
    middle = (_NAMES_END + _BARS_END) / 2
    drawn.append(text(middle, bottom + 43, "ms per part", "middle", "soft"))
    for number, (stage, times) in enumerate(stage_ms.items()):
        y = _FIRST_ROW + _ROW * (number + 0.5)
        what = f"{stage}: p50 {times.p50:.2f} ms, p95 {times.p95:.2f} ms, p99 {times.p99:.2f} ms"
        p50, p95, p99 = x_of(times.p50), x_of(times.p95), x_of(times.p99)
        drawn.append(text(_NAMES_END - 12, y + 4.5, stage, "end", "name"))
        drawn.append(rect(_NAMES_END, y - 8, max(1.0, p50 - _NAMES_END), 16, "time", what))
        drawn += [line(p50, y, p99, y, "whisker"), _p95_mark(p95, y), _p99_mark(p99, y)]
    return chart(title, _WIDTH, bottom + 53, drawn)


def _stacked(
    bar: Mapping[Decision, int], x: float, width: float, parts_per_unit: float, what: str
) -> list[str]:
    y, drawn = float(_BOTTOM), []
    for decision in (decision for decision in Decision if bar[decision]):
        height = max(_LEAST_HEIGHT, bar[decision] / parts_per_unit)
        y -= height
        label = f"{what}: {bar[decision]:,} {decision}"
        drawn.append(rect(x, y, width, height, decision.lower(), label))
    return drawn


def _decision_legend(counts: Mapping[Decision, int]) -> list[str]:
    x, drawn = float(_LEFT), []
    for decision, count in counts.items():
        if count or decision is not Decision.ERROR:  # an ERROR has no score as a rule
            label = f"{decision} {count:,}"
            drawn.append(rect(x, 9, 12, 12, decision.lower(), label))
            drawn.append(text(x + 19, 20, label, "start", "name"))
            x += 50 + 8.5 * len(label)
    return drawn


def _percentile_legend() -> list[str]:
    x, y = _NAMES_END, 15
    return [
        rect(x, y - 6, 22, 12, "time", "up to p50"),
        text(x + 30, y + 5, "p50", "start", "name"),
        _p95_mark(x + 90, y),
        text(x + 100, y + 5, "p95", "start", "name"),
        _p99_mark(x + 160, y),
        text(x + 172, y + 5, "p99", "start", "name"),
    ]


def _p95_mark(x: float, y: float) -> str:
    return line(x, y - 8, x, y + 8, "mark")


def _p99_mark(x: float, y: float) -> str:
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="4.5" class="mark hollow"/>'


def _empty(title: str, words: str) -> str:
    return chart(title, _WIDTH, 80, [text(_WIDTH / 2, 44, words, "middle", "soft")])
