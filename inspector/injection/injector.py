"""Lets the faults of a script happen in a run, and notes which part each of them hit."""

import threading
from collections import deque
from dataclasses import dataclass, field

from inspector.capture.source import FrameSource
from inspector.clock import Clock
from inspector.errors import StoreFull
from inspector.injection.faulty_source import FaultySource
from inspector.injection.script import Fault, Kind, Script
from inspector.pipeline.hooks import Hooks

CATCHING_UP_NS = 1_000_000_000  # while what waited is written, the line is still blocked
N_ON_THE_WAY = 16  # parts that may have a result and no record when the disk is full


@dataclass(slots=True, kw_only=True)
class Happened:
    """One time that a fault happened.

    Attributes:
        parts: The numbers of the parts that it hit.
        ended_ns: When a lasting fault was to be over, monotonic; None: it had no length.
        recovered_ns: When the line first had what was away.
    """

    fault: Fault
    parts: list[int] = field(default_factory=list)
    ended_ns: int | None = None
    recovered_ns: int | None = None

    @property
    def recovery_ms(self) -> float | None:
        """From the end of the fault until the line had it again."""
        if self.ended_ns is None or self.recovered_ns is None:
            return None
        return max(0.0, (self.recovered_ns - self.ended_ns) / 1e6)


class Injector:
    """The faults of one run. Its hooks may be called from any thread.

    Args:
        first_part: The number of the run's first part.
        is_free: Every picture of the one camera is a part.

    Attributes:
        happened: In the order in which it did.
        behind: Parts that came while judging or a picture was held up, and what held them up: they
            may be late for that.
    """

    def __init__(self, script: Script, *, first_part: int, is_free: bool, clock: Clock) -> None:
        self.script = script
        self.is_free = is_free
        self._first_part = first_part
        self._clock = clock
        self._lock = threading.Lock()
        self._pause = threading.Event()  # nobody sets it
        self.happened: list[Happened] = []
        self.behind: dict[int, Fault] = {}
        self._last_begun = first_part - 1
        self._done: set[tuple[int, int]] = set()  # faults and parts of a free camera
        self._announced: deque[Happened | None] = deque()
        self._holding: list[tuple[Fault, int]] = []  # what holds parts up, and until when
        self._full: Happened | None = None
        self._taking: dict[str, int] = {}
        self.hooks = Hooks(
            begun=self._begun, taking=self._take, judging=self._judge, writing=self._write
        )

    def source(self, camera: str, source: FrameSource) -> FrameSource:
        """The source with the script's faults of this camera."""
        return FaultySource(camera, source, self, self._clock)

    # For a source with faults, from its camera's thread

    def part_of(self, camera: str) -> int:
        """The number of the part whose picture is taken; of a free camera, of the part before."""
        with self._lock:
            return self._last_begun if self.is_free else self._taking[camera]

    def next_fault(self, camera: str, *, n_ahead: int) -> Fault | None:
        """What hits the picture that comes next; of a free camera it is said once.

        Args:
            n_ahead: Pictures before it that are no parts yet.
        """
        part = self.part_of(camera)
        nth = part - self._first_part + 1
        if not self.is_free:
            return self.script.at(nth, camera)
        fault = self.script.at(nth + 1 + n_ahead, camera)
        if fault is None or (fault.place, nth + n_ahead) in self._done:
            return None
        self._done.add((fault.place, nth + n_ahead))
        return fault

    def hit(self, camera: str, fault: Fault) -> Happened:
        """A fault happens to the picture that comes next; once for each part."""
        now_ns = self._clock.monotonic_ns()
        part = self.part_of(camera)
        with self._lock:
            for one in self.happened:
                if one.fault is fault and one.parts == [part]:
                    return one  # grabbed again for the same part
            ended_ns = now_ns + round(fault.for_ms * 1e6) if fault.for_ms else None
            one = Happened(fault=fault, ended_ns=ended_ns)
            if not self.is_free:
                one.parts.append(part)
            self.happened.append(one)
            if fault.kind is Kind.LATE and ended_ns is not None:
                self._hold_up(fault, part, ended_ns)
        return one

    def hits_too(self, camera: str, happened: Happened) -> None:
        """A lasting fault hits the part that is being taken as well."""
        part = self.part_of(camera)
        with self._lock:
            if not self.is_free and part not in happened.parts:
                happened.parts.append(part)

    def announce(self, happened: Happened | None) -> None:
        """What hit the picture that becomes a part next; None: nothing. For a free camera."""
        if self.is_free:
            with self._lock:
                self._announced.append(happened)

    def forget_announced(self) -> None:
        """All pictures so far are parts, or will never be."""
        with self._lock:
            self._announced.clear()

    # The hooks

    def _begun(self, part_number: int) -> None:
        with self._lock:
            self._last_begun = part_number
            now_ns = self._clock.monotonic_ns()
            if self.is_free and self._announced:
                happened = self._announced.popleft()
                if happened is not None:
                    happened.parts.append(part_number)
            self._holding = [one for one in self._holding if now_ns <= one[1]]
            if self._holding:
                self.behind.setdefault(part_number, self._holding[0][0])
            full = self._full
            fault = self.script.at(part_number - self._first_part + 1)
            is_full_anew = fault is not None and fault.kind is Kind.DISK_FULL
            if full is not None and now_ns < (full.ended_ns or 0) and not is_full_anew:
                full.parts.append(part_number)
            elif full is not None and not is_full_anew:  # the line tries again four times a second
                self.behind.setdefault(part_number, full.fault)
            if fault is not None and is_full_anew:
                if full is not None:  # one that begins while another lasts takes its place
                    full.ended_ns = full.recovered_ns = now_ns
                ended_ns = now_ns + round(fault.for_ms * 1e6)
                self._full = Happened(fault=fault, parts=[part_number], ended_ns=ended_ns)
                self.happened.append(self._full)
                for number in range(max(self._first_part, part_number - N_ON_THE_WAY), part_number):
                    self.behind.setdefault(number, fault)

    def _take(self, camera: str, part_number: int) -> None:
        with self._lock:
            self._taking[camera] = part_number

    def _judge(self, part_number: int) -> None:
        fault = self.script.at(part_number - self._first_part + 1)
        if fault is None or fault.kind is not Kind.SLOW_INFERENCE:
            return
        ended_ns = self._clock.monotonic_ns() + round(fault.for_ms * 1e6)
        with self._lock:
            self.happened.append(Happened(fault=fault, parts=[part_number]))
            self._hold_up(fault, part_number, ended_ns)
        self._pause.wait(fault.for_ms / 1e3)

    def _write(self) -> None:
        with self._lock:
            full = self._full
            if full is None:
                return
            now_ns = self._clock.monotonic_ns()
            if now_ns < (full.ended_ns or 0):
                raise StoreFull(f"fault {full.fault.place} of the script: the disk is full")
            full.recovered_ns = now_ns
            self._full = None
            self._holding.append((full.fault, now_ns + CATCHING_UP_NS))

    def _hold_up(self, fault: Fault, part_number: int, until_ns: int) -> None:
        self._holding.append((fault, until_ns))
        for number in range(part_number + 1, self._last_begun + 1):
            self.behind.setdefault(number, fault)
