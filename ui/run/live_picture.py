"""The newest part that was judged, as the camera saw it, with heat and outlines."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.pipeline.events import CameraSnapshot
from inspector.pipeline.parts import View
from ui.run.inspected_picture import picture_of
from ui.texts.numbers import TIMES
from ui.theme.theme import Theme
from ui.widgets.picture_view import ZOOM_STEP, PictureView

MARGIN_PX = 12
BLANK_AFTER_MS = 400  # a fast line has another picture by then, and nothing flickers


class LivePicture(QFrame):
    """The picture of one camera, its buttons over it, and the cameras to choose from."""

    camera_chosen = Signal(str)
    heat_switched = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.view = PictureView(theme.colours.picture)
        self._info, self._message = QLabel(self), QLabel(self)
        for label in (self._info, self._message):
            label.setProperty("kind", "overlay")
            label.hide()
        self._message.setWordWrap(True)
        self._fit, self._heat = QPushButton(), QPushButton()
        self._larger, self._smaller = QPushButton("+"), QPushButton("\u2212")
        self._heat.setCheckable(True)
        self._heat.setChecked(True)
        self._tools = QWidget(self)
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(theme.sizes.gap)
        for button in (self._smaller, self._larger, self._fit, self._heat):
            tools.addWidget(button)
        self._cameras = QWidget(self)
        self._camera_row = QHBoxLayout(self._cameras)
        self._camera_row.setContentsMargins(0, 0, 0, 0)
        self._camera_buttons: dict[str, QPushButton] = {}
        self._camera = ""
        self._newest: dict[str, View] = {}
        self._blank = QTimer(self)
        self._blank.setSingleShot(True)
        self._blank.setInterval(BLANK_AFTER_MS)
        self._blank.timeout.connect(self._show_blank)
        self._fit.clicked.connect(self.view.fit)
        self._larger.clicked.connect(self.zoom_in)
        self._smaller.clicked.connect(self.zoom_out)
        self._heat.toggled.connect(self._switch_heat)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self.view)
        for overlay in (self._info, self._message, self._tools, self._cameras):
            overlay.raise_()
        self.retranslate()

    @property
    def camera(self) -> str:
        """Whose picture is shown; empty without a line."""
        return self._camera

    def retranslate(self) -> None:
        """Write in the chosen language."""
        self._fit.setText(self.tr("Fit"))
        self._heat.setText(self.tr("Heat map"))
        self._larger.setAccessibleName(self.tr("Larger"))
        self._smaller.setAccessibleName(self.tr("Smaller"))
        self._place_overlays()

    def set_theme(self, theme: Theme) -> None:
        """Colours and sizes."""
        self.view.set_ground(theme.colours.picture)
        self._place_overlays()

    def set_cameras(self, names: tuple[str, ...]) -> None:
        """Which cameras there are; the first is shown."""
        for button in self._camera_buttons.values():
            self._camera_row.removeWidget(button)
            button.deleteLater()
        self._camera_buttons = {}
        self._camera = names[0] if names else ""
        if len(names) > 1:
            for name in names:
                button = QPushButton(name)
                button.setCheckable(True)
                button.setAutoExclusive(True)
                button.setChecked(name == self._camera)
                button.clicked.connect(self._choose_clicked)
                self._camera_buttons[name] = button
                self._camera_row.addWidget(button)
        self._newest = {}
        self._show_blank()
        self._place_overlays()

    def show_view(self, view: View) -> None:
        """Show what a camera saw, if it is the chosen one; else when it is chosen.

        Of a part without a picture nothing is shown if no other follows at once: the picture of the
        part before it would stand beside its result.
        """
        self._newest[view.camera] = view
        if view.camera != self._camera:
            return
        picture = picture_of(view.inspected)
        if picture is not None:
            self._blank.stop()
            self.view.show_picture(picture)
        elif not self._blank.isActive():
            self._blank.start()

    def show_camera(self, camera: CameraSnapshot, parts_per_s: float) -> None:
        """What the camera is, and whether it can be reached."""
        size = ""
        if camera.size_px is not None:
            size = f"{camera.size_px[1]} {TIMES} {camera.size_px[0]}"
        rate = self.tr("{rate} / s").format(rate=f"{parts_per_s:.1f}")
        self._info.setText("   ".join(text for text in (camera.name, size, rate) if text))
        self._info.show()
        if camera.is_open and not camera.trouble:
            self._message.hide()
        elif camera.is_open:
            self.show_message(
                self.tr("No picture from “{camera}”. Check the trigger and the light.").format(
                    camera=camera.name
                )
            )
        else:
            self.show_message(
                self.tr(
                    "“{camera}” cannot be reached. Check cable and power; it is looked for."
                ).format(camera=camera.name)
            )
        self._place_overlays()

    def show_message(self, text: str) -> None:
        """A sentence over the picture; an empty one takes it away."""
        self._message.setText(text)
        self._message.setVisible(bool(text))
        self._place_overlays()

    def zoom_in(self) -> None:
        """Larger."""
        self.view.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Smaller."""
        self.view.zoom_by(1 / ZOOM_STEP)

    def set_heat(self, is_shown: bool) -> None:
        """Switch the heat map."""
        self._heat.setChecked(is_shown)

    @property
    def is_heat_shown(self) -> bool:
        """Whether the heat map is on."""
        return self._heat.isChecked()

    def next_camera(self) -> None:
        """Show the next camera, after the last the first."""
        names = list(self._camera_buttons)
        if names:
            self._choose(names[(names.index(self._camera) + 1) % len(names)])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep what lies over the picture in its corners."""
        super().resizeEvent(event)
        self._place_overlays()

    def _choose_clicked(self) -> None:
        for name, button in self._camera_buttons.items():
            if button.isChecked() and name != self._camera:
                self._choose(name)

    def _choose(self, name: str) -> None:
        self._camera = name
        self._camera_buttons[name].setChecked(True)
        self._show_blank()
        if name in self._newest:
            self.show_view(self._newest[name])
        self.camera_chosen.emit(name)

    def _show_blank(self) -> None:
        self._blank.stop()
        self.view.show_picture(None)

    def _switch_heat(self, is_shown: bool) -> None:
        self.view.show_heat(is_shown)
        self.heat_switched.emit(is_shown)

    def _place_overlays(self) -> None:
        self._info.adjustSize()
        self._info.move(MARGIN_PX, MARGIN_PX)
        self._cameras.adjustSize()
        below = MARGIN_PX + (self._info.height() + 8 if self._info.isVisible() else 0)
        self._cameras.move(MARGIN_PX, below)
        self._cameras.setVisible(bool(self._camera_buttons))
        self._tools.adjustSize()
        foot = self.height() - self._tools.height() - MARGIN_PX
        self._tools.move(self.width() - self._tools.width() - MARGIN_PX, foot)
        self._message.setFixedWidth(max(120, min(720, self.width() - 2 * MARGIN_PX)))
        self._message.adjustSize()
        middle = (self.width() - self._message.width()) // 2
        self._message.move(middle, (self.height() - self._message.height()) // 2)
