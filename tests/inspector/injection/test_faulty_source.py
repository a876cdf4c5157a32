"""A camera with faults is the camera behind it where the script says nothing."""

from inspector.clock import SystemClock
from inspector.injection.faulty_source import FaultySource
from inspector.injection.injector import Injector
from inspector.injection.script import Fault, Kind, Script
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


def test_any_number_of_pictures_may_be_lost_one_after_the_other() -> None:
    clock = SystemClock()
    drop = Fault(place=1, kind=Kind.DROP, camera="top", parts=range(1, 5_001))
    injector = Injector(Script(faults=(drop,)), first_part=1, is_free=True, clock=clock)
    source = injector.source("top", ScriptedSource([10] * 5_000 + [20]))
    source.open()
    assert source.grab(60.0).frame_id == 5_000
    assert len(injector.happened) == 5_000
