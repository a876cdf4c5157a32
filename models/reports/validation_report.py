"""Writes a validation as a page to look at: what was compared, and every picture that differs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inspector.bundle import OutputAgreement
from inspector.files.atomic import replacing
from inspector.files.tables import canonical_json
from inspector.flow import Verdict
from inspector.report.charts import score_histogram
from inspector.report.overlay import thumbnail
from inspector.report.page import badge, card, foreign, page, section, shown, table
from inspector.report.run_report import picture_cards
from inspector.results import GALLERY_SIDE_PX, heat_picture
from models.comparing.model_results import Change, ModelResults
from models.comparing.validation import Validation
from models.dataset.pictures import load_picture
from models.dataset.sample import Sample
from models.measures.evaluation import confusion, truth_and_verdict
from models.measures.metrics import rates
from models.measures.painted_escape import cells_in
from models.reports.folder import ready_report_folder
from models.reports.plots import confusion_matrix, escape_grid, roc

WRONG_SHOWN, NEAR_SHOWN, FAR_SHOWN = 8, 4, 4  # pictures in each gallery
CHANGES_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One picture as the float model judged it."""

    index: int
    sample: Sample
    verdict: Verdict
    score: float
    is_wrong: bool


def write_validation(validation: Validation, folder: Path) -> Path:
    """Write `report.html` and `validation.json`; gives the report's path.

    Raises:
        UsageError: The folder cannot be made.
        DataError: A picture cannot be read again.
        StoreError: A file cannot be written.
    """
    ready_report_folder(folder)
    with replacing(folder / "validation.json") as file:
        file.write(canonical_json(validation.as_table()).decode("ascii"))
    report_path = folder / "report.html"
    manifest = validation.inputs.bundle.manifest
    with replacing(report_path) as file:
        file.writelines(page(f"Validation of {manifest.name}", _content(validation)))
    return report_path


def _content(validation: Validation) -> Iterator[str]:
    inputs = validation.inputs
    manifest, samples = inputs.bundle.manifest, inputs.pictures.samples
    shortcoming = validation.shortcoming()
    kind, headline = ("pass", "The proof holds") if shortcoming is None else ("fail", "Not proven")
    why = "" if shortcoming is None else f"<p class=lead>{shown(shortcoming)}</p>"
    yield (
        f"<header><p class=over>Validation</p><h1 class={kind}>{headline}</h1>{why}"
        f"<p class=lead>{foreign(manifest.name)} {shown(manifest.version)}, bundle "
        f"{manifest.bundle_id[:12]}, on {len(samples):,} pictures that it was not chosen on; "
        f"{inputs.n_seen:,} that it was are left out.</p>{_gap_text(validation)}</header>\n"
    )
    yield section("Models", _sides(validation))
    yield section("Outputs against TensorFlow", _outputs(validation))
    yield from _changes(validation)
    judged = validation.judged[0]
    scores = zip(judged.scores, (verdict.decision for verdict in judged.verdicts), strict=True)
    by_truth = list(zip(samples, scores, strict=True))
    threshold = manifest.threshold.value
    if judged.has_good:
        is_defect = [not sample.is_good for sample in samples]
        all_results = (validation.trained, *validation.judged)
        yield section(
            "Defects found against good parts rejected",
            roc({results.name: results.scores for results in all_results}, is_defect),
        )
        for title, is_good in (("Scores of good pictures", True), ("Scores of defects", False)):
            chosen = [scored for sample, scored in by_truth if sample.is_good is is_good]
            if not chosen:
                continue
            yield section(title, f"<div class=wide>{score_histogram(chosen, threshold)}</div>")
    else:
        chart = score_histogram([scored for _, scored in by_truth], threshold)
        yield section("Scores", f"<div class=wide>{chart}</div>")
    if cells := cells_in(manifest.validation):
        said = (
            "<p class=soft>Painted on good pictures, strong and faint ones, and judged without the "
            f"pictures' own parts: by their share of a {manifest.input.piece} and grey levels of "
            "contrast.</p>"
        )
        yield section("Painted defects that passed in training", escape_grid(cells) + said)
    yield section("Verdicts by truth, float model", _confusion(judged, samples))
    yield section("Threads, batches, optimisation", _variants(validation))
    yield from _worst(validation)
    yield from _operators(validation)
    yield "<footer>Everything on this page is inside this one file.</footer>\n"


