"""The last parts that did not pass, as pictures, newest first; each opens large."""

from collections import deque

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.run.fail_picture import FailPicture
from ui.texts.numbers import count_text, part_text
from ui.theme.colours import VERDICT_HUES
from ui.theme.fonts import font
from ui.theme.theme import Theme
from ui.widgets.card import Card
from ui.widgets.shapes import draw_shape

MAX_KEPT = 12
ON_PICTURE = "#E6EAEE"  # writing over a picture, in both schemes
GAP_PX = 8


class _Strip(QWidget):
    """Places of one size, filled from the left; a new one moves the others on by one place."""

    chosen = Signal(object)  # FailPicture

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.fails: deque[FailPicture] = deque(maxlen=MAX_KEPT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(64)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._focused = 0

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        return QSize(600, 120)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def places(self) -> list[QRect]:
        """Where each fail lies that has room, px."""
        side_px = max(24, self.height())
        width_px = round(side_px * 4 / 3)
        count = max(1, (self.width() + GAP_PX) // (width_px + GAP_PX))
        return [
            QRect(n * (width_px + GAP_PX), 0, width_px, self.height())
            for n in range(min(count, len(self.fails)))
        ]

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        for place, fail in zip(self.places(), self.fails, strict=False):
            if place.contains(event.position().toPoint()):
                self.chosen.emit(fail)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        n_shown = len(self.places())
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and n_shown:
            self._focused = min(max(self._focused + step, 0), n_shown - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and n_shown:
            self.chosen.emit(self.fails[min(self._focused, n_shown - 1)])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours, sizes = self._theme.colours, self._theme.sizes
        label_px = sizes.body + 6
        painter.setFont(font(sizes.body, QFont.Weight.Normal))
        for number, (place, fail) in enumerate(zip(self.places(), self.fails, strict=False)):
            frame = QRectF(place).adjusted(1, 1, -1, -1)
            painter.fillRect(frame, QColor(colours.picture))
            if fail.small is not None:
                size = fail.small.size().scaled(
                    frame.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio
                )
                at = QRectF(QPointF(0, 0), size.toSizeF())
                at.moveCenter(frame.center())
                painter.drawImage(at, fail.small)
            else:
                box = QRectF(0, 0, frame.height() / 2, frame.height() / 2)
                box.moveCenter(frame.center())
                draw_shape(painter, fail.decision, box, QColor(VERDICT_HUES[fail.decision]))
            is_focused = self.hasFocus() and number == self._focused
            edge = colours.touch if is_focused else VERDICT_HUES[fail.decision]
            painter.setPen(QPen(QColor(edge), 3 if is_focused else 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame)
            foot = QRectF(frame.x(), frame.bottom() - label_px, frame.width(), label_px)
            corner = QRectF(frame.x(), frame.y(), label_px, label_px)
            for ground in (foot.adjusted(1, 0, -1, -1), corner.adjusted(1, 1, 0, 0)):
                painter.fillRect(ground, QColor(11, 13, 15, 200))
            shape = corner.adjusted(4, 4, -3, -3)
            draw_shape(painter, fail.decision, shape, QColor(VERDICT_HUES[fail.decision]))
            painter.setPen(QColor(ON_PICTURE))
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, part_text(fail.part_number))
        painter.end()


class FailStrip(Card):
    """See the module."""

    chosen = Signal(object)  # FailPicture

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._strip = _Strip(theme)
        super().__init__(self._strip, parent)
        self._strip.chosen.connect(self.chosen)
        self.clear()

    @property
    def fails(self) -> list[FailPicture]:
        """What is kept, newest first."""
        return list(self._strip.fails)

    def set_theme(self, theme: Theme) -> None:
        """Colours and sizes."""
        self._strip.set_theme(theme)

    def retranslate(self) -> None:
        """Write in the chosen language."""
        aside = self.tr("{count} more came too fast; they are in the results")
        text = aside.format(count=count_text(self._n_skipped)) if self._n_skipped else ""
        self.set_title(self.tr("Last fails"), text)
        if not self._strip.fails:
            self.show_message(self.tr("No part has failed yet."))

    def clear(self) -> None:
        """A line starts."""
        self._strip.fails.clear()
        self._n_skipped = 0
        self.retranslate()

    def add(self, fail: FailPicture, n_skipped: int = 0) -> None:
        """A part did not pass.

        Args:
            n_skipped: How many others did not so far, of which there is no picture here.
        """
        self._strip.fails.appendleft(fail)
        self._n_skipped = n_skipped
        self.retranslate()
        self.show_content()
        self._strip.update()
