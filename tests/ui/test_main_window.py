"""The whole window over a real line: real cameras of files, a real model, a real store."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.flow import Decision
from tests.support.stations import change_station, write_station
from tests.support.stores import stored
from ui.languages import Languages
from ui.main_window import MainWindow
from ui.theme.colours import Scheme
from ui.window_settings import WindowSettings, WindowState

WAIT_MS = 30_000
Opened = Callable[..., MainWindow]


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A line on which every third part is bright and fails."""
    return write_station(tmp_path, (20, 40, 200))


@pytest.fixture
def opened(tmp_path: Path, station: Path, qtbot: QtBot) -> Iterator[Opened]:
    windows: list[MainWindow] = []

    def make(state: WindowState | None = None) -> MainWindow:
        window = MainWindow(
            state or WindowState(language="en"),
            WindowSettings(tmp_path / "window.ini"),
            lambda: station,
            Languages(),
        )
        window.resize(1600, 900)
        window.show()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.stop_line()
        qtbot.waitUntil(lambda window=window: not window.is_line_running, timeout=WAIT_MS)  # type: ignore[misc]
        window.close()
    Languages().switch("en")


def run_until(window: MainWindow, qtbot: QtBot, n_parts: int) -> None:
    qtbot.waitUntil(lambda: window.run_view.table.model.rowCount() >= n_parts, timeout=WAIT_MS)


def stopped(window: MainWindow, qtbot: QtBot) -> None:
    window.stop_line()
    qtbot.waitUntil(lambda: not window.is_line_running, timeout=WAIT_MS)


def test_line_is_opened_started_watched_and_stopped(
    opened: Opened, station: Path, qtbot: QtBot
) -> None:
    window = opened()
    window.open_file(station)
    assert window.windowTitle() == "Line 3 - Inspector"
    window.start_line()
    run_until(window, qtbot, 9)
    qtbot.waitUntil(lambda: bool(window.run_view.strip.fails), timeout=WAIT_MS)
    assert window.run_view.last_fail.fail is not None
    assert window.run_view.last_fail.fail.decision is Decision.FAIL
    stopped(window, qtbot)
    records = stored(station.parent / "records" / "records.db")
    shown = {window.run_view.table.model.part_number(n) for n in range(len(records))}
    assert shown == {record.part_number for record in records}
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))
    assert window.run_view.foot.start.isEnabled()


def test_second_start_goes_on_with_numbers_and_counts(
    opened: Opened, station: Path, qtbot: QtBot
) -> None:
    window = opened()
    window.open_file(station, is_started=True)
    run_until(window, qtbot, 3)
    stopped(window, qtbot)
    n_before = len(stored(station.parent / "records" / "records.db"))
    window.start_line()
    run_until(window, qtbot, n_before + 3)
    stopped(window, qtbot)
    records = stored(station.parent / "records" / "records.db")
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))


def test_line_starts_as_its_file_says_now(opened: Opened, station: Path, qtbot: QtBot) -> None:
    window = opened()
    window.open_file(station, is_started=True)
    run_until(window, qtbot, 3)
    stopped(window, qtbot)
    change_station(station, '"Line 3"', '"Line 4"')
    window.start_line()
    assert window.windowTitle() == "Line 4 - Inspector"
    stopped(window, qtbot)
    change_station(station, "store =", "stroe =")
    window.start_line()
    assert "station file cannot be used" in window.run_view.notice.text
    assert not window.is_line_running


def test_line_that_starts_is_shown(opened: Opened, station: Path, qtbot: QtBot) -> None:
    window = opened()
    window.open_file(station)
    window._show_start()
    window.start_line()
    assert window.run_view.isVisible()
    assert not window.start_page.isVisible()


