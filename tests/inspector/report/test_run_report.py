"""The report: one file that says the run's own numbers and lets nothing from outside act."""

import errno
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from inspector.errors import StoreFull
from inspector.flow import Decision, Reason, Record, Region, Stage, StoredImage, Verdict
from inspector.geometry import Box
from inspector.report.run_report import GalleryEntry, write_report
from inspector.store.summary import Percentiles, Summary

PASS, FAIL, ERROR = Decision.PASS, Decision.FAIL, Decision.ERROR
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
THRESHOLD = 0.4132
HOSTILE = "<script>alert('x')</script>\"&.png"
IDENTITY = {"bundle_id": "b" * 64, "recipe_id": "1f0a", "recipe_name": "法兰 <M6>", "extra": "7"}
STAGES = {
    Stage.INFER: Percentiles(p50=10.374, p95=24.45, p99=1043.73),
    Stage.TOTAL: Percentiles(p50=15.71, p95=37.32, p99=1053.69),
}
VOID_ELEMENTS = {"meta", "img", "br"}


@dataclass
class Page(HTMLParser):
    """What a browser would see: elements, their text, and what each would load or run."""

    text: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID_ELEMENTS:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and "style" not in self._open:
            self.text.append(data.strip())

    def close(self) -> None:
        super().close()
        assert self._open == []

    def all_of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def flat(self) -> str:
        return " ".join(self.text)


def record(
    name: str,
    decision: Decision,
    score: float | None = None,
    *,
    regions: Sequence[Region] = (),
    reasons: Sequence[Reason] = (),
) -> Record:
    return Record(
        record_id=name,
        source_id="cam0",
        frame_id=17,
        part_id=None,
        image=StoredImage(path=name, sha256=""),
        captured_at=NOON,
        judged_at=NOON,
        verdict=Verdict(
            decision=decision,
            label="",
            reasons=tuple(reasons),
            regions=tuple(regions),
            recipe_id="1f0a",
            threshold=THRESHOLD,
        ),
        score=score,
        bundle_id="b" * 64,
    )


def unjudged(name: str, detail: str = "cut after 10 bytes") -> Record:
    return record(name, ERROR, reasons=(Reason(rule="CorruptFrame", detail=detail),))


def region(x_px: float, y_px: float, width_px: float, height_px: float) -> Region:
    box = Box(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px)
    return Region(box_sensor_px=box, peak=0.9)


def entry(of: Record, picture: bytes | None = b"p", overlay: bytes | None = b"o") -> GalleryEntry:
    return GalleryEntry(record=of, picture=picture, overlay=overlay)


def summary(
    n_pass: int,
    n_fail: int,
    n_error: int,
    *,
    n_judged_now: int = 0,
    elapsed_s: float = 0.0,
    stage_ms: Mapping[Stage, Percentiles] = STAGES,
) -> Summary:
    return Summary(
        decisions={PASS: n_pass, FAIL: n_fail, ERROR: n_error},
        stage_ms=stage_ms,
        elapsed_s=elapsed_s,
        n_judged_now=n_judged_now,
        identity=IDENTITY,
    )


def report(
    folder: Path,
    of: Summary,
    *,
    scores: Sequence[tuple[float, Decision]] = (),
    gallery: Sequence[GalleryEntry] = (),
    errors: Sequence[Record] = (),
    gone: Sequence[str] = (),
    n_errors_in_all: int | None = None,
    source: str = "/data/line1",
    made_at: datetime = NOON,
) -> str:
    path = folder / "report.html"
    write_report(
        path,
        summary=of,
        scores=scores,
        threshold=THRESHOLD,
        gallery=gallery,
        errors=errors,
        gone=gone,
        n_errors_in_all=len(errors) if n_errors_in_all is None else n_errors_in_all,
        source=source,
        made_at=made_at,
    )
    assert list(folder.iterdir()) == [path]
    return path.read_text(encoding="utf-8")


def parsed(html: str) -> Page:
    seen = Page()
    seen.feed(html)
    seen.close()
    return seen


