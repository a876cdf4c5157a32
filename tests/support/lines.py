"""What a live line needs in a test: a scripted camera, an ear, and an inspection of brightness."""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

import numpy as np

from inspector.bundle import InputSpec
from inspector.capture.source import SourceInfo
from inspector.clock import SystemClock
from inspector.errors import CorruptFrame, EndOfSource, InspectorError
from inspector.flow import Frame, Prediction, Preprocessed, Record
from inspector.inference.backend import InferenceBackend
from inspector.pipeline.events import Phase, RunSnapshot
from inspector.pipeline.inspection import Inspection
from inspector.pipeline.parts import PartResult
from inspector.recipe import Recipe
from inspector.verdict import Criteria
from tests.support.fakes import BUNDLE_ID, START

SPEC = InputSpec(height_px=8, width_px=16, color="mono", resize="stretch")
Step = int | InspectorError | Callable[[], None]


class ScriptedSource:
    """A camera that plays a script, and then has no more.

    Args:
        script: One step a grab: a grey level makes a frame, an error is raised, and anything else
            is called on the way to the next step.
        pause_s: Before each grab.
        open_errors: What the first openings raise; None lets one succeed.
    """

    def __init__(
        self,
        script: Iterable[Step],
        *,
        open_errors: Sequence[InspectorError | None] = (),
        can_wait: bool = True,
        size_px: tuple[int, int] = (8, 16),
        pause_s: float = 0.0,
    ) -> None:
        self._pause_s = pause_s
        self._pause = threading.Event()
        self._script = iter(script)
        self._open_errors = list(open_errors)
        self._can_wait = can_wait
        self._size_px = size_px
        self._clock = SystemClock()
        self._n_given = 0
        self.calls: list[str] = []
        self.can_repeat = True
        self.is_triggered = False

    def open(self) -> None:
        self.calls.append("open")
        self._n_given = 0
        error = self._open_errors.pop(0) if self._open_errors else None
        if error is not None:
            raise error

    def trigger(self) -> None:
        self.calls.append("trigger")

    def grab(self, timeout_s: float) -> Frame:
        self._pause.wait(self._pause_s)
        for step in self._script:
            if isinstance(step, InspectorError):
                self._n_given += isinstance(step, CorruptFrame)
                raise step
            if not isinstance(step, int):
                step()
                continue
            frame = Frame(
                frame_id=self._n_given,
                source_id="scripted",
                captured_ns=self._clock.monotonic_ns(),
                captured_at=START + timedelta(seconds=self._n_given),
                pixels=np.full(self._size_px, step, dtype=np.uint8),
            )
            self._n_given += 1
            return frame
        raise EndOfSource("the script is over")

    def close(self) -> None:
        self.calls.append("close")

    def info(self) -> SourceInfo:
        return SourceInfo(
            description="a script",
            size_px=self._size_px,
            can_wait=self._can_wait,
            can_repeat=self.can_repeat,
            is_triggered=self.is_triggered,
        )


class Brightness:
    """A network whose score is the mean of the picture, 0..1. See `InferenceBackend`.

    Attributes:
        before: Called with each prepared frame; may wait, or raise.
    """

    def __init__(self) -> None:
        self.before: Callable[[Preprocessed], None] = lambda _: None

    def infer(self, prepared: Preprocessed) -> Prediction:
        self.before(prepared)
        return Prediction(
            frame_id=prepared.frame_id,
            score=float(prepared.tensor.mean()) / 255,
            heatmap=None,
            bundle_id=BUNDLE_ID,
        )


def brightness_inspection(
    backend: InferenceBackend | None = None,
    *,
    threshold: float = 0.5,
    bundle_id: str = BUNDLE_ID,
    spec: InputSpec = SPEC,
) -> Inspection:
    """Fails what is brighter than the threshold."""
    criteria = Criteria(
        recipe=Recipe(name="grey"),
        threshold=threshold,
        region_level=threshold,
        labels=("good", "defect"),
    )
    return Inspection(
        spec=spec,
        backend=backend or Brightness(),
        bundle_id=bundle_id,
        criteria=criteria,
        clock=SystemClock(),
    )


class Ear:
    """Hears everything, in order; see `Listener`.

    Attributes:
        heard: "verdict 3" and "record 3" by part number, and the names of phases as they change.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.heard: list[str] = []
        self.results: list[PartResult] = []
        self.records: list[Record] = []
        self.snapshots: list[RunSnapshot] = []

    def on_verdict(self, result: PartResult) -> None:
        with self._changed:
            self.heard.append(f"verdict {result.part_number}")
            self.results.append(result)
            self._changed.notify_all()

    def on_records(self, records: Sequence[Record]) -> None:
        with self._changed:
            self.heard += [f"record {record.part_number}" for record in records]
            self.records += records
            self._changed.notify_all()

    def on_state(self, snapshot: RunSnapshot) -> None:
        with self._changed:
            if not self.snapshots or self.snapshots[-1].phase is not snapshot.phase:
                self.heard.append(str(snapshot.phase))
            self.snapshots.append(snapshot)
            self._changed.notify_all()

    def wait_for(self, what: Callable[["Ear"], bool], timeout_s: float = 20.0) -> None:
        """Wait until it is so.

        Raises:
            TimeoutError: It never was.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: what(self), timeout_s):
                raise TimeoutError(str(self.heard[-40:]))

    def phases(self) -> list[Phase]:
        """The phases in the order in which they came."""
        names = set(Phase)
        return [Phase(word) for word in self.heard if word in names]