def test_another_station_shows_nothing_of_the_one_before(
    opened: Opened, station: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = opened()
    window.open_file(station, is_started=True)
    run_until(window, qtbot, 3)
    stopped(window, qtbot)
    (tmp_path / "other").mkdir()
    window.open_file(write_station(tmp_path / "other", (20,)))
    assert window.run_view.table.model.rowCount() == 0
    assert window.run_view.last_fail.fail is None


def test_held_key_counts_once(opened: Opened) -> None:
    window = opened()
    repeating = {action.shortcut().toString() for action in window.actions() if action.autoRepeat()}
    assert repeating == {"Ctrl++", "Ctrl+-"}


def test_line_is_stopped_by_its_key_while_a_fail_is_looked_at(
    opened: Opened, station: Path, qtbot: QtBot
) -> None:
    window = opened()
    window.open_file(station, is_started=True)
    qtbot.waitUntil(lambda: window.run_view.last_fail.fail is not None, timeout=WAIT_MS)
    window.show_last_fail()
    window.show_last_fail()  # in the place of the one before
    (dialog,) = [one for one in window.findChildren(QDialog) if one.isVisible()]
    assert not dialog.isModal()
    qtbot.waitUntil(dialog.isActiveWindow)
    for _ in range(2):
        qtbot.keyClick(dialog, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: not window.is_line_running, timeout=WAIT_MS)
    dialog.close()


def test_demo_runs_at_once(opened: Opened, qtbot: QtBot) -> None:
    window = opened()
    window.open_demo()
    run_until(window, qtbot, 1)


def test_language_and_scheme_change_while_the_line_runs(
    opened: Opened, station: Path, qtbot: QtBot
) -> None:
    window = opened()
    window.open_file(station, is_started=True)
    run_until(window, qtbot, 3)
    window.switch_language()
    window.switch_scheme()
    qtbot.waitUntil(lambda: window.run_view.foot.start.text() == "启动")
    n_rows = window.run_view.table.model.rowCount()
    run_until(window, qtbot, n_rows + 3)
    window.switch_language()
    qtbot.waitUntil(lambda: window.run_view.foot.start.text() == "Start")


def test_window_comes_back_as_it_was_left(
    opened: Opened, station: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = opened()
    window.open_file(station)
    window.switch_language()
    window.switch_scheme()
    window.toggle_heat()
    window.close()
    left = WindowSettings(tmp_path / "window.ini").load()
    assert (left.language, left.scheme, left.is_heat_shown) == ("zh_CN", Scheme.LIGHT, False)
    assert left.last_station == station
    again = opened(left)
    assert again.start_page.last.isVisible()
    again.open_last()
    assert not again.run_view.picture.is_heat_shown


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("store =", "stroe ="), "station file cannot be used"),
        (("schema_version = 1", "schema_version = 9"), "station file cannot be used"),
    ],
)
def test_wrong_station_file_is_a_sentence_on_the_start_page(
    change: tuple[str, str], words: str, opened: Opened, station: Path
) -> None:
    change_station(station, *change)
    window = opened()
    window.open_file(station)
    assert words in window.start_page.notice.text
    assert "station" in window.start_page.notice.detail


def break_bundle(station: Path) -> None:
    model = station.parent / "grey.bundle" / "model.onnx"
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(bytes(data))


def change(old: str, new: str) -> Callable[[Path], None]:
    def write(station: Path) -> None:
        change_station(station, old, new)

    return write


def put_a_file_in_the_way(station: Path) -> None:
    (station.parent / "records").write_text("in the way")


def damage_store(station: Path) -> None:
    (station.parent / "records").mkdir()
    (station.parent / "records" / "records.db").write_bytes(b"no database, but long enough")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (break_bundle, "not what was approved"),
        (change("replay:parts", "replay:nowhere"), "A camera cannot be reached"),
        (change("replay:parts", "cam:1"), "station file cannot be used"),
        (change("free_space_floor_mb = 0", "free_space_floor_mb = 99999999"), "disk is full"),
        (put_a_file_in_the_way, "station file cannot be used"),
    ],
)
def test_what_cannot_run_is_a_sentence_and_the_window_lives(
    spoil: Callable[[Path], None], words: str, opened: Opened, station: Path, qtbot: QtBot
) -> None:
    spoil(station)
    window = opened()
    window.open_file(station)
    window.start_line()
    qtbot.waitUntil(lambda: bool(window.run_view.notice.text), timeout=WAIT_MS)
    assert words in window.run_view.notice.text
    assert not window.is_line_running
    assert window.run_view.foot.start.isEnabled()


def test_line_starts_after_what_was_wrong_is_mended(
    opened: Opened, station: Path, qtbot: QtBot
) -> None:
    put_a_file_in_the_way(station)
    window = opened()
    window.open_file(station, is_started=True)
    qtbot.waitUntil(lambda: bool(window.run_view.notice.text), timeout=WAIT_MS)
    (station.parent / "records").unlink()
    window.start_line()
    run_until(window, qtbot, 3)
    assert window.run_view.notice.isHidden()


def test_line_with_a_damaged_store_runs_and_says_so(
    opened: Opened, station: Path, qtbot: QtBot
) -> None:
    damage_store(station)
    window = opened()
    window.open_file(station, is_started=True)
    run_until(window, qtbot, 3)
    assert window.run_view.notice.text.startswith("The results of earlier parts are damaged.")
    assert "set aside as 'records.damaged-" in window.run_view.notice.detail
    stopped(window, qtbot)


def answer(monkeypatch: pytest.MonkeyPatch, button: int) -> list[str]:
    """Answer the question that is asked with its first or second button."""
    asked: list[str] = []

    def press(box: QMessageBox) -> int:
        asked.append(box.text())
        box.buttons()[button].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    return asked