def whole(folder: Path) -> str:
    return report(
        folder,
        summary(1301, 40, 3, n_judged_now=1000, elapsed_s=4.0),
        scores=[(0.1, PASS)] * 1301 + [(0.8, FAIL)] * 40,
        gallery=[
            entry(
                record(HOSTILE, FAIL, 0.8231, regions=[region(1, 2, 3, 4), region(10, 20, 30, 4)])
            ),
            entry(record("法兰/零件.png", FAIL, 0.5), picture=None, overlay=None),
        ],
        errors=[unjudged(HOSTILE, HOSTILE), unjudged("b.png"), unjudged("c.png")],
        source=HOSTILE,
    )


def test_tiles_and_headline_say_the_counts(tmp_path: Path) -> None:
    seen = parsed(whole(tmp_path))
    start = seen.text.index("Inspection report")
    assert seen.text[start : start + 4] == [
        "Inspection report",
        "43 of 1,344 parts rejected",
        "40 failed, 3 could not be judged.",
        HOSTILE,
    ]
    tiles = seen.text[start + 5 : start + 20]
    assert tiles == [
        *("Parts", "1,344", "inspected"),
        *("PASS", "1,301", "96.80 %"),
        *("FAIL", "40", "2.97 %"),
        *("ERROR", "3", "0.22 %"),
        *("Yield", "96.80 %", "of all parts"),
    ]


def test_time_of_making_is_told_in_utc(tmp_path: Path) -> None:
    made_at = datetime(2026, 11, 23, 20, 30, tzinfo=timezone(timedelta(hours=8)))
    assert "made 2026-11-23 12:30 UTC" in report(tmp_path, summary(1, 0, 0), made_at=made_at)


def test_timing_tells_throughput_and_percentiles(tmp_path: Path) -> None:
    seen = parsed(whole(tmp_path))
    assert "250.0 images/s : 1,000 judged in 4.0 s. 344 were judged in earlier" in seen.flat
    assert "infer 10.37 24.45 1,043.73 total 15.71 37.32 1,053.69" in seen.flat


def test_session_that_judged_nothing_claims_no_throughput(tmp_path: Path) -> None:
    seen = parsed(report(tmp_path, summary(5, 0, 0)))
    assert "No part was judged in this session. 5 were judged in earlier" in seen.flat
    assert "images/s" not in seen.flat


def test_gallery_shows_picture_heat_score_and_largest_region(tmp_path: Path) -> None:
    seen = parsed(whole(tmp_path))
    images = [(image["src"], image["alt"]) for image in seen.all_of("img")]
    assert images == [
        ("data:image/jpeg;base64,cA==", f"Picture of {HOSTILE}"),
        ("data:image/jpeg;base64,bw==", f"Heat map of {HOSTILE}"),
    ]
    assert (
        f"{HOSTILE} FAIL score 0.8231 / threshold 0.4132 "
        "Largest of 2 regions: 30 \N{MULTIPLICATION SIGN} 4 px at x 10, y 20" in seen.flat
    )
    assert (
        "The picture could not be read again. There is no heat map. "
        "法兰/零件.png FAIL score 0.5000 / threshold 0.4132" in seen.flat
    )


def test_part_without_a_stored_picture_is_named_by_its_frame(tmp_path: Path) -> None:
    gallery = [entry(record("", FAIL, 0.9, regions=[region(1, 2, 3, 4)]))]
    seen = parsed(report(tmp_path, summary(0, 1, 0), gallery=gallery))
    assert (
        "cam0 #17 FAIL score 0.9000 / threshold 0.4132 "
        "Region: 3 \N{MULTIPLICATION SIGN} 4 px at x 1, y 2" in seen.flat
    )


def test_region_of_a_known_kind_is_named_with_its_area(tmp_path: Path) -> None:
    of_kind = replace(region(1, 2, 30, 40), label="scr<b>atch", area_px2=612.4)
    gallery = [entry(record("", FAIL, 0.9, regions=[of_kind]))]
    html = report(tmp_path, summary(0, 1, 0), gallery=gallery)
    times = "\N{MULTIPLICATION SIGN}"
    assert (
        f"Region: scr<b>atch , 612 px\N{SUPERSCRIPT TWO}, 30 {times} 40 px at x 1, y 2"
        in parsed(html).flat
    )


