"""Makes the icon of the Windows programs from the drawing that Linux takes as it is."""

import io
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIDES_PX = (256, 64, 48, 40, 32, 24, 20, 16)  # those that Windows asks for at 100 to 200 %


def write_icon(drawing: Path, out: Path) -> None:
    """Draw it at every size.

    Args:
        drawing: An SVG.
        out: The .ico.
    """
    renderer = QSvgRenderer(str(drawing))
    first, *others = (_drawn(renderer, side_px) for side_px in SIDES_PX)
    first.save(out, sizes=[(side, side) for side in SIDES_PX], append_images=others)


def _drawn(renderer: QSvgRenderer, side_px: int) -> Image.Image:
    image = QImage(side_px, side_px, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    png = QByteArray()
    buffer = QBuffer(png)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return Image.open(io.BytesIO(png.data()))
