"""Any camera with a GenTL producer, its maker's driver as a .cti file, through harvesters.

A producer may be opened once in a process: its cameras share one harvester. Looking for cameras
while one of them takes pictures stops it, so that is not done.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from genicam.genapi import EAccessMode
from genicam.genapi import GenericException as GenapiException
from genicam.gentl import GenericException as GentlException
from genicam.gentl import TimeoutException
from harvesters.core import Harvester

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
from inspector.errors import (
    CorruptFrame,
    GrabTimeout,
    InspectorError,
    SettingsError,
    SourceUnavailable,
)
from inspector.flow import Frame
from inspector.settings import UNASKED

N_BUFFERS = 10  # a third of a second at 30 pictures/s; 50 MB of 5 Mpx
LEAST_TIMEOUT_S = 0.001  # the library takes 0 for "as long as it takes"
PRODUCERS = "GENICAM_GENTL64_PATH"  # by the GenTL standard: the folders of the installed ones
# Of the transport and of the camera's features: two families that have no ancestor in common.
_LIBRARY_ERRORS = (GentlException, GenapiException)
_READABLE = (EAccessMode.RO, EAccessMode.RW)


class _Producers:
    """The producers of this process. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._harvesters: dict[str, Harvester] = {}
        self._n_open: dict[str, int] = {}

    def devices(self, producer: str) -> list[Any]:
        """The cameras that a producer finds."""
        with self._lock:
            harvester = self._harvesters.get(producer)
            if harvester is None:
                harvester = Harvester()
                _load(harvester, producer)
                self._harvesters[producer] = harvester
            if not self._n_open.get(producer):
                harvester.update()
            return list(harvester.device_info_list)

    def create(self, producer: str, device: Any) -> Any:
        """Open a camera."""
        with self._lock:
            acquirer = self._harvesters[producer].create(device)
            self._n_open[producer] = self._n_open.get(producer, 0) + 1
            return acquirer

    def destroy(self, producer: str, acquirer: Any) -> None:
        """Close a camera; the last one lets go of the producer."""
        with self._lock:
            self._n_open[producer] -= 1
            try:
                acquirer.destroy()
            finally:
                if not self._n_open[producer]:
                    self._harvesters.pop(producer).reset()


_PRODUCERS = _Producers()


