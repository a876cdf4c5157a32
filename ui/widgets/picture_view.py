"""Paints a part with its heat and its outlines; a person can zoom and move it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.flow import Region
from inspector.geometry import AxisMap, Box
from inspector.report.heat import heat_strength
from ui.theme.colours import VERMILION

MAX_ZOOM = 16.0  # screen px to a sensor px: single pixels are plain to see
ZOOM_STEP = 1.25
HEAT_OPACITY = 0.75  # the part must show through the hottest place


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """What is shown.

    Attributes:
        pixels: uint8, (H, W) mono or (H, W, 3) BGR; not changed while it is shown.
        heat: float32, (h, w), model units, over the canvas that `to_sensor` maps; or None.
        regions: Outlined, sensor px.
    """

    pixels: NDArray[np.uint8]
    heat: NDArray[np.float32] | None = None
    to_sensor: AxisMap | None = None
    threshold: float = 0.0
    regions: Sequence[Region] = field(default_factory=tuple)


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """The pixels as Qt sees them, not copied: keep them alive as long as the image."""
    whole = np.ascontiguousarray(pixels)
    height_px, width_px = whole.shape[:2]
    if whole.ndim == 2:
        kind, n_bytes = QImage.Format.Format_Grayscale8, width_px
    else:
        kind, n_bytes = QImage.Format.Format_BGR888, 3 * width_px
    # Qt is given the bytes per line: by itself it takes lines of whole 32-bit words.
    image = QImage(whole.data, width_px, height_px, n_bytes, kind)
    image.keep_alive = whole  # type: ignore[attr-defined]
    return image


def heat_image(heat: NDArray[np.float32], threshold: float) -> QImage:
    """Heat as a transparent picture of the map's own size: from vermilion to yellow."""
    levels = np.rint(heat_strength(heat, threshold) * 255).astype(np.uint8)
    return image_of_argb(_HEAT_COLOURS[levels])


def image_of_argb(argb: NDArray[np.uint32]) -> QImage:
    """Premultiplied 0xAARRGGBB values as Qt sees them, not copied."""
    whole = np.ascontiguousarray(argb)
    height_px, width_px = whole.shape
    kind = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(whole.data, width_px, height_px, 4 * width_px, kind)
    image.keep_alive = whole  # type: ignore[attr-defined]
    return image


def draw_heat(painter: QPainter, heat: QImage, to_sensor: AxisMap, to_screen: AxisMap) -> None:
    """Draw a heat image where its map lies on the sensor."""
    whole = Box(x_px=0, y_px=0, width_px=heat.width(), height_px=heat.height())
    painter.drawImage(on_screen(to_sensor.box(whole), to_screen), heat)


def on_screen(box_sensor_px: Box, to_screen: AxisMap) -> QRectF:
    """A box of the sensor as Qt draws it."""
    box = to_screen.box(box_sensor_px)
    return QRectF(box.x_px, box.y_px, box.width_px, box.height_px)


def _heat_colours() -> NDArray[np.uint32]:
    """256 premultiplied colours: vermilion fading in, then yellow (both of Okabe and Ito)."""
    share = np.linspace(0.0, 1.0, 256)
    low, high = np.array([0xD5, 0x5E, 0x00]), np.array([0xF0, 0xE4, 0x42])
    opacity = np.sqrt(share) * HEAT_OPACITY
    colour = (low + (high - low) * share[:, None]) * opacity[:, None]
    channels = np.rint(np.column_stack([opacity * 255, colour])).astype(np.uint32)
    packed: NDArray[np.uint32] = (
        channels[:, 0] << 24 | channels[:, 1] << 16 | channels[:, 2] << 8 | channels[:, 3]
    )
    return packed


_HEAT_COLOURS = _heat_colours()


