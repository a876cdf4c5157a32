"""The window: joins the line with what shows it."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.errors import InspectorError
from inspector.machine.user_folders import home_folder
from inspector.pipeline.events import Phase, RunSnapshot
from inspector.settings import StationSettings, load_station
from ui.actions import action_table
from ui.bridge import EngineBridge
from ui.languages import Languages
from ui.line import Line, LineInfo
from ui.run.fail_dialog import FailDialog
from ui.run.fail_picture import FailPicture
from ui.run.fail_pictures import FailPictures
from ui.run.view import RunView
from ui.start_page import StartPage
from ui.texts.troubles import trouble_of
from ui.theme.colours import Scheme
from ui.theme.style import style_sheet
from ui.theme.theme import Theme, theme_of
from ui.top_bar import TopBar
from ui.window_settings import WindowSettings, WindowState

FRAME_MS = 33  # of the live picture: thirty a second, which is all an eye follows
TICK_MS = 200  # of the banner
MAY_REPEAT = ("zoom_in", "zoom_out")
IN_DIALOGS = ("start_line", "stop_line", "begin_shift", "trigger_part")

DemoMaker = Callable[[], Path]


class MainWindow(QMainWindow):
    """Everything an operator sees. Lives in the GUI thread.

    Args:
        state: How the window was left.
        settings: Where to keep how it is left.
        demo: Makes the demo's station and gives its file.
    """

    def __init__(
        self, state: WindowState, settings: WindowSettings, demo: DemoMaker, languages: Languages
    ) -> None:
        super().__init__()
        self._settings, self._demo, self._languages = settings, demo, languages
        self._state = state
        self._station: StationSettings | None = None
        self._is_closing = False
        self._theme: Theme = theme_of(state.scheme)
        self._languages.switch(state.language)
        self._bridge = EngineBridge(self)
        self._line = Line(self._bridge, self)
        self._fails = FailPictures(self)
        self._top, self._run, self._start = TopBar(self._theme), RunView(self._theme), StartPage()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._start)
        self._pages.addWidget(self._run)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._top)
        layout.addWidget(self._pages, 1)
        self.setCentralWidget(body)
        self._actions: dict[str, QAction] = {}
        self._make_actions()
        self._connect()
        self._frames, self._ticks = QTimer(self), QTimer(self)
        self._frames.setInterval(FRAME_MS)
        self._frames.timeout.connect(self._show_newest)
        self._ticks.setInterval(TICK_MS)
        self._ticks.timeout.connect(self._tick)
        self._ticks.start()
        self._run.picture.set_heat(state.is_heat_shown)
        self._start.show_last(state.last_station)
        self.setMinimumSize(1024, 640)
        self.resize(1600, 900)
        if state.geometry is not None:
            self.restoreGeometry(state.geometry)
        self._apply_theme()
        self._retitle()

    # What a person can ask; the names are those of the table of actions

    def open_file(self, path: Path, *, is_started: bool = False) -> None:
        """Open a station file and show its line; say why where that cannot be."""
        if self._line.is_running:
            return
        try:
            station = load_station(path)
        except InspectorError as error:
            self._say(error)
            return
        self._state = replace(self._state, last_station=station.path)
        self._settings.keep(self._state)
        self._show_station(station)
        self._run.clear()
        self._start.notice.clear()
        if is_started:
            self.start_line()

    def open_station(self) -> None:
        """Ask which station file."""
        if self._line.is_running:
            return
        title, kinds = self.tr("Open a station file"), self.tr("Station files (*.toml)")
        last = self._state.last_station
        folder = str((home_folder() or Path.cwd()) if last is None else last.parent)
        name, _ = QFileDialog.getOpenFileName(self, title, folder, kinds)
        if name:
            self.open_file(Path(name))

    def open_demo(self) -> None:
        """Try the demo."""
        if self._line.is_running:
            return
        try:
            path = self._demo()
        except InspectorError as error:
            self._say(error)
            return
        self.open_file(path, is_started=True)

    def open_last(self) -> None:
        """Go on where the last day ended."""
        if self._state.last_station is not None:
            self.open_file(self._state.last_station)

    def start_line(self) -> None:
        """Start the line of the open station, as its file says it now."""
        if self._station is None or self._line.is_running:
            return
        try:
            self._show_station(load_station(self._station.path))
        except InspectorError as error:
            self._pages.setCurrentWidget(self._run)
            self._say(error)
            return
        self._run.notice.clear()
        self._run.show_phase(Phase.STARTING)
        self._line.start(self._station)
        self._run.setFocus()  # no button keeps the ring
        self._frames.start()

    def stop_line(self) -> None:
        """Stop it."""
        self._line.stop()

    def begin_shift(self) -> None:
        """Count anew."""
        self._line.begin_shift()

    def trigger_part(self) -> None:
        """A part is in place; nothing where the line has another trigger."""
        self._line.trigger()

    def show_last_fail(self) -> None:
        """The last fail, large."""
        fail = self._run.last_fail.fail
        if fail is not None:
            self._show_fail(fail)

    def fit_picture(self) -> None:
        """All of the picture."""
        self._run.picture.view.fit()

    def zoom_in(self) -> None:
        """Larger."""
        self._run.picture.zoom_in()

    def zoom_out(self) -> None:
        """Smaller."""
        self._run.picture.zoom_out()

    def toggle_heat(self) -> None:
        """Heat map on or off."""
        self._run.picture.set_heat(not self._run.picture.is_heat_shown)

    def next_camera(self) -> None:
        """Another camera."""
        self._run.picture.next_camera()

    def switch_language(self) -> None:
        """The other language."""
        language = "en" if self._state.language == "zh_CN" else "zh_CN"
        self._state = replace(self._state, language=language)
        self._settings.keep(self._state)
        self._languages.switch(language)

    def switch_scheme(self) -> None:
        """Dark or light."""
        scheme = Scheme.LIGHT if self._state.scheme is Scheme.DARK else Scheme.DARK
        self._state = replace(self._state, scheme=scheme)
        self._settings.keep(self._state)
        self._apply_theme()

    def toggle_full_screen(self) -> None:
        """Full screen or not."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_keys(self) -> None:
        """All keys."""
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("Keys"))
        box.setText(
            "<table cellspacing=8>"
            + "".join(
                f"<tr><td><b>{QKeySequence(row.keys).toString()}</b></td><td>{row.text}</td></tr>"
                for row in action_table()
            )
            + "</table>"
        )
        self._show_beside(box)

    def end(self) -> None:
        """Stop the line cleanly and close, without a question: nobody may be there."""
        self._is_closing = True
        self._line.stop()
        self._close_dialogs()  # one may ask whether to close
        self.close()

    def close_window(self) -> None:
        """Close the window."""
        self.close()

    # What happens

    @property
    def run_view(self) -> RunView:
        """The panels, for whoever looks at them from outside."""
        return self._run

    @property
    def start_page(self) -> StartPage:
        """The page before a line."""
        return self._start

    @property
    def is_line_running(self) -> bool:
        """Whether the line is at work."""
        return self._line.is_running

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Ask once while the line runs; then stop it cleanly, and close."""
        if self._line.is_running and not self._is_closing and not self._may_stop():
            event.ignore()
            return
        if self._line.is_running:  # it may have ended while the question stood
            event.ignore()
            self._is_closing = True
            self._line.stop()
            return
        self._frames.stop()
        self._ticks.stop()
        self._close_dialogs()
        self._fails.close()
        geometry = bytes(self.saveGeometry().data())
        is_heat_shown = self._run.picture.is_heat_shown
        self._state = replace(self._state, geometry=geometry, is_heat_shown=is_heat_shown)
        self._settings.keep(self._state)
        event.accept()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """The language may have changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Letters grow with the window."""
        super().resizeEvent(event)
        theme = theme_of(self._state.scheme, self.height())
        if theme != self._theme:
            self._apply_theme()

    def _connect(self) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        self._bridge.news.connect(self._take_records, queued)
        self._bridge.state_changed.connect(self._show_snapshot, queued)
        self._bridge.rejected.connect(self._fails.add, Qt.ConnectionType.DirectConnection)
        self._fails.ready.connect(self._add_fail, queued)
        self._line.prepared.connect(self._line_prepared, queued)
        self._line.ended.connect(self._line_ended, queued)
        self._run.foot.start_wanted.connect(self.start_line)
        self._run.foot.stop_wanted.connect(self.stop_line)
        self._run.foot.shift_wanted.connect(self.begin_shift)
        self._run.fail_chosen.connect(self._show_fail)
        self._start.last_wanted.connect(self.open_last)
        self._start.open_wanted.connect(self.open_station)
        self._start.demo_wanted.connect(self.open_demo)
        self._top.language_wanted.connect(self.switch_language)
        self._top.scheme_wanted.connect(self.switch_scheme)
        self._top.station_wanted.connect(self._show_start)

    def _make_actions(self) -> None:
        by_key = {
            "stop_line": self._run.foot.stop.press_key,
            "begin_shift": self._run.foot.shift.press_key,
        }
        for row in action_table():
            action = QAction(row.text, self)
            action.setShortcut(QKeySequence(row.keys))
            action.setAutoRepeat(row.action_id in MAY_REPEAT)  # a key held is no second press
            action.triggered.connect(by_key.get(row.action_id, getattr(self, row.handler)))
            self.addAction(action)
            self._actions[row.action_id] = action

    def _retranslate(self) -> None:
        for row in action_table():
            self._actions[row.action_id].setText(row.text)
        for panel in (self._top, self._run, self._start):
            panel.retranslate()
        self._retitle()

    def _show_station(self, station: StationSettings) -> None:
        self._station = station
        self._top.show_station(station.name)
        self._pages.setCurrentWidget(self._run)
        self._retitle()

    def _retitle(self) -> None:
        name = self.tr("Inspector")
        self.setWindowTitle(name if self._station is None else f"{self._station.name} - {name}")

    def _apply_theme(self) -> None:
        self._theme = theme_of(self._state.scheme, self.height())
        self.setStyleSheet(style_sheet(self._theme.colours, self._theme.sizes))
        self._top.set_theme(self._theme)
        self._run.set_theme(self._theme)

    def _line_prepared(self, info: LineInfo) -> None:
        self._fails.n_skipped = 0
        self._top.show_line(info)
        self._run.start(info.judged_by, info.cameras, info.stored)

    def _line_ended(self, error: InspectorError | None) -> None:
        self._line.join()
        self._frames.stop()
        self._take_records()
        self._run.show_phase(Phase.IDLE if error is None else Phase.FAULTED)
        if error is not None:
            self._say(error)
        if self._is_closing:
            self.close()

    def _say(self, error: InspectorError) -> None:
        page = self._start if self._pages.currentWidget() is self._start else self._run
        page.notice.show_trouble(trouble_of(error))

    def _take_records(self) -> None:
        self._run.add_records(self._bridge.take_records(), time.monotonic())

    def _show_snapshot(self, snapshot: RunSnapshot) -> None:
        if self._line.is_running:
            self._run.show_snapshot(snapshot)
            if snapshot.judged_by is not None:
                self._top.show_judged_by(snapshot.judged_by)

    def _add_fail(self, fail: FailPicture) -> None:
        self._run.add_fail(fail, self._fails.n_skipped)

    def _show_fail(self, fail: FailPicture) -> None:
        dialog = FailDialog(fail, self._theme, self)
        dialog.resize(self.size() * 0.8)
        self._show_beside(dialog)

    def _close_dialogs(self) -> None:
        for dialog in self.findChildren(QDialog):
            dialog.close()

    def _show_beside(self, dialog: QDialog) -> None:
        """One at a time; the line can be stopped while it stands there."""
        self._close_dialogs()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.addActions([self._actions[name] for name in IN_DIALOGS])
        dialog.show()

    def _show_newest(self) -> None:
        for view in self._line.newest_views():
            self._run.show_view(view)

    def _tick(self) -> None:
        self._run.tick(time.monotonic())

    def _show_start(self) -> None:
        if not self._line.is_running:
            self._start.show_last(self._state.last_station)
            self._pages.setCurrentWidget(self._start)

    def _may_stop(self) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("The line is running"))
        box.setText(self.tr("Stop the line and close the window?"))
        stop = box.addButton(self.tr("Stop and close"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Keep running"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is stop
