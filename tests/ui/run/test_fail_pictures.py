"""Pictures of fails are made beside the line, small enough to be kept."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.flow import Decision
from inspector.pipeline.parts import PartResult, View
from tests.support.fakes import inspected
from tests.support.panels import result, view
from ui.run import fail_pictures
from ui.run.fail_pictures import FailPictures, fail_picture


def test_picture_has_everything_that_is_known_of_the_part(application: QApplication) -> None:
    made = fail_picture(result(12))
    assert (made.part_number, made.decision, made.camera) == (12, Decision.FAIL, "top")
    assert (made.score, made.threshold) == (0.8, 0.5)
    assert made.picture is not None
    assert made.picture.pixels.shape == (96, 128, 3)
    assert made.small is not None
    assert (made.small.width(), made.small.height()) == (253, 190)


def test_large_picture_is_shrunk_with_its_outlines(
    application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fail_pictures, "MAX_SIDE_PX", 64)
    made = fail_picture(result(1))
    assert made.picture is not None
    assert made.picture.pixels.shape == (48, 64, 3)
    assert int(np.abs(made.picture.pixels.astype(int) - 128).max()) == 0
    box = made.picture.regions[0].box_sensor_px
    assert (box.x_px, box.y_px, box.width_px, box.height_px) == (20.0, 6.0, 12.0, 7.5)
    assert made.picture.to_sensor is not None
    assert made.picture.to_sensor.scale_x == 2.0
    assert made.regions[0].box_sensor_px.x_px == 40.0  # what is told is of the sensor


def test_part_without_a_picture_is_told_all_the_same(application: QApplication) -> None:
    seen = View(camera="top", inspected=inspected(Decision.ERROR))
    made = fail_picture(
        PartResult(part_number=3, views=(seen,), deciding=seen, triggered_ns=0, total_ms=1.0)
    )
    assert (made.decision, made.picture, made.small) == (Decision.ERROR, None, None)


def test_newest_of_a_burst_is_made_and_the_others_are_counted(qtbot: QtBot) -> None:
    pictures = FailPictures()
    seen: list[int] = []
    pictures.ready.connect(lambda fail: seen.append(fail.part_number))
    for number in range(1, 201):
        pictures.add(result(number))
    qtbot.waitUntil(lambda: 200 in seen, timeout=10_000)
    pictures.close()
    assert seen == sorted(seen)
    assert len(seen) + pictures.n_skipped == 200


def test_each_result_comes_back_as_a_picture(qtbot: QtBot) -> None:
    pictures = FailPictures()
    with qtbot.waitSignal(pictures.ready, timeout=10_000) as told:
        pictures.add(result(7))
    pictures.close()
    assert told.args is not None
    assert told.args[0].part_number == 7
    pictures.add(result(8))  # too late, and no trouble


def test_burst_is_skipped_and_counted(
    application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fail_pictures, "MAX_WAITING", 1)
    pictures = FailPictures()
    for number in range(200):
        pictures.add(result(number))
    pictures.close()
    assert 0 < pictures.n_skipped < 200


def test_mono_picture_is_shrunk_too(
    application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fail_pictures, "MAX_SIDE_PX", 50)
    seen = view()
    assert seen.inspected.frame is not None
    mono = replace(seen.inspected.frame, pixels=np.full((60, 99), 77, dtype=np.uint8))
    seen = View(camera="top", inspected=replace(seen.inspected, frame=mono))
    made = fail_picture(
        PartResult(part_number=3, views=(seen,), deciding=seen, triggered_ns=0, total_ms=1.0)
    )
    assert made.picture is not None
    assert made.picture.pixels.shape == (30, 50)
    assert set(made.picture.pixels.ravel().tolist()) == {77}
