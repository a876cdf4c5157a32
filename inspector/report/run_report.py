"""Writes a run as one HTML file that opens offline: it shows what was decided, deciding nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from inspector.files.atomic import replacing
from inspector.flow import Decision, Record, Region
from inspector.report.charts import score_histogram, stage_chart
from inspector.report.heat import FULL_FROM
from inspector.report.page import (
    badge,
    card,
    foreign,
    icon,
    page,
    section,
    shown,
    table,
)
from inspector.report.words import left_out_text, n_left_text, overall_line, score_texts, share_text
from inspector.store.summary import Summary

MAX_ERRORS_SHOWN = 100  # a page is read by people; records.csv has them all

_IDENTITY = {
    "bundle_id": "Bundle",
    "bundle_name": "Bundle name",
    "model": "Model",
    "recipe_id": "Recipe",
    "recipe_name": "Recipe name",
    "inspector": "Inspector version",
    "onnxruntime": "ONNX Runtime version",
    "opencv": "OpenCV version",
    "numpy": "NumPy version",
    "python": "Python version",
    "processor": "Processor",
    "threads": "Threads of a run",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryEntry:
    """One part to be looked at.

    Attributes:
        picture: JPEG of the part; None where it could not be read again.
        overlay: JPEG of the part with its heat map; None where there is none.
    """

    record: Record
    picture: bytes | None
    overlay: bytes | None


def write_report(
    path: Path,
    *,
    summary: Summary,
    scores: Sequence[tuple[float, Decision]],
    threshold: float,
    gallery: Sequence[GalleryEntry],
    errors: Sequence[Record],
    gone: Sequence[str],
    n_errors_in_all: int,
    source: str,
    made_at: datetime,
) -> None:
    """Write the report of a run, whole or not at all. The same arguments give the same bytes.

    Args:
        scores: As from `RecordReader.decided_scores`.
        gallery: In the order shown, the worst first.
        errors: Records that could not be judged; the first `MAX_ERRORS_SHOWN` are listed.
        gone: Names of pictures that are not in the source any more; the first of them.
        source: Where the pictures came from, as the operator named it.

    Raises:
        StoreFull, StoreError: The old file, if any, is untouched.
    """
    content = (
        _head(summary, source, made_at),
        _scores(scores, threshold),
        _timing(summary),
        *_gallery(gallery, summary),
        _errors(errors[:MAX_ERRORS_SHOWN], n_errors_in_all),
        _gone(gone, summary.n_gone),
        _judged_by(summary, threshold),
        "<footer>Everything on this page is inside this one file.</footer>\n",
    )
    with replacing(path) as file:
        file.writelines(page(f"Inspection report: {source}", content))


def _head(summary: Summary, source: str, made_at: datetime) -> str:
    n_parts, decisions = summary.n_parts, summary.decisions
    failed, unjudged = decisions[Decision.FAIL], decisions[Decision.ERROR]
    why = f"<p class=lead>{failed:,} failed, {unjudged:,} could not be judged.</p>"
    if summary.n_left != 0:
        why += f"<p class=lead>{n_left_text(summary.n_left).capitalize()}.</p>"
    elif n_parts in (0, decisions[Decision.PASS], unjudged):  # the headline has said it
        why = ""
    made = made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    bars = "".join(
        f'<i class="{decision.lower()}" style="flex-grow:{count}"></i>'
        for decision, count in decisions.items()
        if count
    )
    tiles = [
        _tile("Parts", f"{n_parts:,}", "inspected"),
        *(
            _tile(
                f'<span class="{decision.lower()}">{icon(decision)}</span> '
                f'<span class="{decision.lower()}">{decision}</span>',
                f"{decisions[decision]:,}",
                share_text(decisions[decision], n_parts),
            )
            for decision in Decision
        ),
        _tile("Yield", share_text(decisions[Decision.PASS], n_parts), "of all parts"),
    ]
    left_out = ""
    if summary.left_out:
        left_out = f"<p class=soft>Not judged: {foreign(left_out_text(summary.left_out))}.</p>"
    return (
        f"<header><p class=over>Inspection report</p><h1>{overall_line(summary)}</h1>{why}"
        f"<p class=lead>{foreign(source)} · made {made}</p></header>\n"
        f"<div class=share aria-hidden=true>{bars}</div><div class=tiles>{''.join(tiles)}</div>"
        f"{left_out}\n"
    )


def _tile(what: str, number: str, below: str) -> str:
    says = f"<b>{number}</b><small>{below}</small>"
    return f"<div class=tile><div class=what>{what}</div>{says}</div>"


def _scores(scores: Sequence[tuple[float, Decision]], threshold: float) -> str:
    says = f"A part fails when its score is above {threshold:.4g}."
    chart = f"<div class=wide>{score_histogram(scores, threshold)}</div>"
    return section("Scores", f"<p class=soft>{says}</p>", chart)


def _timing(summary: Summary) -> str:
    says = "No part was judged in this session."
    if summary.images_per_s is not None:
        says = (
            f"<b>{summary.images_per_s:,.1f} images/s</b>: {summary.n_judged_now:,} "
            f"judged in {summary.elapsed_s:,.1f} s."
        )
    earlier = summary.n_parts - summary.n_judged_now
    if earlier > 0:
        says += f" {earlier:,} were judged in earlier sessions of this run."
    rows = (
        f"<tr{' class=total' if stage == 'total' else ''}><th scope=row>{shown(stage)}</th>"
        + "".join(f"<td class=number>{ms:,.2f}</td>" for ms in (times.p50, times.p95, times.p99))
        + "</tr>"
        for stage, times in summary.stage_ms.items()
    )
    head = ["Stage", *(f"<div class=number>{name} ms</div>" for name in ("p50", "p95", "p99"))]
    below = table(head, rows) if summary.stage_ms else ""
    chart = f"<div class=wide>{stage_chart(summary.stage_ms)}</div>"
    return section("Time per part", f"<p class=soft>{says}</p>", chart, below)


def _gallery(gallery: Sequence[GalleryEntry], summary: Summary) -> Iterator[str]:
    if not gallery:
        none_failed = summary.decisions[Decision.PASS] and not summary.decisions[Decision.FAIL]
        if none_failed:
            yield section("Worst parts", "<p class=soft>No part failed.</p>")
        return
    yield from picture_cards("Worst parts", map(_card, gallery))


def picture_cards(title: str, cards: Iterable[str]) -> Iterator[str]:
    """Cards side by side under what the colours of their heat maps mean."""
    yield (
        f"<section><h2>{title}</h2>"
        f"<div class=scale>Heat map: clear up to the threshold <i></i> "
        f"{FULL_FROM:g} thresholds and more</div><div class=gallery>\n"
    )
    yield from cards
    yield "</div></section>\n"


def _card(entry: GalleryEntry) -> str:
    record = entry.record
    says = ""
    if record.score is not None:
        score, threshold = score_texts(record.score, record.verdict.threshold)
        says = f"<span>score <b>{score}</b> <span class=soft>/ threshold {threshold}</span></span>"
    line = f"<div class=line>{badge(record.verdict.decision)}{says}</div>"
    return card(_name(record), entry.picture, entry.overlay, line, _place(record))


def _place(record: Record) -> str:
    regions = record.verdict.regions
    if not regions:
        return ""
    largest = max(regions, key=_box_px2)
    box = largest.box_sensor_px
    which = "Region" if len(regions) == 1 else f"Largest of {len(regions)} regions"
    kind = f"{foreign(largest.label)}, {largest.area_px2:.0f} px&sup2;, " if largest.label else ""
    return (
        f"<div class=soft>{which}: {kind}{box.width_px:.0f} &times; {box.height_px:.0f} px "
        f"at x {box.x_px:.0f}, y {box.y_px:.0f}</div>"
    )


def _box_px2(region: Region) -> float:
    return region.box_sensor_px.width_px * region.box_sensor_px.height_px


def _errors(errors: Sequence[Record], n_in_all: int) -> str:
    if n_in_all == 0:
        return ""
    rows = (
        f"<tr><td>{foreign(_name(record))}</td><td>"
        + "<br>".join(foreign(reason.text()) for reason in record.verdict.reasons)
        + "</td></tr>"
        for record in errors
    )
    more = n_in_all - len(errors)
    tail = f"<p class=soft>And {more:,} more; see records.csv.</p>" if more > 0 else ""
    title = f"{badge(Decision.ERROR)} Parts that could not be judged"
    says = "<p class=soft>They count as rejected.</p>"
    return section(title, says, table(["Picture", "Reason"], rows, "long") if errors else "", tail)


def _gone(names: Sequence[str], n_in_all: int) -> str:
    if n_in_all == 0:
        return ""
    rows = (f"<tr><td>{foreign(name)}</td></tr>" for name in names)
    more = n_in_all - len(names)
    tail = f"<p class=soft>And {more:,} more.</p>" if more > 0 else ""
    says = (
        "<p class=soft>Judged in an earlier session and not in the source any more. Their records "
        "are kept in records.db; no figure of this page counts them.</p>"
    )
    return section(f"Gone: {n_in_all:,}", says, table(["Picture"], rows, "long"), tail)


def _judged_by(summary: Summary, threshold: float) -> str:
    values = [(_IDENTITY.get(key, key), value) for key, value in summary.identity.items()]
    rows = (
        f"<tr><th scope=row>{foreign(key)}</th><td class=code>{foreign(value)}</td></tr>"
        for key, value in [*values, ("Threshold", f"{threshold:.9g}")]
    )
    return section("What judged", table([], rows, "keyed"))


def _name(record: Record) -> str:
    return record.image.path or f"{record.source_id} #{record.frame_id}"
