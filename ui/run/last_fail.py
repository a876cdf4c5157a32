"""The last part that did not pass, kept until the next one."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from inspector.flow import Decision
from ui.run.fail_picture import FailPicture
from ui.texts.numbers import clock_text, part_text
from ui.texts.words import decision_word, reason_text, region_text
from ui.theme.colours import VERDICT_HUES
from ui.widgets.card import Card
from ui.widgets.shapes import shape_icon

MAX_REGIONS_SHOWN = 2
ICON_PX = 18


class LastFail(Card):
    """Picture, number, and why; a click opens it large."""

    chosen = Signal(object)  # FailPicture

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        super().__init__(content, parent)
        self._fail: FailPicture | None = None
        self._picture = QLabel()
        self._picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._shape, self._heading, self._what = QLabel(), QLabel(), QLabel()
        self._heading.setStyleSheet("font-weight: 600;")
        self._what.setWordWrap(True)
        self._what.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._shape)
        head.addWidget(self._heading, 1)
        words.addLayout(head)
        words.addWidget(self._what, 1)
        layout = QHBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._picture, 2)
        layout.addLayout(words, 3)
        self.setMinimumHeight(100)
        self.retranslate()
        self.clear()

    @property
    def fail(self) -> FailPicture | None:
        """What is shown."""
        return self._fail

    def clear(self) -> None:
        """A line starts."""
        self._fail = None
        self.retranslate()

    def show_fail(self, fail: FailPicture) -> None:
        """Show another one."""
        self._fail = fail
        self.retranslate()
        self._fit_picture()

    def retranslate(self) -> None:
        """Write in the chosen language."""
        fail = self._fail
        if fail is None:
            self.set_title(self.tr("Last fail"))
            self.show_message(self.tr("No part has failed yet."))
            return
        self.set_title(self.tr("Last fail"), self.tr("kept until the next"))
        self._heading.setText(f"{part_text(fail.part_number)}   {clock_text(fail.captured_at)}")
        hue = VERDICT_HUES[fail.decision]
        self._shape.setPixmap(shape_icon(fail.decision, hue, ICON_PX).pixmap(ICON_PX, ICON_PX))
        self._shape.setAccessibleName(decision_word(fail.decision))
        self._what.setText("\n".join(fail_lines(fail)))
        self.show_content()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep the picture as large as fits."""
        super().resizeEvent(event)
        self._fit_picture()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Open it large."""
        if self._fail is not None:
            self.chosen.emit(self._fail)

    def _fit_picture(self) -> None:
        if self._fail is None or self._fail.small is None:
            self._picture.clear()
            return
        ratio = self.devicePixelRatioF()
        room = QSize(
            max(1, round(self._picture.width() * ratio)),
            max(1, round(self._picture.height() * ratio)),
        )
        pixmap = QPixmap.fromImage(self._fail.small).scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        pixmap.setDevicePixelRatio(ratio)
        self._picture.setPixmap(pixmap)


def fail_lines(fail: FailPicture, max_regions: int = MAX_REGIONS_SHOWN) -> list[str]:
    """Why a part did not pass, a line each: the places first, then the reasons."""
    lines = []
    if fail.decision is Decision.FAIL:
        lines += [region_text(region) for region in fail.regions[:max_regions]]
    lines += [reason_text(reason) for reason in fail.reasons]
    return list(dict.fromkeys(lines))
