"""Tuning: decisions by figures, and once through with real models."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import SourceUnavailable
from inspector.store.images import write_png
from inspector.tune import Int8Here, quickest, thread_counts, tune
from tests.support.bundles import brightness_model, write_bundle

GOOD = Int8Here(canary_fault=None, is_exact=True, speed_ratio=1.5, n_images=9, n_flips=1)


@pytest.mark.parametrize(
    ("changes", "condition"),
    [
        ({}, []),
        ({"n_flips": 9}, []),
        ({"is_exact": False}, ["processor"]),
        ({"canary_fault": "is off"}, ["canary"]),
        ({"speed_ratio": 1.29}, ["speed"]),
        ({"speed_ratio": 1.0, "n_newly_passed": 1}, ["speed", "escapes"]),
        ({"n_newly_passed": 3, "n_newly_rejected": 3}, []),
        ({"n_newly_passed": 3, "n_newly_rejected": 2}, ["escapes"]),
        ({"n_images": 100, "n_newly_passed": 3, "n_newly_rejected": 2}, []),
    ],
)
def test_int8_runs_only_where_every_condition_holds(
    changes: dict[str, object], condition: list[str]
) -> None:
    here = replace(GOOD, **changes)  # type: ignore[arg-type]
    assert [text.split(":")[0] for text in here.shortcomings()] == condition


@pytest.mark.parametrize(
    ("times_ms", "best"),
    [
        ({(1, False): 10.0}, (1, False)),
        ({(1, False): 10.0, (2, False): 9.6}, (1, False)),
        ({(1, False): 10.0, (2, False): 6.0, (2, True): 5.8}, (2, False)),
        ({(1, False): 10.0, (2, False): 6.0, (2, True): 4.0, (4, True): 4.0}, (2, True)),
        ({(1, False): 10.0, (2, False): 12.0, (4, False): 5.0}, (4, False)),
    ],
)
def test_more_threads_must_be_worth_it(
    times_ms: dict[tuple[int, bool], float], best: tuple[int, bool]
) -> None:
    assert quickest(times_ms) == best


def test_threads_are_tried_by_doubling() -> None:
    assert [thread_counts(cores) for cores in (1, 2, 3, 8)] == [
        (1,), (1, 2), (1, 2), (1, 2, 4, 8)
    ]  # fmt: skip


def test_bundle_without_int8_is_tuned_for_threads_only(tmp_path: Path) -> None:
    tuning = tune(open_bundle(write_bundle(tmp_path / "b")), SystemClock())
    assert (tuning.int8, tuning.choice.model) == (None, "float")
    assert (1, False) in tuning.times_ms


def test_pictures_that_only_int8_passes_are_counted(tmp_path: Path) -> None:
    """The twin sees every picture a third darker: what is just too bright would pass."""
    path = write_bundle(tmp_path / "b", threshold=0.5, int8_model=brightness_model(white=383.0))
    (tmp_path / "images").mkdir()
    for level in (100, 150, 160, 250):
        write_png(tmp_path / "images" / f"{level}.png", np.full((32, 48), level, np.uint8))
    (tmp_path / "images" / "no.png").write_bytes(b"no picture")
    tuning = tune(open_bundle(path), SystemClock(), str(tmp_path / "images"))
    assert tuning.int8 is not None
    assert (tuning.int8.n_images, tuning.int8.n_flips, tuning.int8.n_newly_passed) == (4, 2, 2)
    assert tuning.choice.model == "float"
    table = tuning.as_table()
    assert (table["model"], table["processor"]) == ("float", tuning.processor)


def test_pictures_are_brought_to_the_light_that_the_bundle_was_made_on(tmp_path: Path) -> None:
    path = write_bundle(
        tmp_path / "b", threshold=0.5, int8_model=brightness_model(white=256.0), max_sample=1023
    )
    (tmp_path / "images").mkdir()
    write_png(tmp_path / "images" / "a.png", np.full((32, 48), 900, np.uint16))
    tuning = tune(open_bundle(path), SystemClock(), str(tmp_path / "images"))
    assert tuning.int8 is not None
    assert tuning.int8.n_images == 1


def test_canary_that_scores_otherwise_here_keeps_float(tmp_path: Path) -> None:
    twin = brightness_model(white=256.0)
    path = write_bundle(tmp_path / "b", int8_model=twin, int8_canary_offset=0.1)
    tuning = tune(open_bundle(path), SystemClock())
    assert tuning.int8 is not None
    assert "does not judge here as it was proven to" in (tuning.int8.canary_fault or "")
    assert tuning.choice.model == "float"


def test_folder_of_pictures_that_none_can_read_is_refused(tmp_path: Path) -> None:
    path = write_bundle(tmp_path / "b", int8_model=brightness_model(white=256.0))
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "no.png").write_bytes(b"no picture")
    with pytest.raises(SourceUnavailable, match="none of its pictures can be judged"):
        tune(open_bundle(path), SystemClock(), str(tmp_path / "images"))
