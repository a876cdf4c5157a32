"""Writes an evaluation as files: a page to look at, and a row for every picture."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from inspector.files.atomic import replacing
from inspector.files.tables import canonical_json
from inspector.flow import Decision
from inspector.report.charts import score_histogram
from inspector.report.page import badge, foreign, page, section, shown, table
from models.dataset.labels import label_counts_text
from models.measures.evaluation import Evaluation, Judged
from models.reports.folder import ready_report_folder
from models.reports.plots import confusion_matrix, roc

MISTAKES_SHOWN = 50
_FIGURES = {
    "n_good": "Good pictures",
    "n_defect": "Pictures of defects",
    "image_auroc": "Image AUROC",
    "image_ap": "Image average precision",
    "pixel_auroc": "Pixel AUROC",
    "aupro": "AUPRO to a false-positive rate of 0.3",
    "miou": "Mean overlap of what is outlined and what should be",
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
    ready_report_folder(folder)
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
    samples = [one.sample for one in evaluation.judged]
    yield (
        "<header><p class=over>Evaluation</p>"
        f"<h1>{len(evaluation.judged):,} labelled pictures</h1>"
        f"<p class=lead>bundle {shown(evaluation.bundle_id[:12])}, threshold "
        f"{evaluation.threshold:.4g}; {foreign(label_counts_text(samples))}; masks of "
        f"{sum(bool(sample.masks) for sample in samples):,} pictures</p></header>\n"
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
    if not evaluation.has_good:  # it only sorts
        yield section("Verdicts by truth", confusion_matrix(evaluation.confusion()))
        wrong = [one for one in evaluation.judged if one.label not in one.sample.kinds]
        yield from _mistakes("Called something else", wrong)
        return
    is_defect = [not one.sample.is_good for one in evaluation.judged]
    curve = roc({"scores": [one.score for one in evaluation.judged]}, is_defect)
    yield section("Defects found against good parts rejected", curve)
    yield section("Verdicts by truth", confusion_matrix(evaluation.confusion()))
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
            f"<td>{badge(one.decision)}</td><td>{shown(one.label)}</td>"
            f"<td>{one.score:.4g}</td></tr>"
            for one in mistakes[:MISTAKES_SHOWN]
        ]
        head = ("Picture", "Label", "Decision", "Called", "Score")
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
