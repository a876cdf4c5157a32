"""The shape of each verdict: a tick, a cross, a triangle. A verdict is never a colour alone."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from inspector.flow import Decision


def draw_shape(painter: QPainter, decision: Decision, place: QRectF, colour: QColor) -> None:
    """Draw the shape into a square place."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, place.width() * 0.16)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)

    def at(x: float, y: float) -> QPointF:
        return QPointF(place.x() + x * place.width(), place.y() + y * place.height())

    if decision is Decision.PASS:
        painter.drawPolyline(QPolygonF([at(0.12, 0.55), at(0.40, 0.82), at(0.88, 0.22)]))
    elif decision is Decision.FAIL:
        painter.drawLine(at(0.18, 0.18), at(0.82, 0.82))
        painter.drawLine(at(0.82, 0.18), at(0.18, 0.82))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([at(0.5, 0.08), at(0.96, 0.9), at(0.04, 0.9)]))
    painter.restore()


def shape_icon(decision: Decision, colour: str, size_px: int) -> QIcon:
    """The shape as an icon, sharp on screens of up to twice the density."""
    pixmap = QPixmap(2 * size_px, 2 * size_px)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_shape(painter, decision, QRectF(1, 1, size_px - 2, size_px - 2), QColor(colour))
    painter.end()
    return QIcon(pixmap)
