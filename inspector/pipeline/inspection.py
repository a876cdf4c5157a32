"""One inspection: preprocess, infer and judge, in the calling thread."""

from dataclasses import dataclass

from inspector.bundle import InputSpec, QualityLimits
from inspector.clock import Clock
from inspector.errors import InspectionError, InspectorError
from inspector.flow import Frame, Preprocessed, Stage
from inspector.geometry import PixelRegion
from inspector.inference.backend import InferenceBackend
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.timing import Stopwatch
from inspector.preprocess import preprocess
from inspector.quality import check_form, check_quality, form_of, quality_of
from inspector.verdict import Criteria, judge, unjudged


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedFrame:
    """A frame that is ready for the network.

    Attributes:
        stage_ms: ms of its preparation.
    """

    frame: Frame
    prepared: Preprocessed
    stage_ms: dict[Stage, float]


class Inspection:
    """Judges frames with one bundle and one recipe.

    May be called from several threads at once where the backend may.

    Attributes:
        bundle_id: Of what it judges with.
        criteria: What it decides by.
    """

    def __init__(
        self,
        *,
        spec: InputSpec,
        backend: InferenceBackend,
        bundle_id: str,
        criteria: Criteria,
        clock: Clock,
    ) -> None:
        self.bundle_id = bundle_id
        self._spec = spec
        self._backend = backend
        self.criteria = criteria
        self._clock = clock

    def inspect(self, frame: Frame, region: PixelRegion | None = None) -> Inspected:
        """Judge one frame. What goes wrong with this frame alone becomes an ERROR verdict.

        Args:
            region: What of the frame is looked at, sensor px; None: all of it.
        """
        prepared = self.prepare(frame, region)
        return prepared if isinstance(prepared, Inspected) else self.decide(prepared)

    def prepare(
        self, frame: Frame, region: PixelRegion | None = None
    ) -> "PreparedFrame | Inspected":
        """The first half of `inspect`, which a camera's own thread can do beside the second.

        Returns:
            What `decide` takes; or the ERROR where the frame does not fit the bundle.
        """
        watch = Stopwatch(self._clock)
        try:
            with watch.stage(Stage.PREPROCESS):
                prepared = preprocess(frame, self._spec, region)
                if (limits := self.criteria.quality) is not None:
                    _check_quality(frame, prepared, region, limits)
        except InspectionError as error:  # this frame only; never PASS by default
            return self.errored(error, frame, watch.stage_ms)
        return PreparedFrame(frame=frame, prepared=prepared, stage_ms=watch.stage_ms)

    def decide(self, ready: "PreparedFrame") -> Inspected:
        """The second half of `inspect`."""
        watch = Stopwatch(self._clock)
        try:
            with watch.stage(Stage.INFER):
                prediction = self._backend.infer(ready.prepared)
            with watch.stage(Stage.JUDGE):
                verdict = judge(prediction, ready.prepared.to_sensor, self.criteria)
        except InspectionError as error:  # as above
            return self.errored(error, ready.frame, {**ready.stage_ms, **watch.stage_ms})
        return Inspected(
            frame=ready.frame,
            verdict=verdict,
            prediction=prediction,
            to_sensor=ready.prepared.to_sensor,
            stage_ms={**ready.stage_ms, **watch.stage_ms},
        )

    def errored(
        self, error: InspectorError, frame: Frame | None, stage_ms: dict[Stage, float]
    ) -> Inspected:
        """The result of a part that never came to be judged, or failed on the way."""
        return Inspected(
            frame=frame,
            verdict=unjudged(error, self.criteria),
            prediction=None,
            to_sensor=None,
            stage_ms=stage_ms,
        )


def _check_quality(
    frame: Frame, prepared: Preprocessed, region: PixelRegion | None, limits: QualityLimits
) -> None:
    if frame.content_sha256 is None and region is None:  # of a camera, and all of it
        check_form(form_of(frame.pixels), limits)
    check_quality(quality_of(prepared.tensor), limits)
