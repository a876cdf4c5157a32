"""However fast the engine talks, the window hears it one signal at a time."""

import threading

from pytestqt.qtbot import QtBot

from inspector.flow import Decision
from tests.support.panels import part, result, snapshot
from ui.bridge import EngineBridge


def test_records_of_many_calls_are_one_signal_until_they_are_taken(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    signals: list[int] = []
    bridge.news.connect(lambda: signals.append(1))
    for number in range(100):
        bridge.on_records([part(number)])
    assert len(signals) == 1
    assert [record.part_number for record in bridge.take_records()] == list(range(100))
    bridge.on_records([part(100)])
    assert (len(signals), len(bridge.take_records())) == (2, 1)


def test_only_parts_that_do_not_pass_are_told_as_pictures(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    told: list[int] = []
    bridge.rejected.connect(lambda one: told.append(one.part_number))
    for number, decision in enumerate(Decision):
        bridge.on_verdict(result(number, decision))
    assert told == [1, 2]


def test_engine_thread_never_waits_for_the_window(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    states: list[object] = []
    bridge.state_changed.connect(states.append)

    def talk() -> None:
        for number in range(1_000):
            bridge.on_records([part(number)])
            bridge.on_state(snapshot())

    thread = threading.Thread(target=talk)  # noqa: TID251  (a test's own)
    thread.start()
    thread.join(30)  # the event loop of this thread does not run meanwhile
    assert not thread.is_alive()
    assert len(bridge.take_records()) == 1_000
    qtbot.waitUntil(lambda: len(states) == 1_000)
