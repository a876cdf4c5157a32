"""Makes the pictures of parts that did not pass, in a thread of its own."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.concurrency.worker import Worker
from inspector.errors import InspectorError
from inspector.flow import Region
from inspector.geometry import AxisMap
from inspector.pipeline.parts import PartResult
from ui.run.fail_picture import FailPicture
from ui.run.inspected_picture import picture_of
from ui.theme.colours import VERMILION
from ui.widgets.picture_view import Picture, draw_heat, heat_image, image_of, on_screen

MAX_WAITING = 4  # whole pictures; of a burst of fails the screen shows some, the store has all
MAX_SIDE_PX = 1_600  # of what is kept to be looked at: as large as a screen shows it
SMALL_PX = QSize(280, 190)


class FailPictures(QObject):
    """Takes results from any thread; `ready` gives a `FailPicture` for each that it does not skip.

    Attributes:
        n_skipped: Results that made room for newer ones while `MAX_WAITING` waited.
    """

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.n_skipped = 0
        self._waiting = BoundedQueue[PartResult](MAX_WAITING)
        self._worker = Worker("fail pictures", self._make_all, self._failed)
        self._worker.start()

    def add(self, result: PartResult) -> None:
        """Make the picture of this one; where too many wait the oldest of them goes."""
        try:
            self.n_skipped += not self._waiting.push(result)
        except Closed:
            return

    def close(self) -> None:
        """End the thread."""
        self._waiting.discard()
        self._worker.join()

    def _make_all(self) -> None:
        while True:
            try:
                result = self._waiting.get()
            except Closed:
                return
            self.ready.emit(fail_picture(result))

    def _failed(self, error: InspectorError) -> None:
        self._waiting.discard()
        raise error  # a bug: shown by the interpreter, while the line goes on


def fail_picture(result: PartResult) -> FailPicture:
    """The picture of a part that did not pass, of the camera that decided."""
    inspected = result.deciding.inspected
    verdict, frame, prediction = inspected.verdict, inspected.frame, inspected.prediction
    picture = picture_of(inspected)
    picture = None if picture is None else _shrunk(picture)
    return FailPicture(
        part_number=result.part_number,
        decision=verdict.decision,
        captured_at=None if frame is None else frame.captured_at,
        camera=result.deciding.camera,
        score=None if prediction is None else prediction.score,
        threshold=verdict.threshold,
        reasons=verdict.reasons,
        regions=verdict.regions,
        picture=picture,
        small=None if picture is None else _small(picture),
    )


def _shrunk(picture: Picture) -> Picture:
    """No larger than `MAX_SIDE_PX`: a dozen of them are kept in memory."""
    height_px, width_px = picture.pixels.shape[:2]
    scale = MAX_SIDE_PX / max(height_px, width_px)
    if scale >= 1:
        return picture
    size = QSize(max(1, round(width_px * scale)), max(1, round(height_px * scale)))
    smooth = Qt.TransformationMode.SmoothTransformation
    image = image_of(picture.pixels).scaled(size, mode=smooth)
    shrink = AxisMap(scale_x=size.width() / width_px, scale_y=size.height() / height_px)
    to_sensor = picture.to_sensor
    return replace(
        picture,
        pixels=_pixels_of(image, is_mono=picture.pixels.ndim == 2),
        to_sensor=None if to_sensor is None else to_sensor.then(shrink),
        regions=tuple(_shrunk_region(region, shrink) for region in picture.regions),
    )


def _shrunk_region(region: Region, shrink: AxisMap) -> Region:
    return replace(
        region,
        box_sensor_px=shrink.box(region.box_sensor_px),
        area_px2=region.area_px2 * shrink.scale_x * shrink.scale_y,
    )


def _pixels_of(image: QImage, *, is_mono: bool) -> NDArray[np.uint8]:
    kind = QImage.Format.Format_Grayscale8 if is_mono else QImage.Format.Format_BGR888
    image = image.convertToFormat(kind)
    channels = 1 if is_mono else 3
    lines = np.frombuffer(image.constBits(), dtype=np.uint8)
    lines = lines.reshape(image.height(), image.bytesPerLine())
    pixels = lines[:, : image.width() * channels].copy()
    return pixels if is_mono else pixels.reshape(image.height(), image.width(), 3)


def _small(picture: Picture) -> QImage:
    """For the strip: the whole part with its heat and outlines."""
    image = image_of(picture.pixels)
    size = image.size().scaled(SMALL_PX, Qt.AspectRatioMode.KeepAspectRatio)
    small = QImage(size, QImage.Format.Format_RGB32)
    zoom = size.width() / image.width()
    to_screen = AxisMap(scale_x=zoom, scale_y=zoom)
    painter = QPainter(small)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(
        QRectF(small.rect()),
        image.scaled(size, mode=Qt.TransformationMode.SmoothTransformation),
    )
    if picture.heat is not None and picture.to_sensor is not None:
        heat = heat_image(picture.heat, picture.threshold)
        draw_heat(painter, heat, picture.to_sensor, to_screen)
    painter.setPen(QPen(QColor(VERMILION), 2))
    for region in picture.regions:
        painter.drawRect(on_screen(region.box_sensor_px, to_screen).adjusted(-1, -1, 1, 1))
    painter.end()
    return small