def _gap_text(validation: Validation) -> str:
    gap = validation.gap()
    return "" if gap is None else f"<p class=lead>{shown(gap[:1].upper() + gap[1:])}.</p>"


def _sides(validation: Validation) -> str:
    samples = validation.inputs.pictures.samples
    is_defect = [not sample.is_good for sample in samples]
    head, rows = ["Model", "Decisions that differ"], []
    for results in (validation.trained, *validation.judged):
        flips = (
            "" if results is validation.trained else validation.comparisons[results.name].n_flips
        )
        figures = {"AUROC": results.auroc, "Accuracy": results.accuracy}
        cells: dict[str, object] = {
            name: f"{metric:.4f}" for name, metric in figures.items() if metric is not None
        }
        if results.has_good:
            wrong = rates([verdict.decision for verdict in results.verdicts], is_defect)
            cells["Defects passed"] = f"{wrong.n_defect_passed:,} of {wrong.n_defect:,}"
            cells["Good rejected"] = f"{wrong.n_good_rejected:,} of {wrong.n_good:,}"
        rows.append(_row(results.name, flips, *cells.values()))
        head[2:] = cells
    failed = [said for line in validation.lines if (said := line.shortcoming()) is not None]
    says = "; ".join(failed) or "The line judges alike, from the files on the disk."
    return table(head, rows) + f"<p class=soft>{shown(says)}</p>"


def _outputs(validation: Validation) -> str:
    rows = [
        _row(results.name, name, *_agreement(agreement))
        for results in validation.judged
        for name, agreement in validation.comparisons[results.name].outputs.items()
    ]
    head = (
        "Model",
        "Output",
        "Type",
        "Shape",
        "Largest difference",
        "p99",
        "Largest, of range",
    )
    return f"<div class=wide>{table(head, rows)}</div>"


def _agreement(agreement: OutputAgreement) -> tuple[str, ...]:
    return (
        agreement.dtype,
        " &times; ".join(f"{length:,}" for length in agreement.shape),
        f"{agreement.max_abs:.3g}",
        f"{agreement.p99_abs:.3g}",
        f"{agreement.relative:.2g}",
    )


def _changes(validation: Validation) -> Iterator[str]:
    for results in validation.judged:
        changes = validation.comparisons[results.name].changes
        if changes:
            title = f"Judged differently by {results.name} than by TensorFlow"
            yield section(title, _change_table(changes))


def _change_table(changes: tuple[Change, ...]) -> str:
    rows = (
        f"<tr><td>{foreign(change.picture)}</td><td>{shown(change.label)}</td>"
        f"<td>{shown(change.was)}, {change.score_was:.6g}</td>"
        f"<td>{shown(change.became)}, {change.score_became:.6g}</td></tr>"
        for change in changes[:CHANGES_SHOWN]
    )
    more = len(changes) - CHANGES_SHOWN
    tail = f"<p class=soft>{more:,} more stand in validation.json.</p>" if more > 0 else ""
    return table(("Picture", "Label", "Was", "Became"), rows, "long") + tail


def _variants(validation: Validation) -> str:
    rows = []
    for variant in validation.variants:
        outputs = variant.comparison.outputs
        largest = max(agreement.relative for agreement in outputs.values())
        difference = "none, bit for bit" if variant.is_same else f"{largest:.2g} of the range"
        names = ", ".join(foreign(change.picture) for change in variant.comparison.changes)
        rows.append(_row(variant.name, difference, names or "none"))
    says = (
        "<p class=soft>Each against one thread, one picture at a time, optimised. The line always "
        "lets the runtime optimise.</p>"
    )
    return says + table(("Run with", "Difference", "Pictures judged differently"), rows)


