"""A line that runs takes another bundle or recipe from its station's file, or keeps what it has."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from inspector.__main__ import main
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.flow import Decision
from inspector.pipeline.inspecting import TO_INSPECT
from inspector.settings import load_station
from inspector.station import PreparedRun, prepared_run
from tests.support.bundles import write_bundle
from tests.support.graphs import model
from tests.support.lines import Ear
from tests.support.stations import change_station, write_station
from tests.support.stores import stored

# Finite on the canary, whose pixels differ, and infinite on a grey part.
INFINITE_IF_FLAT = """
    mean = ReduceMean <axes = [1, 2, 3], keepdims = 1> (x)
    apart = Sub (x, mean)
    squares = Mul (apart, apart)
    variance = ReduceMean <axes = [1, 2, 3], keepdims = 0> (squares)
    score = Div (full, variance)
    grey = ReduceMean <axes = [3], keepdims = 0> (x)
    heatmap = Div (grey, full)
"""


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A station whose camera shows a bright part, over and over."""
    return write_station(tmp_path / "line", (100,), frames_per_s=0)


@contextmanager
def line(station: Path, recipe: Path | None = None) -> Iterator[tuple[PreparedRun, Ear]]:
    ear = Ear()
    settings = load_station(station)
    with prepared_run(settings, ear, SystemClock(), recipe=recipe) as prepared:
        worker = Worker("line", prepared.runner.run, lambda _: None)
        worker.start()
        try:
            wait_for_more(ear)
            yield prepared, ear
        finally:
            prepared.runner.stop()
            worker.join()
        assert worker.failure is None
    records = stored(prepared.store_path)
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))


def wait_for_more(ear: Ear) -> None:
    seen = len(ear.records)
    ear.wait_for(lambda ear: len(ear.records) > seen + 5)


def wait_for_bundle(ear: Ear, bundle: Path) -> None:
    bundle_id = open_bundle(bundle).manifest.bundle_id
    ear.wait_for(lambda ear: ear.records[-1].bundle_id == bundle_id)


def wait_for_trouble(ear: Ear, words: str) -> None:
    ear.wait_for(lambda ear: words in str(ear.snapshots[-1].change_trouble))


def test_deployed_bundle_judges_from_the_next_part_on(station: Path, tmp_path: Path) -> None:
    strict = write_bundle(tmp_path / "strict.bundle", threshold=0.25)
    with line(station) as (prepared, ear):
        assert main(["deploy", str(station), "--bundle", str(strict)]) == 0
        wait_for_bundle(ear, strict)
        wait_for_more(ear)
        ear.wait_for(lambda ear: ear.snapshots[-1].judged_by.threshold == 0.25)  # type: ignore[union-attr]
        assert prepared.in_force().threshold == 0.25
    decisions = [record.verdict.decision for record in ear.records]
    first = decisions.index(Decision.FAIL)
    assert decisions == [Decision.PASS] * first + [Decision.FAIL] * (len(decisions) - first)


def test_what_changed_while_the_line_was_made_ready_is_followed(
    station: Path, tmp_path: Path
) -> None:
    other = write_bundle(tmp_path / "other.bundle", threshold=0.9)
    settings, ear = load_station(station), Ear()
    change_station(station, '"grey.bundle"', f'"{other}"')
    with prepared_run(settings, ear, SystemClock()) as prepared:
        worker = Worker("line", prepared.runner.run, lambda _: None)
        worker.start()
        wait_for_more(ear)
        wait_for_bundle(ear, other)
        prepared.runner.stop()
        worker.join()


def test_recipe_that_is_written_anew_is_in_force_and_a_wrong_one_is_not(station: Path) -> None:
    recipe = station.with_name("grey.toml")
    recipe.write_text('schema_version = 1\nname = "grey"\nthreshold = 0.6\n')
    change_station(station, "[images]", 'recipe = "grey.toml"\n[images]')
    with line(station) as (_, ear):
        assert ear.records[-1].verdict.threshold == 0.6
        recipe.write_text('schema_version = 1\nname = "grey"\nthreshold = 0.3\n')
        ear.wait_for(lambda ear: ear.records[-1].verdict.threshold == 0.3)
        assert ear.records[-1].verdict.decision is Decision.FAIL
        recipe.write_text('schema_version = 1\nname = "grey"\nthreshhold = 0.9\n')
        wait_for_trouble(ear, "threshhold")
        wait_for_more(ear)
        assert ear.records[-1].verdict.threshold == 0.3
        recipe.write_text('schema_version = 1\nname = "grey"\nthreshold = 0.9\n')
        ear.wait_for(lambda ear: ear.records[-1].verdict.threshold == 0.9)
        ear.wait_for(lambda ear: ear.snapshots[-1].change_trouble is None)


