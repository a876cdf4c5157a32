"""Writes an evaluation as files: a page to look at, and a row for every picture."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from inspector.batch import STORE_FILE
from inspector.errors import UsageError
from inspector.flow import Decision
from inspector.store.atomic import replacing
from inspector.store.charts import score_histogram
from inspector.store.report_page import badge, foreign, page, section, shown, table
from inspector.tables import canonical_json
from models.evaluate import Evaluation, Judged

MISTAKES_SHOWN = 50
_SIDE = 260  # of the ROC's plot, SVG units
_MARGIN = 44
_FIGURES = {
    "n_good": "Good pictures",
    "n_defect": "Pictures of defects",
    "image_auroc": "Image AUROC",
    "image_ap": "Image average precision",
    "pixel_auroc": "Pixel AUROC",
    "aupro": "AUPRO to a false-positive rate of 0.3",
    "accuracy": "Accuracy",
    "escape_rate": "Escapes: defects passed",
    "overkill_rate": "Overkill: good rejected",
}


def write_evaluation(evaluation: Evaluation, folder: Path) -> Path:
    """Write `report.html`, `pictures.csv` and `evaluation.json`; gives the report's path.

    Raises:
        UsageError: The folder cannot be made.
        StoreError: A file cannot be written.
    """
    if (folder / STORE_FILE).exists():
        raise UsageError(
            f"--report {str(folder)!r} holds the results of a batch; choose another folder"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--report {str(folder)!r} cannot be made: {error.strerror}") from error
    figures = evaluation.as_table()
    with replacing(folder / "evaluation.json") as file:
        file.write(canonical_json(figures).decode("ascii"))
    with replacing(folder / "pictures.csv") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("image", "label", "decision", "score", "latency_ms"))
        for one in evaluation.judged:
            sample = one.sample
            writer.writerow(
                (
                    sample.name,
                    sample.label,
                    one.decision.value,
                    f"{one.score:.9g}",
                    f"{one.latency_ms:.3f}",
                )
            )
    report_path = folder / "report.html"
    with replacing(report_path) as file:
        file.writelines(page(f"Evaluation of {evaluation.bundle_id[:12]}", _content(evaluation)))
    return report_path


def _content(evaluation: Evaluation) -> Iterator[str]:
    figures = evaluation.as_table()
    yield (
        "<header><p class=over>Evaluation</p>"
        f"<h1>{len(evaluation.judged):,} labelled pictures</h1>"
        f"<p class=lead>bundle {shown(evaluation.bundle_id[:12])}, threshold "
        f"{evaluation.threshold:.4g}</p></header>\n"
    )
    rows = [
        _row(name, f"{figures[key]:.4f}" if isinstance(figures[key], float) else f"{figures[key]}")
        for key, name in _FIGURES.items()
        if figures[key] is not None
    ]
    times = evaluation.latency_ms
    rows.append(
        _row("Latency p50 / p95 / p99, ms", f"{times.p50:.2f} / {times.p95:.2f} / {times.p99:.2f}")
    )
    yield section("Figures", table((), rows))
    scores = [(one.score, one.decision) for one in evaluation.judged]
    yield section("Scores", score_histogram(scores, evaluation.threshold))
    yield section("Defects found against good parts rejected", _roc(evaluation.judged))
    by_label = _share_found_by_label(evaluation.judged)
    if by_label:
        yield section("Found, by defect", table(("Defect", "Pictures", "Found"), by_label))
    # Apart, and what slipped through first: no number of false alarms may hide one of them.
    escapes = [one for one in evaluation.judged if one.is_mistake and not one.sample.is_good]
    alarms = [one for one in evaluation.judged if one.is_mistake and one.sample.is_good]
    escapes.sort(key=lambda one: one.score)
    alarms.sort(key=lambda one: -one.score)
    yield from _mistakes("Defects that passed, the clearest miss first", escapes)
    yield from _mistakes("Good parts rejected, the clearest first", alarms)


def _mistakes(title: str, mistakes: Sequence[Judged]) -> Iterator[str]:
    if mistakes:
        hidden = len(mistakes) - MISTAKES_SHOWN
        more = f"<p>{hidden:,} more stand in pictures.csv.</p>" if hidden > 0 else ""
        lines = [
            f"<tr><td>{foreign(one.sample.name)}</td><td>{shown(one.sample.label)}</td>"
            f"<td>{badge(one.decision)}</td><td>{one.score:.4g}</td></tr>"
            for one in mistakes[:MISTAKES_SHOWN]
        ]
        head = ("Picture", "Label", "Decision", "Score")
        yield section(title, table(head, lines), more)


def _row(name: str, value: str) -> str:
    return f"<tr><th scope=row>{name}</th><td>{value}</td></tr>"


def _share_found_by_label(judged: Sequence[Judged]) -> list[str]:
    labels = sorted({one.sample.label for one in judged if not one.sample.is_good})
    rows = []
    for label in labels:
        of_label = [one for one in judged if one.sample.label == label]
        found = sum(one.decision is Decision.FAIL for one in of_label)
        rows.append(
            f"<tr><th scope=row>{shown(label)}</th><td>{len(of_label):,}</td>"
            f"<td>{found / len(of_label):.1%}</td></tr>"
        )
    return rows


def _roc(judged: Sequence[Judged]) -> str:
    scores = np.array([one.score for one in judged])
    is_defect = np.array([not one.sample.is_good for one in judged])
    if is_defect.all() or not is_defect.any():
        return "<p>Needs good parts and defects.</p>"
    thresholds = np.unique(scores)[::-1]
    found = [float((scores[is_defect] >= value).mean()) for value in thresholds]
    rejected = [float((scores[~is_defect] >= value).mean()) for value in thresholds]
    points = " ".join(
        f"{_MARGIN + x * _SIDE:.1f},{_SIDE * (1 - y) + 8:.1f}"
        for x, y in zip([0.0, *rejected], [0.0, *found], strict=True)
    )
    low, right = _SIDE + 8, _MARGIN + _SIDE
    ticks = "".join(
        f'<text x="{_MARGIN + share * _SIDE}" y="{low + 18}" text-anchor="middle">{share:g}</text>'
        f'<text x="{_MARGIN - 6}" y="{low - share * _SIDE + 4}" text-anchor="end">{share:g}</text>'
        for share in (0.0, 0.5, 1.0)
    )
    return (
        f'<svg role="img" viewBox="0 0 {right + 20} {low + 40}" style="max-width:420px">'
        "<title>Share of defects found over share of good parts rejected</title>"
        f'<path d="M{_MARGIN} 8V{low}H{right}" fill="none" stroke="currentColor" opacity=".5"/>'
        f'<path d="M{_MARGIN} {low}L{right} 8" stroke="currentColor" opacity=".25"/>'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"/>'
        f'<g fill="currentColor" font-size="12">{ticks}'
        f'<text x="{_MARGIN + _SIDE / 2}" y="{low + 34}" text-anchor="middle">'
        "good parts rejected</text>"
        f'<text transform="translate(14 {8 + _SIDE / 2}) rotate(-90)" text-anchor="middle">'
        "defects found</text></g></svg>"
    )
