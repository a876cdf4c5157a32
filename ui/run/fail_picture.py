"""What is kept of a part that did not pass, for people to look at."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtGui import QImage

from inspector.flow import Decision, Reason, Region
from ui.widgets.picture_view import Picture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FailPicture:
    """One part that did not pass.

    Attributes:
        picture: None where no camera gave one.
        small: The same for the strip, with heat and outlines.
    """

    part_number: int
    decision: Decision
    captured_at: datetime | None
    camera: str
    score: float | None
    threshold: float
    reasons: tuple[Reason, ...]
    regions: tuple[Region, ...]
    picture: Picture | None
    small: QImage | None
