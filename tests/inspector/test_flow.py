"""The values refuse what no stage could use, and cannot be changed behind a stage's back."""

import dataclasses
from datetime import UTC, datetime

import numpy as np
import pytest

from inspector.errors import CorruptFrame
from inspector.flow import Decision, Frame, Prediction, Reason, Region, StoredImage, TilePlace
from inspector.geometry import Box
from tests.support.fakes import frame, record


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 3), (1, 1), (1, 1, 3)])
def test_frame_takes_mono_and_colour(shape: tuple[int, ...]) -> None:
    assert frame(np.zeros(shape, dtype=np.uint8)).pixels.shape == shape


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ((4, 6, 1), np.uint8),
        ((4, 6, 4), np.uint8),
        ((2, 4, 6, 3), np.uint8),
        ((6,), np.uint8),
        ((), np.uint8),
        ((0, 6), np.uint8),
        ((4, 0, 3), np.uint8),
        ((4, 6), np.int8),
        ((4, 6), np.uint16),
        ((4, 6, 3), np.float32),
        ((4, 6), np.bool_),
    ],
)
def test_frame_of_another_form_is_corrupt(shape: tuple[int, ...], kind: type) -> None:
    with pytest.raises(CorruptFrame) as caught:
        frame(np.zeros(shape, dtype=kind), frame_id=7)
    assert str(caught.value) == f"frame 7: {np.dtype(kind)} {shape}"


def test_pixels_of_a_frame_cannot_be_written() -> None:
    pixels = np.zeros((4, 6), dtype=np.uint8)
    kept = frame(pixels)
    for array in (pixels, kept.pixels):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_frames_are_told_apart_by_identity() -> None:
    """Arrays have no single truth value: equality of values would raise."""
    one, other = frame(), frame()
    assert (one == other, one == one, len({one, other})) == (False, True, 2)


def test_optional_facts_of_a_frame_are_absent_unless_the_source_knows_them() -> None:
    bare = Frame(
        frame_id=0,
        source_id="camera",
        captured_ns=0,
        captured_at=datetime(2026, 1, 1, tzinfo=UTC),
        pixels=np.zeros((1, 1), dtype=np.uint8),
    )
    assert (bare.part_id, bare.exposure_us, bare.content_sha256) == (None, None, None)


@pytest.mark.parametrize(
    "value",
    [
        frame(),
        record(),
        Prediction(frame_id=0, score=0.5, heatmap=None, bundle_id="b"),
        TilePlace(x_px=0, y_px=0),
        Reason(rule="score"),
        Region(box_sensor_px=Box(x_px=0, y_px=0, width_px=1, height_px=1), peak=1.0),
        StoredImage(path="a.png", sha256=""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_value_cannot_be_changed(value: object) -> None:
    assert dataclasses.is_dataclass(value)
    for field in dataclasses.fields(value):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field.name, None)
    assert not hasattr(value, "__dict__")  # no room for a field that no stage promised


def test_decision_is_spelt_by_its_name() -> None:
    assert [str(decision) for decision in Decision] == ["PASS", "FAIL", "ERROR"]


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Reason(rule="score", measured=0.75, limit=0.5), "score 0.75 over 0.5"),
        (Reason(rule="score", measured=0.0, limit=0.0), "score 0 over 0"),
        (
            Reason(rule="hole", measured=1234567.0, limit=2.0, unit="px"),
            "hole 1.23457e+06 over 2 px",
        ),
        (Reason(rule="CorruptFrame", detail="a.png: cut"), "CorruptFrame: a.png: cut"),
        (Reason(rule="Overrun"), "Overrun"),
        (Reason(rule="score", measured=0.75, detail="no limit"), "score: no limit"),
        (Reason(rule="score", limit=0.5), "score"),
    ],
)
def test_reason_is_one_line_for_people(reason: Reason, text: str) -> None:
    assert reason.text() == text


def test_records_do_not_share_their_stage_times() -> None:
    one, other = (dataclasses.replace(record(name)) for name in ("a.png", "b.png"))
    assert one.stage_ms is not other.stage_ms