def _confusion(results: ModelResults, samples: Iterable[Sample]) -> str:
    is_named = results.accuracy is not None
    pairs = [
        truth_and_verdict(sample, verdict.decision, verdict.label, is_named=is_named)
        for sample, verdict in zip(samples, results.verdicts, strict=True)
    ]
    return f"<div class=wide>{confusion_matrix(confusion(pairs, is_named=is_named))}</div>"


def _worst(validation: Validation) -> Iterator[str]:
    judged, threshold = validation.judged[0], validation.inputs.bundle.manifest.threshold.value
    cases = _cases(validation)
    wrong = [case for case in cases if case.is_wrong]
    # Apart, and what slipped through first: no number of false alarms may hide one of them.
    escapes = sorted((case for case in wrong if not case.sample.is_good), key=_score)
    alarms = sorted((case for case in wrong if case.sample.is_good), key=_score, reverse=True)
    near = sorted(cases, key=lambda case: abs(case.score - threshold))
    what = "Defects" if judged.has_good else "Pictures"
    groups = [
        (
            f"{what} judged wrongly, the clearest miss first: {len(escapes):,} in all",
            escapes[:WRONG_SHOWN],
        ),
        (
            f"Good pictures judged wrongly, the clearest first: {len(alarms):,} in all",
            alarms[:WRONG_SHOWN],
        ),
        ("Nearest to the threshold", near[:NEAR_SHOWN]),
    ]
    trained = np.array(validation.trained.scores)
    for results in validation.judged:
        differences = np.abs(np.array(results.scores) - trained)
        far = np.argsort(-differences, kind="stable")[:FAR_SHOWN]
        if differences.max() > 0:
            title = f"Largest differences between {results.name} and TensorFlow"
            groups.append((title, [cases[index] for index in far]))
    for title, chosen in groups:
        if chosen:
            yield from picture_cards(title, (_card(validation, case, judged) for case in chosen))


def _score(case: _Case) -> float:
    return case.score


def _cases(validation: Validation) -> list[_Case]:
    results = validation.judged[0]
    is_named = results.accuracy is not None
    cases = []
    rows = zip(validation.inputs.pictures.samples, results.verdicts, results.scores, strict=True)
    for index, (sample, verdict, score) in enumerate(rows):
        right = (
            verdict.label == sample.label if is_named else sample.is_good is (not verdict.reasons)
        )
        cases.append(
            _Case(index=index, sample=sample, verdict=verdict, score=score, is_wrong=not right)
        )
    return cases


def _card(validation: Validation, case: _Case, judged: ModelResults) -> str:
    frame = load_picture(case.sample, validation.inputs.bundle.manifest.input.max_sample).frame
    inspected = validation.lines[0].inspection.inspect(frame)
    said = f" {shown(case.verdict.label)}" if judged.accuracy is not None else ""
    scores = ", ".join(
        f"{results.name} {results.scores[case.index]:.9g}"
        for results in (validation.trained, *validation.judged)
    )
    return card(
        case.sample.name,
        thumbnail(frame.pixels, max_side_px=GALLERY_SIDE_PX),
        heat_picture(frame, inspected, inspected.verdict),
        f"<div class=line>{badge(case.verdict.decision)}{said}"
        f"<span>shows <b>{shown(case.sample.label)}</b></span></div>",
        f"<div class=soft>threshold {case.verdict.threshold:.9g}; {scores}</div>",
    )


def _operators(validation: Validation) -> Iterator[str]:
    counts = validation.inputs.bundle.manifest.training.get("operators")
    if isinstance(counts, dict):  # absent in bundles from before they were counted
        before, after = counts["before"], counts["after"]
        rows = [
            _row(name, before.get(name, 0), after.get(name, 0))
            for name in sorted({*before, *after})
        ]
        rows.append(_row("total", sum(before.values()), sum(after.values())))
        head = ("Operator", "Converted", "After folding")
        yield section("Operators of the graph", table(head, rows))


def _row(name: str, *cells: object) -> str:
    return f"<tr><th scope=row>{name}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
