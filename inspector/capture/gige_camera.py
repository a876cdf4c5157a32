"""GigE Vision cameras of any maker, without its software: viva-genicam speaks the protocol."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

import viva_genicam
from viva_genicam.camera import ControlState

from inspector.capture.device_choice import the_one
from inspector.capture.formats.genicam_pixels import to_picture
from inspector.capture.frame_count import FrameCount
from inspector.capture.genicam_settings import (
    GenicamOptions,
    Value,
    read_options,
    source_info,
    write_and_compare,
)
from inspector.capture.registry import FoundSource, SourceKind, Wanted
from inspector.capture.source import SourceInfo
from inspector.clock import Clock
from inspector.concurrency.worker import Worker
from inspector.errors import CorruptFrame, GrabTimeout, InspectorError, SourceUnavailable
from inspector.flow import Frame
from inspector.settings import UNASKED

DISCOVERY_MS = 500  # what the protocol gives cameras for their answer
LONGEST_LOOK_S = 1.5  # around for the camera, and all that came meanwhile taken
AT_ONCE_S = 0.005  # so soon comes a picture that was there before it was asked for
SILENT_S = 1.0  # then it is looked for; asked for a register, a dead one keeps us for nine seconds
LEAST_TIMEOUT_MS = 1
MOST_THROWN_AWAY = 10  # pictures before a trigger; a camera that gives more does not obey


class GigeCamera:
    """See `FrameSource`.

    Args:
        address: Its IP or MAC address; empty: the only one.
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
        self._camera: viva_genicam.Camera | None = None
        self._stream: viva_genicam.FrameStream | None = None
        self._info = SourceInfo(description=f"GigE Vision camera {address}".strip())
        self._ip = ""
        self._count = FrameCount()
        self._heard_ns = 0
        self._away_ns: int | None = None  # since when nobody waited for its pictures
        self._is_silent = False  # it did not answer when it was looked for
        self._is_waiting = False  # a trigger's picture has not come yet

    def open(self) -> None:
        """See `FrameSource.open`."""
        self.close()
        self._away_ns = None
        with _converted_errors(self._info.description):
            device = the_one(_devices(), _names_of, self._address, "GigE Vision camera")
            name = f"{device.manufacturer or ''} {device.model or ''} {device.ip}".strip()
        self._ip = device.ip
        with _converted_errors(name):
            self._camera = viva_genicam.connect_gige(device)
        try:
            with _converted_errors(name):
                find = partial(_feature, self._camera, name)
                settings = write_and_compare(find, self._options, name)
                self._start()
        except BaseException:
            self.close()
            raise
        self._info = source_info(name, settings, self._options)
        self._count = FrameCount()
        self._heard_ns = self._clock.monotonic_ns()
        self._is_waiting = False

    def trigger(self) -> None:
        """See `FrameSource.trigger`."""
        if self._options.trigger in UNASKED:
            return
        camera, stream = self._opened()
        with _converted_errors(self._info.description):
            if self._is_waiting:  # its picture may still come, and belongs to nobody any more
                self._stop()
                self._start()
                self._count.camera_began_anew()
                camera, stream = self._opened()
            for _ in range(MOST_THROWN_AWAY):
                frame = _next(stream, LEAST_TIMEOUT_MS)
                if frame is None:
                    break
                self._count.add(frame.block_id)  # nobody asked for it: a doubled picture
            self._is_silent = True  # until it has answered
            camera.trigger_software()
            self._is_silent = False
            self._heard_ns = self._clock.monotonic_ns()
            self._is_waiting = True

    def grab(self, timeout_s: float) -> Frame:
        """See `FrameSource.grab`."""
        _, stream = self._opened()
        name = self._info.description
        with _converted_errors(name):
            asked_ns = self._clock.monotonic_ns()
            taken = _next(stream, max(LEAST_TIMEOUT_MS, round(timeout_s * 1e3)))
            came_ns = self._clock.monotonic_ns()
            away_ns = self._away_ns
            is_at_once = taken is not None and came_ns - asked_ns < AT_ONCE_S * 1e9
            if away_ns is None or not is_at_once or came_ns - away_ns > LONGEST_LOOK_S * 1e9:
                away_ns = self._away_ns = None
            if taken is None:
                self._check_presence()
                raise GrabTimeout(f"{name} gave no picture in {timeout_s:g} s")
            # What waited did so nobody knows how long: no part gets more time for it.
            return self._frame(taken, came_ns if away_ns is None else away_ns)

    def close(self) -> None:
        """See `FrameSource.close`."""
        let_go = partial(_let_go, self._stream, self._camera)
        self._stream = self._camera = None
        if self._is_silent:  # it is asked to stop, for nine seconds; meanwhile it may be back
            Worker("gige:let go", let_go, _forget).start()
        else:
            let_go()
        self._is_silent = False

    def info(self) -> SourceInfo:
        """See `FrameSource.info`."""
        return self._info

    def _opened(self) -> tuple[viva_genicam.Camera, viva_genicam.FrameStream]:
        if self._camera is None or self._stream is None:
            raise ValueError("the source is not open")
        return self._camera, self._stream

    def _start(self) -> None:
        assert self._camera is not None  # noqa: S101  (just connected)
        self._stream = self._camera.stream(auto_packet_size=True, deliver_incomplete=True)
        self._stream.__enter__()

    def _stop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.__exit__(None, None, None)

    def _check_presence(self) -> None:
        """A camera that is gone is silent; one that answers only has nothing to show."""
        camera, _ = self._opened()
        if self._clock.monotonic_ns() - self._heard_ns < SILENT_S * 1e9:
            return
        if camera.control_state is ControlState.LOST:
            raise SourceUnavailable(
                f"{self._info.description} is controlled by another program; end that one"
            )
        self._away_ns = self._clock.monotonic_ns()  # looking around takes half a second
        if self._ip not in [one.ip for one in _devices()]:
            self._is_silent = True
            raise SourceUnavailable(f"{self._info.description} is silent; check cable and power")
        self._heard_ns = self._clock.monotonic_ns()

    def _frame(self, taken: viva_genicam.Frame, captured_ns: int) -> Frame:
        self._heard_ns = self._clock.monotonic_ns()
        name = self._info.description
        self._count.add(taken.block_id)
        self._is_waiting = False
        if not taken.is_complete:
            raise CorruptFrame(f"{name}: picture {self._count.newest} came incomplete")
        pixels = to_picture(
            taken.payload(),
            taken.pixel_format,
            (taken.height, taken.width),
            row_padding_bytes=taken.padding_x,
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


class _Node:
    """See `Feature`."""

    def __init__(self, camera: viva_genicam.Camera, name: str, feature: str) -> None:
        self._camera = camera
        self._name = name
        self._feature = feature
        self._kind = camera.feature_state(feature).kind

    def read(self) -> Value:
        self._camera.invalidate(self._feature)  # what it has, not what was written
        value = self._camera.feature_state(self._feature).value
        return "" if value is None else value

    def write(self, value: Value) -> None:
        try:
            if self._kind == "Enumeration":
                self._camera.set_enum(self._feature, str(value))
            elif self._kind == "Boolean":
                self._camera.set_bool(self._feature, bool(value))
            elif self._kind in ("Float", "Converter", "SwissKnife"):
                self._camera.set_float(self._feature, float(value))
            else:
                self._camera.set_integer(self._feature, int(value))
        except viva_genicam.GenicamError as error:
            raise SourceUnavailable(
                f"{self._name} refuses {self._feature} {value}: {_said(error)}{self._offer()}"
            ) from error

    def _offer(self) -> str:
        state = self._camera.feature_state(self._feature)
        if state.enum_entries:
            return f"; it offers {', '.join(state.enum_entries)}"
        if state.range is None:
            return ""
        return f"; it offers {state.range.min:g} to {state.range.max:g}"


def _feature(camera: viva_genicam.Camera, name: str, feature: str) -> _Node | None:
    try:
        state = camera.feature_state(feature)
    except viva_genicam.TransportError:
        raise
    except viva_genicam.GenicamError:  # it has no node of this name
        return None
    return _Node(camera, name, feature) if state.is_implemented and state.is_available else None


def _let_go(stream: viva_genicam.FrameStream | None, camera: viva_genicam.Camera | None) -> None:
    with suppress(viva_genicam.GenicamError):  # it may be gone already
        if stream is not None:
            stream.__exit__(None, None, None)
    with suppress(viva_genicam.GenicamError):
        if camera is not None:
            camera.close()


def _forget(_error: InspectorError) -> None:
    """Of a camera that is gone nothing more is wanted."""


def _next(stream: viva_genicam.FrameStream, timeout_ms: int) -> viva_genicam.Frame | None:
    """The next picture; None where none came in time."""
    try:
        frame = stream.next_frame(timeout_ms)
    except viva_genicam.TransportError as error:
        if "timeout" in str(error):
            return None
        raise
    if frame is None:
        raise SourceUnavailable("the stream has ended; check cable and power")
    return frame


def _devices() -> list[viva_genicam.GigeDeviceInfo]:
    return list(viva_genicam.discover(timeout_ms=DISCOVERY_MS, all=True))


def _names_of(device: viva_genicam.GigeDeviceInfo) -> tuple[str, ...]:
    return device.ip, device.mac


@contextmanager
def _converted_errors(name: str) -> Iterator[None]:
    """Turn what the library raises into an error that says what to do."""
    try:
        yield
    except InspectorError:
        raise
    except viva_genicam.GenicamError as error:
        text = _said(error)
        is_held = "denied" in text.lower() or "privilege" in text.lower()
        advice = "another program holds it: end that one" if is_held else "check cable and power"
        raise SourceUnavailable(f"{name}: {text}; {advice}") from error


def _said(error: Exception) -> str:
    return str(error).split("\n")[0].rstrip(". ")


def _make(wanted: Wanted, clock: Clock) -> GigeCamera:
    options = read_options(wanted)
    wanted.options.close()
    return GigeCamera(wanted.address, options, wanted.source_id, clock, wanted.max_sample)


def _find() -> tuple[FoundSource, ...]:
    with _converted_errors("looking for GigE Vision cameras"):
        found = _devices()
    return tuple(
        FoundSource(
            source=f"gige:{one.ip}",
            description=" ".join(filter(None, (one.manufacturer, one.model))),
        )
        for one in found
    )


KIND = SourceKind(
    usage="gige:IP",
    summary="a GigE Vision camera of any maker, by its IP or MAC address",
    make=_make,
    find=_find,
    has_input=True,
    is_exclusive=True,
)
