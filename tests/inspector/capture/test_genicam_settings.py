"""What is asked of a camera is written in an order that it can take, and all of it compared."""

import pytest

from inspector.capture.genicam_settings import (
    GenicamOptions,
    Value,
    read_options,
    write_and_compare,
)
from inspector.capture.registry import Wanted
from inspector.errors import SettingsError, SourceUnavailable
from inspector.files.tables import Table
from inspector.settings import Trigger


class Camera:
    """Features in memory; a sensor of 100 x 80 px on which offset and size must fit together."""

    def __init__(self, **values: Value) -> None:
        self.values: dict[str, Value] = {
            "Width": 20, "Height": 20, "OffsetX": 70, "OffsetY": 50, "PixelFormat": "Mono8",
            "TriggerMode": "On", **values,
        }  # fmt: skip
        self.written: list[str] = []

    def find(self, name: str) -> "One | None":
        return One(self, name) if name in self.values else None


class One:
    """See `Feature`."""

    def __init__(self, camera: Camera, name: str) -> None:
        self._camera = camera
        self._name = name

    def read(self) -> Value:
        return self._camera.values[self._name]

    def write(self, value: Value) -> None:
        values = {**self._camera.values, self._name: value}
        if int(values["Width"]) + int(values["OffsetX"]) > 100:
            raise SourceUnavailable(f"refuses {self._name} {value}")
        self._camera.values = values
        self._camera.written.append(self._name)


def options(trigger: Trigger = Trigger.FREE, **values: object) -> GenicamOptions:
    table = Table(dict(values), "camera", SettingsError)
    wanted = Wanted(
        kind="k", address="", options=table, source_id="top", folder=".", trigger=trigger
    )
    read = read_options(wanted)
    table.close()
    return read


def test_larger_region_is_written_though_the_old_offset_leaves_no_room() -> None:
    camera = Camera()
    write_and_compare(camera.find, options(width_px=90, x_px=10), "cam")
    assert (camera.values["Width"], camera.values["OffsetX"]) == (90, 10)


def test_nothing_is_written_but_what_was_asked_for() -> None:
    camera = Camera(ExposureTime=500.0, ExposureAuto="Continuous")
    has = write_and_compare(camera.find, options(), "cam")
    assert camera.written == ["TriggerMode"]
    assert has["exposure_us"] == "500.0"
    assert has["trigger"] == "Off"


def test_automatic_control_is_switched_off_before_a_value_is_written() -> None:
    camera = Camera(ExposureTime=500.0, ExposureAuto="Continuous", GainAuto="Once", Gain=1.0)
    write_and_compare(camera.find, options(exposure_us=900, gain=2), "cam")
    assert camera.written[:4] == ["ExposureAuto", "ExposureTime", "GainAuto", "Gain"]


def test_older_names_are_known() -> None:
    camera = Camera(ExposureTimeAbs=500.0, GainRaw=100, AcquisitionFrameRateAbs=10.0)
    has = write_and_compare(camera.find, options(exposure_us=900, gain=120, frames_per_s=30), "cam")
    assert (has["exposure_us"], has["gain"], has["frames_per_s"]) == ("900.0", "120.0", "30.0")


def test_trigger_is_switched_on_after_its_source_is_set() -> None:
    camera = Camera(TriggerSource="Line9", TriggerActivation="AnyEdge", TriggerSelector="x")
    wish = options(Trigger.HARDWARE, trigger_line="Line2", trigger_edge="FallingEdge")
    write_and_compare(camera.find, wish, "cam")
    assert camera.written == [
        "TriggerSelector", "TriggerSource", "TriggerActivation", "TriggerMode",
    ]  # fmt: skip
    assert camera.values["TriggerSource"] == "Line2"


@pytest.mark.parametrize("trigger", [Trigger.SOFTWARE, Trigger.TIMER])
def test_part_that_is_asked_for_is_a_software_trigger(trigger: Trigger) -> None:
    camera = Camera(TriggerSource="Line1")
    write_and_compare(camera.find, options(trigger), "cam")
    assert (camera.values["TriggerSource"], camera.values["TriggerMode"]) == ("Software", "On")


def test_camera_without_a_trigger_runs_free_only() -> None:
    camera = Camera()
    del camera.values["TriggerMode"]
    write_and_compare(camera.find, options(), "cam")
    with pytest.raises(SourceUnavailable, match="cam knows no trigger_line; take it out of"):
        write_and_compare(camera.find, options(Trigger.SOFTWARE), "cam")


def test_setting_that_the_camera_does_not_know_is_named() -> None:
    with pytest.raises(SourceUnavailable, match="cam knows no gain; take it out of the station"):
        write_and_compare(Camera().find, options(gain=2), "cam")


class Stepping(Camera):
    """Rounds an exposure to its own steps."""

    def __init__(self, step: float) -> None:
        super().__init__(ExposureTime=500.0)
        self._step = step

    def find(self, name: str) -> "One | None":
        self.values["ExposureTime"] = float(self.values["ExposureTime"]) // self._step * self._step
        return super().find(name)


def test_steps_of_the_camera_are_no_difference_and_more_is() -> None:
    write_and_compare(Stepping(7.0).find, options(exposure_us=900), "cam")
    with pytest.raises(SourceUnavailable, match=r"asked for exposure_us 900.* and has 800\.0"):
        write_and_compare(Stepping(400.0).find, options(exposure_us=900), "cam")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"pixel_format": "YUV"}, "must be one of Mono8"),
        ({"exposure_us": 0}, "exposure_us 0 outside"),
        ({"x_px": -1}, "x_px -1 outside"),
        ({"trigger_edge": "RisingEdge"}, "trigger_edge goes with trigger = 'hardware'"),
    ],
)
def test_options_that_no_camera_could_take_are_refused(
    values: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        options(**values)  # type: ignore[arg-type]
