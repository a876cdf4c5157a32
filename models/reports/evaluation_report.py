"""Writes an evaluation as files: a page to look at, and a row for every picture."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from inspector.files.atomic import replacing
from inspector.files.tables import canonical_json
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
                    "" if one.score is None else f"{one.score:.9g}",
                    "" if one.latency_ms is None else f"{one.latency_ms:.3f}",
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
    if evaluation.n_errors:
        rows.append(_row("Pictures that could not be judged", f"{evaluation.n_errors}"))
    times = evaluation.latency_ms
    rows.append(
        _row("Latency p50 / p95 / p99, ms", f"{times.p50:.2f} / {times.p95:.2f} / {times.p99:.2f}")
    )
    yield section("Figures", table((), rows))
    scored = [(one, one.score) for one in evaluation.judged if one.score is not None]
    scores = [(score, one.decision) for one, score in scored]
    yield section("Scores", score_histogram(scores, evaluation.threshold))
    errors = [one for one in evaluation.judged if one.reason]
    if not evaluation.has_good:  # it only sorts
        yield section("Verdicts by truth", confusion_matrix(evaluation.confusion()))
        wrong = [one for one, _ in scored if one.label not in one.sample.kinds]
        yield from _listed("Called something else", wrong)
        yield from _listed("Could not be judged, and so rejected", errors)
        return
    is_defect = [not one.sample.is_good for one, _ in scored]
    curve = roc({"scores": [score for _, score in scored]}, is_defect)
    yield section("Defects found against good parts rejected", curve)
    yield section("Verdicts by truth", confusion_matrix(evaluation.confusion()))
    by_label = _share_found_by_label(evaluation.judged)
    if by_label:
        yield section("Found, by defect", table(("Defect", "Pictures", "Found"), by_label))
    # Apart, and what slipped through first: no number of false alarms may hide one of them.
    mistakes = [pair for pair in scored if pair[0].is_mistake]
    lowest_first = sorted(mistakes, key=lambda pair: pair[1])
    highest_first = sorted(mistakes, key=lambda pair: -pair[1])
    escapes = [one for one, _ in lowest_first if not one.sample.is_good]
    alarms = [one for one, _ in highest_first if one.sample.is_good]
    yield from _listed("Defects that passed, the clearest miss first", escapes)
    yield from _listed("Good parts rejected, the clearest first", alarms)
    yield from _listed("Could not be judged, and so rejected", errors)


def _listed(title: str, pictures: Sequence[Judged]) -> Iterator[str]:
    if pictures:
        hidden = len(pictures) - MISTAKES_SHOWN
        more = f"<p>{hidden:,} more stand in pictures.csv.</p>" if hidden > 0 else ""
        lines = [
            f"<tr><td>{foreign(one.sample.name)}</td><td>{shown(one.sample.label)}</td>"
            f"<td>{badge(one.decision)}</td><td>{foreign(one.label or one.reason)}</td>"
            f"<td>{'' if one.score is None else format(one.score, '.4g')}</td></tr>"
            for one in pictures[:MISTAKES_SHOWN]
        ]
        head = ("Picture", "Label", "Decision", "Said", "Score")
        yield section(title, table(head, lines), more)


def _row(name: str, value: str) -> str:
    return f"<tr><th scope=row>{name}</th><td>{value}</td></tr>"


def _share_found_by_label(judged: Sequence[Judged]) -> list[str]:
    labels = sorted({one.sample.label for one in judged if not one.sample.is_good})
    rows = []
    for label in labels:
        of_label = [one for one in judged if one.sample.label == label]
        found = sum(not one.is_passed for one in of_label)
        rows.append(
            f"<tr><th scope=row>{shown(label)}</th><td>{len(of_label):,}</td>"
            f"<td>{found / len(of_label):.1%}</td></tr>"
        )
    return rows
