"""The run view: lays the panels, hands them values, and hands on what a person wants."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.flow import Record, Stage
from inspector.pipeline.events import JudgedBy, Phase, RunSnapshot
from inspector.pipeline.parts import View
from ui.run.banner_memory import BannerMemory, Face
from ui.run.charts import Charts
from ui.run.counters import Counters
from ui.run.fail_picture import FailPicture
from ui.run.fail_strip import FailStrip
from ui.run.foot import Foot
from ui.run.last_fail import LastFail
from ui.run.live_picture import LivePicture
from ui.run.notice import Notice
from ui.run.results_table import ResultsTable
from ui.run.verdict_banner import VerdictBanner
from ui.texts.troubles import (
    trouble_of_blocked,
    trouble_of_change,
    trouble_of_lost,
    trouble_of_set_aside,
)
from ui.texts.words import phase_word
from ui.theme.theme import Theme

_AT_WORK = (Phase.READY, Phase.RUNNING, Phase.BLOCKED)


class RunView(QWidget):
    """Everything of WINDOW's run view but the bar above it.

    Attributes:
        picture, banner, counters, strip, table, foot, notice: The panels.
    """

    fail_chosen = Signal(object)  # FailPicture

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "ground")
        self.notice = Notice()
        self.picture = LivePicture(theme)
        self.banner = VerdictBanner(theme)
        self.counters = Counters()
        self.last_fail = LastFail()
        self.strip = FailStrip(theme)
        self.table = ResultsTable(theme)
        self.charts = Charts(theme)
        self.foot = Foot(theme)
        self._memory = BannerMemory()
        self._phase = Phase.IDLE
        self._judged_by: JudgedBy | None = None
        self._troubles: tuple[InspectorError | str | None, ...] = ()
        self._is_camera_lost = False
        self._is_compact = theme.sizes.is_compact
        self.notice.visibility_changed.connect(self._make_room)
        self.last_fail.chosen.connect(self.fail_chosen)
        self.strip.chosen.connect(self.fail_chosen)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(12, 8, 12, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._grid, 1)
        layout.addWidget(self.foot)
        self._lay(theme)
        self.show_phase(Phase.IDLE)

    def _lay(self, theme: Theme) -> None:
        grid, gap = self._grid, theme.sizes.gap
        grid.setSpacing(gap)
        grid.addWidget(self.notice, 0, 0, 1, 2)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(gap)
        left.addWidget(self.picture, 10)
        left.addWidget(self.strip, 3)
        left.addWidget(self.table, 4)
        right.addWidget(self.banner)
        right.addWidget(self.counters)
        right.addWidget(self.last_fail, 3)
        right.addWidget(self.charts, 6)
        grid.addLayout(left, 1, 0)
        grid.addLayout(right, 1, 1)
        grid.setColumnStretch(0, 68)
        grid.setColumnStretch(1, 32)
        grid.setRowStretch(1, 1)

    def set_theme(self, theme: Theme) -> None:
        """Colours and sizes."""
        for panel in (self.picture, self.banner, self.strip, self.table, self.charts):
            panel.set_theme(theme)
        self._is_compact = theme.sizes.is_compact
        self._make_room()

    def retranslate(self) -> None:
        """Write in the chosen language."""
        for panel in (
            self.notice, self.picture, self.counters, self.last_fail, self.strip, self.table,
            self.charts, self.foot,
        ):  # fmt: skip
            panel.retranslate()
        self.show_phase(self._phase)
        self.banner.update()

    def start(
        self, judged_by: JudgedBy, cameras: tuple[str, ...], stored: Sequence[Record]
    ) -> None:
        """A line starts.

        Args:
            judged_by: What judges its parts, until a snapshot says otherwise.
            stored: The newest results that its store holds, oldest first.
        """
        self.clear()
        self.banner.show_face(None, phase_word(self._phase))
        self.table.add(stored)
        self.charts.start(judged_by.threshold)
        self._judged_by = judged_by
        self.picture.set_cameras(cameras)

    def clear(self) -> None:
        """Another line, of which nothing is known yet."""
        self._memory.clear()
        self.banner.show_face(None, self._idle_text(self._phase))
        for panel in (self.counters, self.last_fail, self.strip, self.table, self.charts):
            panel.clear()
        self._judged_by, self._troubles, self._is_camera_lost = None, (), False
        self.picture.set_cameras(())
        self.notice.clear()

    def show_phase(self, phase: Phase) -> None:
        """What the line is doing."""
        self._phase = phase
        self.foot.show_phase(phase)
        if phase in (Phase.IDLE, Phase.FAULTED):
            self.picture.show_message("")
            self._memory.clear()
            self.banner.show_face(None, self._idle_text(phase))

    def show_snapshot(self, snapshot: RunSnapshot) -> None:
        """The line now."""
        if snapshot.phase is not self._phase:
            self.show_phase(snapshot.phase)
        self.foot.show_snapshot(snapshot)
        self.counters.show_snapshot(snapshot)
        self.charts.show_snapshot(snapshot)
        self._show_change(snapshot)
        self._show_troubles(snapshot)
        for camera in snapshot.cameras:
            is_at_work = snapshot.phase in _AT_WORK  # else it is closed
            if camera.name == self.picture.camera and is_at_work:
                self.picture.show_camera(camera, snapshot.figures.parts_per_s)

    def add_records(self, records: Sequence[Record], now_s: float) -> None:
        """More stored results, oldest first; nothing is shown that was not kept."""
        for record in records:
            self._memory.add(_face(record), now_s)
        self.table.add(records)
        self.charts.add(records)
        self._show_face(now_s)

    def add_fail(self, fail: FailPicture, n_skipped: int = 0) -> None:
        """A part that did not pass, as a picture; and of how many others there is none."""
        self.last_fail.show_fail(fail)
        self.strip.add(fail, n_skipped)

    def show_view(self, view: View) -> None:
        """The newest picture."""
        self.picture.show_view(view)

    def tick(self, now_s: float) -> None:
        """Time passed: what the banner holds may go."""
        if self._phase in (Phase.IDLE, Phase.FAULTED):
            return
        self.charts.redraw()
        self._show_face(now_s)

    def _show_change(self, snapshot: RunSnapshot) -> None:
        """Another bundle or recipe judges."""
        judged_by = snapshot.judged_by
        if judged_by is not None and judged_by != self._judged_by:
            self._judged_by = judged_by
            self.charts.start(judged_by.threshold)  # scores of another model mean something else

    def _show_troubles(self, snapshot: RunSnapshot) -> None:
        """What is wrong with a line that goes on; each once, until it is over."""
        is_at_work = snapshot.phase in _AT_WORK  # else cameras are closed
        lost = [one.name for one in snapshot.cameras if is_at_work and not one.is_open]
        self._is_camera_lost = bool(lost)
        # The one that is shown says so itself, over its picture.
        unseen = ", ".join(name for name in lost if name != self.picture.camera)
        blocked_by, change_trouble = snapshot.blocked_by, snapshot.change_trouble
        store_fault = snapshot.store_fault
        now = (blocked_by, unseen, change_trouble, store_fault)
        before, self._troubles = self._troubles, now
        if tuple(map(str, before)) == tuple(map(str, now)):
            return
        if blocked_by is not None:
            self.notice.show_trouble(trouble_of_blocked(blocked_by))
        elif unseen:
            self.notice.show_trouble(trouble_of_lost(unseen))
        elif change_trouble is not None:
            self.notice.show_trouble(trouble_of_change(change_trouble))
        elif store_fault is not None and store_fault not in before:
            self.notice.show_trouble(trouble_of_set_aside(store_fault))
        elif self.notice.detail in map(str, before):
            self.notice.clear()

    def _show_face(self, now_s: float) -> None:
        if self._phase in (Phase.IDLE, Phase.FAULTED):
            return
        text, is_alarm = phase_word(self._phase), self._phase is Phase.BLOCKED
        if self._is_camera_lost and not is_alarm:
            text, is_alarm = self.tr("A camera cannot be reached."), True
        face = None if is_alarm else self._memory.face(now_s)  # whatever passed: nothing passes now
        self.banner.show_face(face, text, is_alarm=is_alarm)

    def _make_room(self) -> None:
        """In a low window a notice takes the place of the charts: no figure is cut for it."""
        self.charts.setVisible(not (self._is_compact and bool(self.notice.text)))

    def _idle_text(self, phase: Phase) -> str:
        if phase is Phase.FAULTED:
            return phase_word(phase)
        return self.tr("Press Start to begin.")


def _face(record: Record) -> Face:
    return Face(
        decision=record.verdict.decision,
        part_number=record.part_number,
        score=record.score,
        threshold=record.verdict.threshold,
        total_ms=record.stage_ms.get(Stage.TOTAL),
    )