def test_recipe_of_the_command_line_stays(station: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('schema_version = 1\nname = "own"\nthreshold = 0.7\n')
    other = write_bundle(tmp_path / "other.bundle", threshold=0.2)
    with line(station, own) as (_, ear):
        shutil.copytree(other, station.with_name("other.bundle"))
        change_station(station, "grey.bundle", "other.bundle")
        wait_for_bundle(ear, other)
    assert {record.verdict.threshold for record in ear.records} == {0.7}


def test_damaged_bundle_is_refused_until_it_is_mended(station: Path) -> None:
    bundle = station.with_name("grey.bundle")
    model_file = bundle / "model.onnx"
    whole = model_file.read_bytes()
    with line(station) as (_, ear):
        model_file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        wait_for_trouble(ear, "is not the file that was validated")
        wait_for_more(ear)
        model_file.write_bytes(whole)
        ear.wait_for(lambda ear: ear.snapshots[-1].change_trouble is None)
    assert {record.verdict.decision for record in ear.records} == {Decision.PASS}


def test_bundle_that_cannot_judge_this_line_is_taken_back(station: Path) -> None:
    data = model(
        INFINITE_IF_FLAT,
        given="uint8[N, 32, 48, 3] pixels",
        outputs="float[N] score, float[N, 32, 48] heatmap",
        opset=17,
    )
    bad = write_bundle(station.with_name("bad.bundle"), model=data)
    with line(station) as (prepared, ear):
        good_id = ear.records[-1].bundle_id
        change_station(station, "grey.bundle", "bad.bundle")
        wait_for_trouble(ear, "could not judge its first part, and was taken back: InferenceError")
        wait_for_more(ear)
        assert ear.records[-1].bundle_id == good_id
        assert prepared.in_force().bundle.manifest.bundle_id == good_id
    errors = [one for one in ear.records if one.verdict.decision is Decision.ERROR]
    assert {one.bundle_id for one in errors} == {open_bundle(bad).manifest.bundle_id}
    assert 1 <= len(errors) <= TO_INSPECT + 2


def test_what_else_was_changed_waits_for_the_next_start_and_is_said(station: Path) -> None:
    with line(station) as (_, ear):
        change_station(station, "[images]", "deadline_ms = 500\n[images]")
        wait_for_trouble(ear, "besides bundle and recipe is in force from its next start on")
        change_station(station, "deadline_ms = 500\n", "")
        ear.wait_for(lambda ear: ear.snapshots[-1].change_trouble is None)


def test_bundle_of_another_depth_waits_for_the_next_start(station: Path) -> None:
    write_bundle(station.with_name("deep.bundle"), max_sample=1023)
    with line(station) as (_, ear):
        change_station(station, "grey.bundle", "deep.bundle")
        wait_for_trouble(ear, "is made for samples up to 1023")


def test_station_file_that_is_gone_changes_nothing(station: Path) -> None:
    text = station.read_text()
    with line(station) as (_, ear):
        station.unlink()
        wait_for_trouble(ear, "station.toml")
        wait_for_more(ear)
        station.write_text(text)
        ear.wait_for(lambda ear: ear.snapshots[-1].change_trouble is None)


def test_isolated_model_goes_with_its_last_part(station: Path, tmp_path: Path) -> None:
    patient = "isolated = true\ndeadline_ms = 20_000\n[images]"  # of a busy machine
    change_station(station, "[images]", patient)
    with line(station) as (_, ear):
        (before,) = psutil.Process().children()
        other = write_bundle(tmp_path / "other.bundle", threshold=0.2)
        assert main(["deploy", str(station), "--bundle", str(other)]) == 0
        wait_for_bundle(ear, other)
        ear.wait_for(lambda _: not before.is_running())
        assert len(psutil.Process().children()) == 1
    assert psutil.Process().children() == []


def test_recipe_says_which_pictures_are_kept_also_while_the_line_runs(station: Path) -> None:
    recipe = station.with_name("grey.toml")
    recipe.write_text('schema_version = 1\nname = "grey"\n')
    change_station(station, "[images]", 'recipe = "grey.toml"\n[images]')
    images = station.parent / "records" / "images"
    with line(station) as (_, ear):
        assert not images.exists()  # all pass
        recipe.write_text('schema_version = 1\nname = "all"\n[images]\nkeep = "all"\n')
        ear.wait_for(lambda _: images.is_dir() and any(images.glob("*.png")))
