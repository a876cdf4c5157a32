"""From what an inspection came to, to what is painted of it."""

from inspector.pipeline.inspected import Inspected
from ui.widgets.picture_view import Picture


def picture_of(inspected: Inspected) -> Picture | None:
    """The frame with its heat and its regions; None where no frame came."""
    frame, prediction = inspected.frame, inspected.prediction
    if frame is None:
        return None
    return Picture(
        pixels=frame.pixels,
        heat=None if prediction is None else prediction.heatmap,
        to_sensor=inspected.to_sensor,
        threshold=inspected.verdict.threshold,
        regions=inspected.verdict.regions,
    )
