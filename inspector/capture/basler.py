"""A Basler camera, through pylon: what is written to it is read back and compared.

A triggered camera gives one picture for each trigger. What comes late belongs to a part that is an
ERROR already: before the next trigger the acquisition is begun anew, which throws it away.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from pypylon import genicam, pylon

from inspector.capture.device_choice import the_one
from inspector.capture.formats.genicam_pixels import to_picture
from inspector.capture.frame_count import FrameCount
from inspector.capture.genicam_settings import (
    GenicamOptions,
    Value,
    read_options,
    write_and_compare,
)
from inspector.capture.registry import FoundSource, SourceKind, Wanted
from inspector.capture.source import SourceInfo
from inspector.clock import Clock
from inspector.errors import (
    CorruptFrame,
    FrameLost,
    GrabTimeout,
    InspectorError,
    SourceUnavailable,
)
from inspector.flow import Frame
from inspector.settings import UNASKED, Trigger

N_BUFFERS = 10  # a third of a second at 30 pictures/s; 50 MB of 5 Mpx
READY_TIMEOUT_MS = 200  # a trigger before the camera is ready would be lost without a word
EMULATOR = "PYLON_CAMEMU"  # the SDK's own switch: how many emulated cameras there are


class BaslerCamera:
    """See `FrameSource`.

    Args:
        address: Its serial number or the name that a user gave it; empty: the only one.
        max_sample: See `Wanted`.
    """

    def __init__(
        self,
        address: str,
        options: GenicamOptions,
        source_id: str,
        clock: Clock,
        max_sample: int | None = None,
    ) -> None:
        self._address = address
        self._options = options
        self._source_id = source_id
        self._clock = clock
        self._max_sample = max_sample
        self._camera: pylon.InstantCamera | None = None
        self._info = SourceInfo(description=f"Basler camera {address}".strip())
        self._pixel_format = ""
        self._count = FrameCount()
        self._is_waiting = False  # a trigger's picture has not come yet

    def open(self) -> None:
        """See `FrameSource.open`."""
        self.close()
        with _converted_errors(self._info.description):
            found = _devices()
        device = the_one(found, _names_of, self._address, "Basler camera")
        name = f"{device.GetModelName()} {device.GetSerialNumber()}"
        with _converted_errors(name):
            camera = pylon.InstantCamera(pylon.TlFactory.GetInstance().CreateDevice(device))
        try:
            with _converted_errors(name):
                camera.Open()
                camera.MaxNumBuffer.Value = N_BUFFERS
                find = partial(_feature, camera, name)
                settings = write_and_compare(find, self._options, name)
                pixel_format = camera.PixelFormat.Value  # it cannot change while pictures come
                size_px = (int(camera.Height.Value), int(camera.Width.Value))
                rate = find("ResultingFrameRate") or find("ResultingFrameRateAbs")
                camera.StartGrabbing(pylon.GrabStrategy_OneByOne)
        except BaseException:
            camera.Close()
            raise
        self._camera, self._pixel_format = camera, pixel_format
        is_free = self._options.trigger is Trigger.FREE
        self._info = SourceInfo(
            description=f"Basler {name}",
            size_px=size_px,
            frames_per_s=float(rate.read()) if is_free and rate is not None else None,
            is_triggered=self._options.trigger not in UNASKED,
            settings=settings,
        )
        self._count = FrameCount()
        self._is_waiting = False

    def trigger(self) -> None:
        """See `FrameSource.trigger`."""
        if self._options.trigger in UNASKED:
            return
        camera = self._opened()
        with _converted_errors(self._info.description):
            if self._is_waiting:
                camera.StopGrabbing()
                camera.StartGrabbing(pylon.GrabStrategy_OneByOne)
                self._count.camera_began_anew()
            while camera.NumReadyBuffers.Value:  # nobody asked for these: a doubled picture
                doubled = camera.RetrieveResult(0, pylon.TimeoutHandling_Return)
                self._count.add(doubled.GetBlockID())
            if not camera.WaitForFrameTriggerReady(READY_TIMEOUT_MS, pylon.TimeoutHandling_Return):
                raise FrameLost(
                    f"{self._info.description} was not ready for the trigger; triggers come faster "
                    "than it takes pictures"
                )
            camera.ExecuteSoftwareTrigger()
            self._is_waiting = True

    def grab(self, timeout_s: float) -> Frame:
        """See `FrameSource.grab`."""
        camera = self._opened()
        with _converted_errors(self._info.description):
            if camera.IsCameraDeviceRemoved():
                raise SourceUnavailable(f"{self._info.description} was removed; check its cable")
            result = camera.RetrieveResult(round(timeout_s * 1e3), pylon.TimeoutHandling_Return)
            if not result:
                raise GrabTimeout(f"{self._info.description} gave no picture in {timeout_s:g} s")
            try:
                return self._frame(result)
            finally:
                result.Release()

    def close(self) -> None:
        """See `FrameSource.close`."""
        camera, self._camera = self._camera, None
        if camera is not None:
            try:
                camera.StopGrabbing()
                camera.Close()
            except genicam.GenericException:  # it is gone already
                camera.DestroyDevice()

    def info(self) -> SourceInfo:
        """See `FrameSource.info`."""
        return self._info

    def _opened(self) -> pylon.InstantCamera:
        if self._camera is None:
            raise ValueError("the source is not open")
        return self._camera

    def _frame(self, result: Any) -> Frame:
        captured_ns = self._clock.monotonic_ns()
        self._count.add(result.GetBlockID())
        self._is_waiting = False
        name = self._info.description
        if not result.GrabSucceeded():
            raise CorruptFrame(
                f"{name}: picture {self._count.newest} came incomplete: "
                f"{result.GetErrorDescription() or 'no reason given'}"
            )
        with result.GetMemoryView() as data:
            pixels = to_picture(
                data,
                self._pixel_format,
                (result.GetHeight(), result.GetWidth()),
                row_padding_bytes=result.GetPaddingX(),
                max_sample=self._max_sample,
                name=name,
            )
        return Frame(
            frame_id=self._count.newest,
            source_id=self._source_id,
            captured_ns=captured_ns,
            captured_at=self._clock.now(),
            pixels=pixels,
            exposure_us=self._options.exposure_us,
        )


def _devices() -> tuple[Any, ...]:
    factory = pylon.TlFactory.GetInstance()
    if os.environ.get(EMULATOR, "0") != "0":  # then no network card is probed
        layer = factory.CreateTl("BaslerCamEmu")
        return () if layer is None else tuple(layer.EnumerateDevices())
    return tuple(factory.EnumerateDevices())


def _names_of(device: Any) -> tuple[str, ...]:
    return device.GetSerialNumber(), device.GetUserDefinedName()


class _Node:
    """See `Feature`."""

    def __init__(self, name: str, feature: str, node: Any) -> None:
        self._name = name
        self._feature = feature
        self._node = node

    def read(self) -> Value:
        value: Value = self._node.Value
        return value

    def write(self, value: Value) -> None:
        try:
            self._node.Value = value
        except genicam.GenericException as error:
            raise SourceUnavailable(
                f"{self._name} refuses {self._feature} {value}: {_said(error)}{self._offer()}"
            ) from error

    def _offer(self) -> str:
        try:
            if hasattr(self._node, "Symbolics"):
                return f"; it offers {', '.join(self._node.Symbolics)}"
            return f"; it offers {self._node.Min:g} to {self._node.Max:g}"
        except (genicam.GenericException, AttributeError):
            return ""


def _feature(camera: pylon.InstantCamera, name: str, feature: str) -> _Node | None:
    node = camera.GetNodeMap().GetNode(feature)
    if node is None or not genicam.IsAvailable(node):
        return None
    return _Node(name, feature, getattr(camera, feature))


@contextmanager
def _converted_errors(name: str) -> Iterator[None]:
    """Turn what the SDK raises into an error that says what to do."""
    try:
        yield
    except InspectorError:
        raise
    except genicam.GenericException as error:
        text = _said(error)
        is_held = "exclusively opened" in text or "controlled by another" in text
        advice = "another program holds it: end that one" if is_held else "check cable and power"
        raise SourceUnavailable(f"{name}: {text}; {advice}") from error


def _said(error: Exception) -> str:
    """The SDK's reason, without the place in its own source."""
    return str(error).split(" : ")[0].split("\n")[0].rstrip(". ")


def _make(wanted: Wanted, clock: Clock) -> BaslerCamera:
    options = read_options(wanted)
    wanted.options.close()
    return BaslerCamera(wanted.address, options, wanted.source_id, clock, wanted.max_sample)


def _find() -> tuple[FoundSource, ...]:
    with _converted_errors("looking for Basler cameras"):
        found = _devices()
    return tuple(
        FoundSource(
            source=f"basler:{one.GetSerialNumber()}",
            description=" ".join(filter(None, (one.GetModelName(), one.GetUserDefinedName()))),
        )
        for one in found
    )


KIND = SourceKind(
    usage="basler:SERIAL",
    summary="a Basler camera by its serial number or its name",
    make=_make,
    find=_find,
    has_input=True,
    is_exclusive=True,
)