class GenicamCamera:
    """See `FrameSource`.

    Args:
        producer: Its .cti file.
        address: Its serial number or its id; empty: the only one.
        max_sample: See `Wanted`.
    """

    def __init__(
        self,
        producer: str,
        address: str,
        options: GenicamOptions,
        source_id: str,
        clock: Clock,
        max_sample: int | None = None,
    ) -> None:
        self._producer = producer
        self._address = address
        self._options = options
        self._source_id = source_id
        self._clock = clock
        self._max_sample = max_sample
        self._acquirer: Any | None = None
        self._info = SourceInfo(description=f"GenICam camera {address}".strip())
        self._count = FrameCount()
        self._is_waiting = False  # a trigger's picture has not come yet

    def open(self) -> None:
        """See `FrameSource.open`."""
        self.close()
        with _converted_errors(self._info.description):
            found = _PRODUCERS.devices(self._producer)
            behind = f" behind {self._producer!r}"
            device = the_one(found, _names_of, self._address, "GenICam camera", behind)
            name = f"{device.vendor} {device.model} {device.serial_number}"
        with _converted_errors(name):
            acquirer = _PRODUCERS.create(self._producer, device)
        try:
            with _converted_errors(name):
                find = partial(_feature, acquirer.remote_device.node_map, name)
                settings = write_and_compare(find, self._options, name)
                acquirer.num_buffers = N_BUFFERS
                acquirer.start()
        except BaseException:
            with suppress(*_LIBRARY_ERRORS):  # what went wrong before is what counts
                _PRODUCERS.destroy(self._producer, acquirer)
            raise
        self._acquirer = acquirer
        self._info = source_info(name, settings, self._options)
        self._count = FrameCount()
        self._is_waiting = False

    def trigger(self) -> None:
        """See `FrameSource.trigger`."""
        if self._options.trigger in UNASKED:
            return
        acquirer = self._opened()
        with _converted_errors(self._info.description):
            if self._is_waiting:  # its picture may still come, and belongs to nobody any more
                acquirer.stop()
                acquirer.start()
                self._count.camera_began_anew()
            self._throw_away(acquirer)
            acquirer.remote_device.node_map.TriggerSoftware.execute()
            self._is_waiting = True

    def grab(self, timeout_s: float) -> Frame:
        """See `FrameSource.grab`."""
        acquirer = self._opened()
        name = self._info.description
        with _converted_errors(name):
            try:
                buffer = acquirer.fetch(timeout=max(timeout_s, LEAST_TIMEOUT_S))
            except TimeoutException as error:
                raise GrabTimeout(f"{name} gave no picture in {timeout_s:g} s") from error
            with buffer:
                return self._frame(buffer)

    def close(self) -> None:
        """See `FrameSource.close`."""
        acquirer, self._acquirer = self._acquirer, None
        if acquirer is not None:
            with suppress(*_LIBRARY_ERRORS):  # it may be gone already
                _PRODUCERS.destroy(self._producer, acquirer)

    def info(self) -> SourceInfo:
        """See `FrameSource.info`."""
        return self._info

    def _opened(self) -> Any:
        if self._acquirer is None:
            raise ValueError("the source is not open")
        return self._acquirer

    def _throw_away(self, acquirer: Any) -> None:
        """What lies there shows an earlier part: a doubled picture, or a spike on the wire."""
        for _ in range(N_BUFFERS):
            try:
                with acquirer.fetch(timeout=LEAST_TIMEOUT_S) as buffer:
                    self._count.add(buffer.module.frame_id)
            except TimeoutException:
                return

    def _frame(self, buffer: Any) -> Frame:
        captured_ns = self._clock.monotonic_ns()
        name = self._info.description
        self._count.add(buffer.module.frame_id)
        self._is_waiting = False
        if not buffer.module.is_complete() or not buffer.payload.components:
            raise CorruptFrame(f"{name}: picture {self._count.newest} came incomplete")
        part = buffer.payload.components[0]
        pixels = to_picture(
            memoryview(part.data).cast("B"),
            part.data_format,
            (part.height, part.width),
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

    def __init__(self, name: str, feature: str, node: Any) -> None:
        self._name = name
        self._feature = feature
        self._node = node

    def read(self) -> Value:
        value: Value = self._node.value
        return value

    def write(self, value: Value) -> None:
        try:
            is_whole = isinstance(value, float) and isinstance(self._node.value, int)
            self._node.value = int(value) if is_whole else value
        except Exception as error:
            raise SourceUnavailable(
                f"{self._name} refuses {self._feature} {value}: {_said(error)}{self._offer()}"
            ) from error

    def _offer(self) -> str:
        if hasattr(self._node, "symbolics"):
            return f"; it offers {', '.join(self._node.symbolics)}"
        return f"; it offers {self._node.min:g} to {self._node.max:g}"


def _feature(nodes: Any, name: str, feature: str) -> _Node | None:
    node = getattr(nodes, feature, None)
    is_there = node is not None and node.get_access_mode() in _READABLE
    return _Node(name, feature, node) if is_there else None


def _load(harvester: Harvester, producer: str) -> None:
    try:
        # Without both checks a file that is none is passed over without a word.
        harvester.add_file(producer, check_existence=True, check_validity=True)
    except (OSError, GentlException) as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else _said(error)
        raise SourceUnavailable(
            f"the GenTL producer {producer!r} cannot be loaded: {reason}; name the .cti file that "
            "came with the camera"
        ) from error


def _names_of(device: Any) -> tuple[str, ...]:
    return device.serial_number, device.id_


@contextmanager
def _converted_errors(name: str) -> Iterator[None]:
    """Turn what producer and library raise into an error that says what to do."""
    try:
        yield
    except InspectorError:
        raise
    except _LIBRARY_ERRORS as error:
        text = _said(error)
        is_held = "in use" in text or "access denied" in text.lower()
        advice = "another program holds it: end that one" if is_held else "check cable and power"
        raise SourceUnavailable(f"{name}: {text}; {advice}") from error


def _said(error: Exception) -> str:
    return str(error).split(" (Message")[0].split("\n")[0].rstrip(". ")


def _installed() -> tuple[str, ...]:
    folders = filter(None, os.environ.get(PRODUCERS, "").split(os.pathsep))
    return tuple(str(path) for folder in folders for path in sorted(Path(folder).glob("*.cti")))


def _make(wanted: Wanted, clock: Clock) -> GenicamCamera:
    options = read_options(wanted)
    producer = wanted.options.optional_text("producer")
    wanted.options.close()
    installed = _installed()
    if producer is None and len(installed) != 1:
        there = ", ".join(installed) or "none"
        raise SettingsError(
            f"{wanted.options.where}: say which GenTL producer: producer = '/path/to/it.cti'; "
            f"installed by {PRODUCERS}: {there}"
        )
    path = installed[0] if producer is None else str(Path(wanted.folder) / producer)
    return GenicamCamera(path, wanted.address, options, wanted.source_id, clock, wanted.max_sample)


def _find() -> tuple[FoundSource, ...]:
    return tuple(
        FoundSource(source=f"genicam:{one.serial_number}", description=f"{one.vendor} {one.model}")
        for producer in _installed()
        for one in _PRODUCERS.devices(producer)
    )


KIND = SourceKind(
    usage="genicam:SERIAL",
    summary="any camera with a GenTL producer, by its serial number or its id",
    make=_make,
    find=_find,
    has_input=True,
    is_exclusive=True,
)