def test_nothing_from_outside_becomes_an_element(tmp_path: Path) -> None:
    html = whole(tmp_path)
    seen = parsed(html)
    assert seen.all_of("script") == []
    assert "<script" not in html
    assert [
        name for _, attributes in seen.elements for name in attributes if name[:2] == "on"
    ] == []
    assert seen.flat.count(f"CorruptFrame: {HOSTILE}") == 1
    assert "法兰 <M6>" in seen.text


def test_report_loads_nothing(tmp_path: Path) -> None:
    html = whole(tmp_path)
    assert [word for word in ("http:", "https:", "url(", "@import") if word in html] == []
    for tag, attributes in parsed(html).elements:
        loads = {name: value for name, value in attributes.items() if name in ("src", "href")}
        assert tag == "img" or loads == {}
        assert [value for value in loads.values() if not str(value).startswith("data:")] == []


def test_charts_are_well_formed(tmp_path: Path) -> None:
    pieces = whole(tmp_path).split('<svg class="chart"')[1:]
    charts = [f"<svg{piece.split('</svg>')[0]}</svg>" for piece in pieces]
    titles = [ElementTree.fromstring(chart)[0].text for chart in charts]
    assert titles == [
        "Histogram of the scores of 1,341 parts; threshold 0.4132",
        "Time per part in ms by stage: infer, total",
    ]


def test_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    assert whole(folders[0]) == whole(folders[1])


def test_first_hundred_unjudged_parts_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    errors = [unjudged(f"part_{number:04}.png") for number in range(130)]
    seen = parsed(report(tmp_path, summary(0, 0, 1230), errors=errors, n_errors_in_all=1230))
    listed = [text for text in seen.text if text.startswith("part_")]
    assert listed == [f"part_{number:04}.png" for number in range(100)]
    assert "And 1,130 more; see records.csv." in seen.text
    assert "None of 1,230 parts could be judged" in seen.text
    assert "Worst parts" not in seen.text


@pytest.mark.parametrize(
    ("n_left", "words"),
    [(963, "963 pictures are not judged yet."), (None, "The rest of the video")],
)
def test_interrupted_run_is_not_called_passed(
    n_left: int | None, words: str, tmp_path: Path
) -> None:
    seen = parsed(report(tmp_path, replace(summary(9, 0, 0), n_left=n_left)))
    assert "Interrupted after 9 parts" in seen.text
    assert words in seen.flat
    assert "parts passed" not in seen.flat


def test_all_passed_says_so_and_lists_no_trouble(tmp_path: Path) -> None:
    seen = parsed(report(tmp_path, summary(9, 0, 0), scores=[(0.1, PASS)] * 9))
    assert "All 9 parts passed" in seen.text
    assert "Worst parts No part failed." in seen.flat
    assert "could not be judged" not in seen.flat
    assert "failed," not in seen.flat


def test_empty_run_is_a_whole_page(tmp_path: Path) -> None:
    seen = parsed(report(tmp_path, summary(0, 0, 0, stage_ms={})))
    assert "No parts were inspected" in seen.text
    assert "No part has a score." in seen.text
    assert "Nothing was timed." in seen.text
    assert "Worst parts" not in seen.text
    assert len(seen.all_of("table")) == 1


def test_what_judged_is_told_in_full(tmp_path: Path) -> None:
    flat = parsed(whole(tmp_path)).flat
    assert (
        f"What judged Bundle {'b' * 64} Recipe 1f0a Recipe name 法兰 <M6> extra 7 Threshold 0.4132"
        in flat
    )


def test_name_of_bytes_that_are_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    errors = [unjudged("part_\udcff.png")]
    assert "part_\\udcff.png" in report(tmp_path, summary(0, 0, 1), errors=errors)


def test_full_disk_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = whole(tmp_path)

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFull):
        report(tmp_path, summary(0, 0, 0))
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == old


def test_what_is_gone_is_named_apart_and_what_was_left_out_counted(tmp_path: Path) -> None:
    of = replace(summary(5, 0, 0), n_gone=103, left_out={".txt": 2, "hidden": 1})
    page = report(tmp_path, of, gone=["old <1>.png", "old 2.png"])
    assert "All 5 parts passed" in page
    assert "3 files are not pictures (.txt 2, hidden 1)" in page
    assert "Gone: 103" in page
    assert "old &lt;1&gt;.png" in page
    assert "And 101 more." in page