def test_closing_while_running_asks_once_and_stops_cleanly(
    opened: Opened, station: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch, 0)
    window = opened()
    window.open_file(station, is_started=True)
    run_until(window, qtbot, 3)
    window.close()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT_MS)
    assert asked == ["Stop the line and close the window?"]
    assert not window.is_line_running


def test_end_from_outside_needs_no_answer(opened: Opened, station: Path, qtbot: QtBot) -> None:
    window = opened()
    window.open_file(station, is_started=True)
    run_until(window, qtbot, 3)
    QTimer.singleShot(200, window.end)
    window.close()  # asks, and is answered by nobody
    qtbot.waitUntil(lambda: not window.is_line_running, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT_MS)


def test_closing_can_be_thought_better_of(
    opened: Opened, station: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch, 1)
    window = opened()
    window.open_file(station, is_started=True)
    run_until(window, qtbot, 3)
    window.close()
    assert (len(asked), window.isVisible(), window.is_line_running) == (1, True, True)


def test_last_fail_opens_large(opened: Opened, station: Path, qtbot: QtBot) -> None:
    window = opened()
    window.open_file(station, is_started=True)
    qtbot.waitUntil(lambda: window.run_view.last_fail.fail is not None, timeout=WAIT_MS)
    window.show_last_fail()
    dialogs = window.findChildren(QDialog)
    assert [dialog.isVisible() for dialog in dialogs] == [True]
    dialogs[0].close()


def test_new_shift_counts_from_zero(opened: Opened, station: Path, qtbot: QtBot) -> None:
    window = opened()
    window.open_file(station, is_started=True)
    qtbot.waitUntil(
        lambda: int(window.run_view.counters.numbers()["PASS"].replace("\u2013", "0")) > 5,
        timeout=WAIT_MS,
    )
    window.begin_shift()
    qtbot.waitUntil(lambda: int(window.run_view.counters.numbers()["PASS"]) <= 3, timeout=WAIT_MS)


def test_software_trigger_takes_a_part_for_each_press(
    opened: Opened, station: Path, qtbot: QtBot
) -> None:
    change_station(
        station, 'source = "replay:parts"', 'source = "replay:parts"\ntrigger = "software"'
    )
    window = opened()
    window.trigger_part()  # nothing runs yet
    window.open_file(station, is_started=True)
    qtbot.waitUntil(lambda: window.run_view.foot.status.startswith("Ready"), timeout=WAIT_MS)
    for number in (1, 2, 3):
        window.trigger_part()
        run_until(window, qtbot, number)
    stopped(window, qtbot)
    assert len(stored(station.parent / "records" / "records.db")) == 3


def test_random_clicks_and_keys_lose_no_part(
    opened: Opened, station: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2,000 events that a person could make, while the line runs."""
    monkeypatch.setattr(QMessageBox, "exec", lambda _box: 0)
    rng = random.Random(20)
    window = opened()
    window.open_file(station, is_started=True)
    run_until(window, qtbot, 3)
    keys = [
        Qt.Key.Key_F8, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Return,
        Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Home,
        Qt.Key.Key_A, Qt.Key.Key_F5,
    ]  # fmt: skip
    for number in range(2_000):
        kind = rng.randrange(12)
        if number % 100 == 99:
            for dialog in window.findChildren(QDialog):
                dialog.close()
        elif kind == 0:
            window.resize(rng.randrange(1024, 1400), rng.randrange(640, 1000))
        elif kind == 1 and number % 5 == 0:
            window.switch_language()
        elif kind == 2 and number % 5 == 0:
            window.switch_scheme()
        elif kind < 7:
            QTest.keyClick(target(window, rng), rng.choice(keys))
        else:
            widget = target(window, rng)
            at = QPoint(rng.randrange(widget.width() or 1), rng.randrange(widget.height() or 1))
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)
        if number % 5 == 0:
            QApplication.processEvents()
    for dialog in window.findChildren(QDialog):
        dialog.close()
    stopped(window, qtbot)
    records = stored(station.parent / "records" / "records.db")
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))
    assert {record.verdict.decision for record in records} == {Decision.PASS, Decision.FAIL}


def target(window: MainWindow, rng: random.Random) -> QWidget:
    """Any visible widget but what would open a dialog of the system or leave the line."""
    unwanted = {window.start_page, window.run_view.foot.shift}
    widgets = [
        widget
        for widget in window.run_view.findChildren(QWidget)
        if widget.isVisible() and widget not in unwanted
    ]
    assert not any(isinstance(w, QPushButton) and w.text() == "Stations" for w in widgets)
    return rng.choice(widgets)