class PictureView(QWidget):
    """Shows one picture: all of it until somebody zooms; the wheel zooms, dragging moves it."""

    def __init__(self, ground: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self._ground = ground
        self._picture: Picture | None = None
        self._image: QImage | None = None
        self._heat: QImage | None = None
        self._is_heat_shown = True
        self._zoom: float | None = None  # screen px per sensor px; None: as large as fits
        self._centre = QPointF(0.5, 0.5)  # of what is shown, as shares of the picture
        self._dragged_from: QPointF | None = None

    def set_ground(self, colour: str) -> None:
        """What surrounds the picture, #RRGGBB."""
        self._ground = colour
        self.update()

    def show_picture(self, picture: Picture | None) -> None:
        """Show another one, at the same place and zoom."""
        self._picture = picture
        self._image = None if picture is None else image_of(picture.pixels)
        has_heat = picture is not None and picture.heat is not None
        self._heat = None
        if has_heat and picture is not None and picture.heat is not None:
            self._heat = heat_image(picture.heat, picture.threshold)
        self.update()

    def show_heat(self, is_shown: bool) -> None:
        """Switch heat and outlines on or off."""
        self._is_heat_shown = is_shown
        self.update()

    @property
    def zoom(self) -> float:
        """Screen px per sensor px."""
        return self._fitting_zoom() if self._zoom is None else self._zoom

    @property
    def is_fitted(self) -> bool:
        """Whether all of the picture is shown, whatever its size."""
        return self._zoom is None

    def fit(self) -> None:
        """Show all of the picture."""
        self._zoom = None
        self._centre = QPointF(0.5, 0.5)
        self.update()

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Larger or smaller; the point of the widget that is given keeps its place."""
        if self._image is None:
            return
        about = QPointF(self.width() / 2, self.height() / 2) if about is None else about
        place = self._place()
        fixed = QPointF(
            (about.x() - place.x()) / place.width(), (about.y() - place.y()) / place.height()
        )
        fitting = self._fitting_zoom()
        zoom = min(max(self.zoom * factor, fitting), max(MAX_ZOOM, fitting))
        if zoom <= fitting:
            self.fit()
            return
        self._zoom = zoom
        shown = self._shown_size()
        middle = QPointF(self.width() / 2, self.height() / 2)
        self._centre = self._inside(
            QPointF(
                fixed.x() + (middle.x() - about.x()) / shown.width(),
                fixed.y() + (middle.y() - about.y()) / shown.height(),
            )
        )
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        """Zoom about the pointer."""
        turns = event.angleDelta().y() / 120
        if turns:
            self.zoom_by(ZOOM_STEP**turns, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Begin to move the picture."""
        self._dragged_from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Move the picture with the pointer."""
        if self._dragged_from is None or self._image is None or self._zoom is None:
            return
        moved = event.position() - self._dragged_from
        self._dragged_from = event.position()
        shown = self._shown_size()
        self._centre = self._inside(
            self._centre - QPointF(moved.x() / shown.width(), moved.y() / shown.height())
        )
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave the picture where it is."""
        self._dragged_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """All of it again."""
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Never smaller than fits."""
        super().resizeEvent(event)
        if self._zoom is not None and self._zoom <= self._fitting_zoom():
            self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Picture, heat, outlines."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._ground))
        picture, image = self._picture, self._image
        if picture is not None and image is not None:
            place = self._place()
            # Smoothing an enlarged picture costs time and hides the pixels.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < 1)
            self._draw_visible(painter, image, place)
            if self._is_heat_shown:
                self._draw_heat(painter, picture, place)
                self._draw_outlines(painter, picture.regions, place)
        painter.end()

    def _draw_visible(self, painter: QPainter, image: QImage, place: QRectF) -> None:
        """Only what can be seen: a large picture is not scaled as a whole."""
        seen = place.intersected(QRectF(self.rect()))
        zoom = self.zoom
        source = QRectF(
            (seen.x() - place.x()) / zoom,
            (seen.y() - place.y()) / zoom,
            seen.width() / zoom,
            seen.height() / zoom,
        )
        painter.drawImage(seen, image, source)

    def _draw_heat(self, painter: QPainter, picture: Picture, place: QRectF) -> None:
        if self._heat is None or picture.to_sensor is None:
            return
        painter.save()
        painter.setClipRect(place)  # the border of a letterbox is not the part's
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        draw_heat(painter, self._heat, picture.to_sensor, self._to_screen(place))
        painter.restore()

    def _draw_outlines(self, painter: QPainter, regions: Sequence[Region], place: QRectF) -> None:
        to_screen = self._to_screen(place)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for region in reversed(regions):  # the worst one last, on top
            outline = on_screen(region.box_sensor_px, to_screen).adjusted(-3, -3, 3, 3)
            for colour, width_px in (("#0B0D0F", 5), (VERMILION, 2)):
                painter.setPen(QPen(QColor(colour), width_px))
                painter.drawRect(outline)

    def _to_screen(self, place: QRectF) -> AxisMap:
        """Sensor px to the widget's px."""
        return AxisMap(
            scale_x=self.zoom, scale_y=self.zoom, offset_x_px=place.x(), offset_y_px=place.y()
        )

    def _fitting_zoom(self) -> float:
        if self._image is None:
            return 1.0
        return min(self.width() / self._image.width(), self.height() / self._image.height())

    def _shown_size(self) -> QSizeF:
        if self._image is None:
            return QSizeF(1.0, 1.0)
        return QSizeF(self._image.width() * self.zoom, self._image.height() * self.zoom)

    def _place(self) -> QRectF:
        """Where the whole picture lies, in the widget's px; it may reach beyond it."""
        shown = self._shown_size()
        return QRectF(
            self.width() / 2 - self._centre.x() * shown.width(),
            self.height() / 2 - self._centre.y() * shown.height(),
            shown.width(),
            shown.height(),
        )

    def _inside(self, centre: QPointF) -> QPointF:
        """The nearest centre that shows no more ground than it must."""
        shown = self._shown_size()

        def within(value: float, widget_px: float, shown_px: float) -> float:
            half = widget_px / 2 / shown_px
            return 0.5 if half >= 0.5 else min(max(value, half), 1 - half)

        return QPointF(
            within(centre.x(), self.width(), shown.width()),
            within(centre.y(), self.height(), shown.height()),
        )
