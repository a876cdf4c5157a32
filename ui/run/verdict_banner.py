"""The verdict, large: a green word on a plain card, or a banner that nobody overlooks."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.flow import Decision
from ui.run.banner_memory import Face
from ui.texts.numbers import THIN_SPACE, count_text, part_text, score_text, time_ms_text
from ui.texts.words import decision_word
from ui.theme.colours import ON_VERDICT, VERDICT_HUES
from ui.theme.fonts import font
from ui.theme.theme import Theme
from ui.widgets.shapes import draw_shape


class VerdictBanner(QWidget):
    """Shows a `Face`, or nothing but a quiet card while there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._face: Face | None = None
        self._quiet_text = ""
        self._is_alarm = False
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Colours and sizes."""
        self._theme = theme
        self.setFixedHeight(round(theme.sizes.verdict * 1.2) + 2 * theme.sizes.body)
        self.update()

    def show_face(self, face: Face | None, quiet_text: str = "", *, is_alarm: bool = False) -> None:
        """Show a verdict; without one, a sentence, as loud as an ERROR where it is an alarm."""
        shown = (face, quiet_text, is_alarm)
        if shown != (self._face, self._quiet_text, self._is_alarm):
            self._face, self._quiet_text, self._is_alarm = shown
            self.setAccessibleName(quiet_text if face is None else decision_word(face.decision))
            self.update()

    @property
    def face(self) -> Face | None:
        """What is shown."""
        return self._face

    def details(self) -> list[str]:
        """What the line below the word says."""
        face = self._face
        if face is None:
            return []
        details = []
        if face.score is not None:
            text = self.tr("score {score} of {limit}")
            details.append(
                text.format(score=score_text(face.score), limit=score_text(face.threshold))
            )
        if face.n_recent > 1:
            text = self.tr("{count} in 10 s")
            details.append(text.format(count=count_text(face.n_recent)))
        elif face.total_ms is not None:
            details.append(f"{time_ms_text(face.total_ms)}{THIN_SPACE}ms")
        details.append(part_text(face.part_number))
        return details

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Card, word, shape, details."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, sizes = self._theme.colours, self._theme.sizes
        whole = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        foot_px = round(1.8 * sizes.body)
        if self._face is None:
            alarm = QColor(VERDICT_HUES[Decision.ERROR]) if self._is_alarm else None
            painter.setPen(QPen(alarm or QColor(colours.border), 1))
            painter.setBrush(alarm or QColor(colours.card))
            painter.drawRoundedRect(whole, 8, 8)
            painter.setPen(QColor(ON_VERDICT) if alarm else QColor(colours.soft))
            painter.setFont(font(sizes.title))
            wrap = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
            painter.drawText(whole.adjusted(16, 8, -16, -8), wrap, self._quiet_text)
            painter.end()
            return
        decision = self._face.decision
        hue = QColor(VERDICT_HUES[decision])
        is_loud = decision is not Decision.PASS
        painter.setPen(QPen(hue, 3))
        painter.setBrush(QColor(colours.card))
        painter.drawRoundedRect(whole, 8, 8)
        body = whole.adjusted(0, 0, 0, -foot_px)
        if is_loud:  # the word's ground is the hue; the details below keep a ground they read on
            painter.save()
            painter.setClipRect(body)
            painter.setBrush(hue)
            painter.drawRoundedRect(whole, 8, 8)
            painter.restore()
        word_colour = QColor(ON_VERDICT if is_loud else colours.words[decision])
        shape_colour = QColor(ON_VERDICT) if is_loud else hue
        self._draw_word(painter, body, decision, word_colour, shape_colour)
        painter.setPen(QColor(colours.text))
        painter.setFont(font(sizes.body, QFont.Weight.DemiBold))
        foot = QRectF(whole.x(), body.bottom(), whole.width(), foot_px)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, self._joined_details(painter, foot))
        painter.end()

    def _joined_details(self, painter: QPainter, place: QRectF) -> str:
        """In one line, as far apart as there is room."""
        details = self.details()
        for between in ("   ·   ", "  ·  ", " · "):
            text = between.join(details)
            if painter.fontMetrics().horizontalAdvance(text) <= place.width() - 16:
                return text
        return " · ".join(details[1:])  # the score stands in the table too

    def _draw_word(
        self, painter: QPainter, place: QRectF, decision: Decision, word: QColor, shape: QColor
    ) -> None:
        text = decision_word(decision)
        size_px = self._theme.sizes.verdict
        painter.setFont(font(size_px, QFont.Weight.Bold))
        # A longer word in a narrow column gets smaller rather than cut.
        room_px = place.width() - 1.1 * size_px - 24
        width_px = painter.fontMetrics().horizontalAdvance(text)
        if width_px > room_px:
            size_px = round(size_px * room_px / width_px)
            painter.setFont(font(size_px, QFont.Weight.Bold))
            width_px = painter.fontMetrics().horizontalAdvance(text)
        side_px, gap_px = 0.72 * size_px, 0.28 * size_px
        left = place.center().x() - (side_px + gap_px + width_px) / 2
        box = QRectF(left, place.center().y() - side_px / 2, side_px, side_px)
        draw_shape(painter, decision, box, shape)
        painter.setPen(word)
        at = QRectF(left + side_px + gap_px, place.y(), width_px + 4, place.height())
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(at, align, text)
