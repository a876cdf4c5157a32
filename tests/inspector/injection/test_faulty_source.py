"""A camera with faults is the camera behind it where the script says nothing."""

from inspector.clock import SystemClock
from inspector.injection.faulty_source import FaultySource
from inspector.injection.injector import Injector
from inspector.injection.script import Script
from tests.support.lines import ScriptedSource


def test_camera_without_a_fault_is_the_one_behind_it() -> None:
    clock = SystemClock()
    injector = Injector(Script(faults=()), first_part=1, is_free=True, clock=clock)
    behind = ScriptedSource([10, 20])
    source = injector.source("top", behind)
    assert isinstance(source, FaultySource)
    source.open()
    assert source.info() == behind.info()
    assert [int(source.grab(1.0).pixels[0, 0]) for _ in range(2)] == [10, 20]
    source.trigger()
    source.close()
    assert behind.calls == ["open", "trigger", "close"]
