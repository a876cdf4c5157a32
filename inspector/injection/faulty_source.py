"""A camera to which the faults of a script happen."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.capture.source import FrameSource, SourceInfo
from inspector.clock import Clock
from inspector.errors import CorruptFrame, GrabTimeout, SourceUnavailable
from inspector.flow import Frame
from inspector.injection.script import Fault, Kind

if TYPE_CHECKING:
    from inspector.injection.injector import Happened, Injector


@dataclass(frozen=True, slots=True, kw_only=True)
class _Late:
    """A picture that is on its way."""

    frame: Frame
    happened: "Happened"
    part: int


class FaultySource:
    """See `FrameSource`. Behaves as the camera behind it where the script says nothing."""

    def __init__(
        self, camera: str, source: FrameSource, injector: "Injector", clock: Clock
    ) -> None:
        self._camera = camera
        self._source = source
        self._injector = injector
        self._clock = clock
        self._pause = threading.Event()  # nobody sets it
        self._lost: list[Happened] = []  # pictures that never came, before the next that does
        self._again: tuple[Frame, Happened] | None = None  # one that comes a second time
        self._late: _Late | None = None
        self._away: Happened | None = None

    def open(self) -> None:
        """See `FrameSource.open`."""
        away = self._away
        if away is None:
            self._source.open()
            return
        self._injector.hits_too(self._camera, away)
        if not self._is_over(away):
            raise SourceUnavailable(_said(away.fault, "unplugged"))
        self._source.open()
        away.recovered_ns = self._clock.monotonic_ns()
        self._away = None

    def trigger(self) -> None:
        """See `FrameSource.trigger`."""
        self._late = None  # of an earlier trigger
        self._source.trigger()

    def grab(self, timeout_s: float) -> Frame:
        """See `FrameSource.grab`."""
        self._injector.forget_announced()
        if self._again is not None:
            (frame, happened), self._again = self._again, None
            return self._given(frame, happened)
        late = self._late
        if late is not None and (
            self._is_over(late.happened) or late.part == self._injector.part_of(self._camera)
        ):
            return self._arrived(late, timeout_s)
        until_ns = self._clock.monotonic_ns() + round(timeout_s * 1e9)
        while True:
            left_s = max(0.0, (until_ns - self._clock.monotonic_ns()) / 1e9)
            fault = self._injector.next_fault(self._camera, n_ahead=len(self._lost))
            if fault is not None and fault.kind is Kind.UNPLUG:
                self._away = self._injector.hit(self._camera, fault)
                raise SourceUnavailable(_said(fault, "unplugged"))
            frame = self._source.grab(left_s)
            if fault is None:
                return self._given(frame, None)
            if fault.kind is not Kind.DROP or not self._injector.is_free:
                return self._faulty(frame, fault, until_ns)
            self._lost.append(self._injector.hit(self._camera, fault))

    def close(self) -> None:
        """See `FrameSource.close`."""
        self._again = self._late = None
        self._source.close()

    def info(self) -> SourceInfo:
        """See `FrameSource.info`."""
        return self._source.info()

    def _faulty(self, frame: Frame, fault: Fault, until_ns: int) -> Frame:
        left_s = max(0.0, (until_ns - self._clock.monotonic_ns()) / 1e9)
        happened = self._injector.hit(self._camera, fault)
        if fault.kind is Kind.CORRUPT:
            self._injector.announce(happened)
            raise CorruptFrame(_said(fault, f"picture {frame.frame_id} is damaged"))
        if fault.kind is Kind.DOUBLE:
            self._again = frame, happened
            return self._given(frame, None)
        if fault.kind is Kind.LATE:
            part = self._injector.part_of(self._camera)
            self._late = _Late(frame=frame, happened=happened, part=part)
            return self._arrived(self._late, left_s)
        self._pause.wait(left_s)
        raise GrabTimeout(_said(fault, "its picture never comes"))

    def _arrived(self, late: _Late, timeout_s: float) -> Frame:
        on_its_way_s = ((late.happened.ended_ns or 0) - self._clock.monotonic_ns()) / 1e9
        self._pause.wait(max(0.0, min(timeout_s, on_its_way_s)))
        if not self._is_over(late.happened):
            raise GrabTimeout(_said(late.happened.fault, "its picture is late"))
        self._late = None
        return self._given(late.frame, late.happened)

    def _given(self, frame: Frame, happened: "Happened | None") -> Frame:
        """The picture, after those before it that are missing by now."""
        for lost in (*self._lost, happened):
            self._injector.announce(lost)
        self._lost.clear()
        return frame

    def _is_over(self, happened: "Happened") -> bool:
        return self._clock.monotonic_ns() >= (happened.ended_ns or 0)


def _said(fault: Fault, what: str) -> str:
    return f"fault {fault.place} of the script: {what}"
