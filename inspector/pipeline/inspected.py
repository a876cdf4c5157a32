"""What one inspection came to: a value, apart from the libraries that make it.

The window needs it before it needs OpenCV, which takes longer to import than the window to show.
"""

from dataclasses import dataclass

from inspector.flow import Frame, Prediction, Stage, Verdict
from inspector.geometry import AxisMap


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inspected:
    """What one inspection came to.

    Attributes:
        frame: None where there was none: it could not be read, or did not come.
        prediction, to_sensor: None where the frame could not be judged; `to_sensor` maps the heat
            map's pixels to the sensor's.
        stage_ms: ms per stage that was reached.
    """

    frame: Frame | None
    verdict: Verdict
    prediction: Prediction | None
    to_sensor: AxisMap | None
    stage_ms: dict[Stage, float]
