"""A batch: one record per picture, the same on every run, and never over another run's."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.batch import BatchRequest
from inspector.errors import SourceUnavailable, UsageError
from inspector.exit_codes import ExitCode
from inspector.flow import Decision
from inspector.machine.choices import Choice, remember, user_folder
from inspector.machine.processor import processor_name
from inspector.store.images import write_png
from inspector.store.reader import RecordReader
from tests.support.bundles import brightness_model, write_bundle
from tests.support.lots import LEVELS, grey_lot, run
from tests.support.picture_files import write_video


@pytest.fixture
def request_(tmp_path: Path) -> BatchRequest:
    return BatchRequest(
        source=str(grey_lot(tmp_path / "lot")),
        bundle=write_bundle(tmp_path / "grey.bundle", threshold=0.5),
        out=tmp_path / "out",
        jobs=2,
    )


def test_worst_part_decides_the_exit_code(request_: BatchRequest, tmp_path: Path) -> None:
    lot = Path(request_.source)
    assert run(request_).exit_code is ExitCode.HAS_FAIL
    (lot / "cut.png").write_bytes((lot / "dark.png").read_bytes()[:-20])
    assert run(replace(request_, out=tmp_path / "cut")).exit_code is ExitCode.HAS_ERROR
    dark = replace(request_, source=str(lot / "dark.png"), out=tmp_path / "dark")
    assert run(dark).exit_code is ExitCode.DONE


def test_record_says_what_was_judged_and_by_what(request_: BatchRequest) -> None:
    outcome = run(request_)
    with RecordReader(outcome.store_path) as store:
        records = list(store.records())
    assert [(r.image.path, r.verdict.decision) for r in records] == [
        (name, Decision.FAIL if level > 127 else Decision.PASS) for name, level in LEVELS.items()
    ]
    scores = [record.score for record in records]
    assert scores == pytest.approx([level / 255 for level in LEVELS.values()], rel=1e-5)
    assert {record.bundle_id for record in records} == {outcome.ready.bundle.manifest.bundle_id}
    assert [record.verdict.label for record in records] == ["good", "good", "defect", "defect"]
    assert all(set(record.stage_ms) >= {"decode", "infer", "total"} for record in records)


def test_run_says_which_model_judged_and_goes_on_with_no_other(
    request_: BatchRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    twin = brightness_model(white=256.0)
    request = replace(request_, bundle=write_bundle(tmp_path / "b", int8_model=twin))
    outcome = run(request)
    bundle_id = outcome.ready.bundle.manifest.bundle_id
    assert outcome.summary.as_table()["model"] == "float"
    with RecordReader(outcome.store_path) as store:
        assert store.run()["model"] == "float"
    remember(Choice(model="int8"), bundle_id, processor_name(), user_folder())
    with pytest.raises(UsageError, match="begun with model 'float', and this run has 'int8'"):
        run(replace(request, resume=True))
    other = run(replace(request, out=tmp_path / "int8"))
    assert other.summary.as_table()["model"] == "int8"


def test_resume_judges_only_what_is_missing_or_changed(request_: BatchRequest) -> None:
    lot = Path(request_.source)
    run(request_)
    again = replace(request_, resume=True)
    assert run(again).summary.n_judged_now == 0
    write_png(lot / "new.png", np.full((32, 48), 250, dtype=np.uint8))
    write_png(lot / "white.png", np.full((32, 48), 1, dtype=np.uint8))
    os.utime(lot / "white.png", (1_700_000_000, 1_700_000_000))
    outcome = run(again)
    assert outcome.summary.n_judged_now == 2
    with RecordReader(outcome.store_path) as store:
        decisions = {r.image.path: r.verdict.decision.value for r in store.records()}
    assert decisions == {
        "dark.png": "PASS",
        "grey.png": "PASS",
        "light.png": "FAIL",
        "new.png": "FAIL",
        "white.png": "PASS",
    }


def test_results_of_an_earlier_run_are_not_touched_without_resume(request_: BatchRequest) -> None:
    before = run(request_).store_path.read_bytes()
    with pytest.raises(UsageError, match="--resume"):
        run(request_)
    assert (request_.out / "records.db").read_bytes() == before


@pytest.mark.parametrize("what", ["bundle_id", "recipe_id", "source"])
def test_resume_with_something_else_is_refused(
    what: str, request_: BatchRequest, tmp_path: Path
) -> None:
    run(request_)
    recipe = tmp_path / "strict.toml"
    recipe.write_text('schema_version = 1\nname = "strict"\nthreshold = 0.1\n')
    other = {
        "bundle_id": replace(request_, bundle=write_bundle(tmp_path / "b", threshold=0.6)),
        "recipe_id": replace(request_, recipe=recipe),
        "source": replace(request_, source=str(grey_lot(tmp_path / "other"))),
    }[what]
    with pytest.raises(UsageError, match=f"was begun with {what}"):
        run(replace(other, resume=True))


def test_recipe_threshold_takes_the_place_of_the_bundles(
    request_: BatchRequest, tmp_path: Path
) -> None:
    recipe = tmp_path / "strict.toml"
    recipe.write_text('schema_version = 1\nname = "strict"\nthreshold = 0.01\n')
    outcome = run(replace(request_, recipe=recipe))
    assert outcome.summary.decisions[Decision.FAIL] == len(LEVELS)
    assert outcome.ready.threshold == 0.01


@pytest.mark.parametrize("folder", ["file/below", "/proc/no-such/out"])
def test_folder_that_cannot_be_written_is_wrong_usage(
    folder: str, request_: BatchRequest, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        run(replace(request_, out=tmp_path / folder))


def test_nothing_is_made_for_a_source_that_is_not_there(request_: BatchRequest) -> None:
    with pytest.raises(SourceUnavailable):
        run(replace(request_, source="nothing-here"))
    assert not request_.out.exists()


@pytest.mark.parametrize(("which", "kept"), [("all", 4), ("fail", 2), ("none", 0)])
def test_pictures_are_kept_as_asked(which: str, kept: int, request_: BatchRequest) -> None:
    run(replace(request_, save_images=which))  # type: ignore[arg-type]
    assert len(list(request_.out.rglob("*.png"))) == kept


def test_saving_into_the_source_is_refused(request_: BatchRequest) -> None:
    inside = replace(request_, out=Path(request_.source) / "out", save_images="all")
    with pytest.raises(UsageError, match="inside the source"):
        run(inside)


def test_frames_of_a_video_are_parts_in_their_order(request_: BatchRequest, tmp_path: Path) -> None:
    frames = [np.full((48, 64, 3), level, dtype=np.uint8) for level in (10, 240, 10, 240)]
    write_video(tmp_path / "line.avi", frames)
    outcome = run(replace(request_, source=str(tmp_path / "line.avi")))
    with RecordReader(outcome.store_path) as store:
        found = [(r.image.path, r.verdict.decision.value) for r in store.records()]
    assert found == [
        (f"line.avi#{number:08d}", "FAIL" if number % 2 else "PASS") for number in range(4)
    ]


def test_picture_that_was_replaced_is_judged_anew_though_its_time_is_the_same(
    request_: BatchRequest,
) -> None:
    picture = Path(request_.source) / "white.png"
    os.utime(picture, (1_700_000_000, 1_700_000_000))
    run(replace(request_, save_images="all"))
    write_png(picture, np.full((32, 48), 1, dtype=np.uint8))
    os.utime(picture, (1_700_000_000, 1_700_000_000))
    outcome = run(replace(request_, resume=True, save_images="all"))
    assert outcome.summary.n_judged_now == 1
    with RecordReader(outcome.store_path) as store:
        (record,) = [r for r in store.records() if r.image.path == "white.png"]
    assert record.verdict.decision is Decision.PASS
    kept = [path.parent.name for path in request_.out.rglob(f"{record.record_id}.png")]
    assert kept == ["PASS"]


def test_error_is_tried_again_on_resume(request_: BatchRequest, tmp_path: Path) -> None:
    late = Path(request_.source) / "late.png"
    late.symlink_to(tmp_path / "drive" / "late.png")
    first = run(request_)
    assert first.summary.decisions[Decision.ERROR] == 1
    (tmp_path / "drive").mkdir()
    write_png(tmp_path / "drive" / "late.png", np.full((32, 48), 1, dtype=np.uint8))
    again = run(replace(request_, resume=True))
    assert (again.summary.n_judged_now, again.summary.decisions[Decision.ERROR]) == (1, 0)


@pytest.mark.parametrize("source", ["nothing.mp4", "nothing.png", "text.mp4"])
def test_nothing_is_begun_for_a_source_that_cannot_be_opened(
    source: str, request_: BatchRequest, tmp_path: Path
) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(SourceUnavailable):
        run(replace(request_, source=str(tmp_path / source)))
    assert not request_.out.exists()


def test_pictures_that_a_run_has_saved_are_not_judged_as_parts(request_: BatchRequest) -> None:
    everything = replace(
        request_,
        source=str(request_.out.parent / "**" / "*.png"),
        save_images="all",
    )
    run(everything)
    with pytest.raises(UsageError, match="would be judged as parts"):
        run(replace(everything, resume=True))


@pytest.mark.skipif(os.name == "nt", reason="every name can be encoded here")
def test_source_whose_name_is_no_utf8_is_judged_and_resumed(
    request_: BatchRequest, tmp_path: Path
) -> None:
    odd = tmp_path / os.fsdecode(b"lot\xff")
    Path(request_.source).rename(odd)
    request_ = replace(request_, source=str(odd))
    assert run(request_).summary.n_parts == len(LEVELS)
    assert run(replace(request_, resume=True)).summary.n_judged_now == 0


@pytest.mark.skipif(os.sep == "\\", reason="a backslash separates folders here")
def test_names_that_look_alike_are_two_parts(request_: BatchRequest) -> None:
    lot = Path(request_.source)
    write_png(lot / os.fsdecode(b"a\xff.png"), np.full((32, 48), 1, dtype=np.uint8))
    write_png(lot / "a\\xff.png", np.full((32, 48), 250, dtype=np.uint8))
    assert run(request_).summary.n_parts == len(LEVELS) + 2


def test_picture_that_was_renamed_or_taken_away_is_not_counted_any_more(
    request_: BatchRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """Its record is kept, marked, and counted apart; back in its place it counts again."""
    lot = Path(request_.source)
    run(request_)
    (lot / "light.png").rename(lot / "renamed.png")
    (lot / "dark.png").rename(lot.parent / "dark.png")
    again = replace(request_, resume=True)
    outcome = run(again)
    assert "not in the source any more, 2 of the pictures that were judged" in caplog.text
    summary = outcome.summary
    assert (summary.n_gone, summary.n_judged_now, summary.n_parts) == (2, 1, len(LEVELS) - 1)
    fresh = run(replace(request_, out=request_.out.with_name("fresh"))).summary
    assert (fresh.decisions, fresh.n_gone) == (summary.decisions, 0)
    (lot.parent / "dark.png").rename(lot / "dark.png")
    back = run(again).summary
    assert (back.n_gone, back.n_judged_now, back.n_parts) == (1, 0, len(LEVELS))
