"""What a service manager hears, on a real socket; and that nobody else is needed."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.machine.service_manager import ServiceManager

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="systemd is of Linux")


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """The name of a socket as systemd gives it, and the socket."""
    name = (
        f"@inspector-test-{tmp_path.name}" if request.param == "abstract" else str(tmp_path / "s")
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hears:
        hears.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        hears.settimeout(5)
        yield name, hears


def test_messages_arrive_as_systemd_wants_them(listener: tuple[str, socket.socket]) -> None:
    name, hears = listener
    manager = ServiceManager({"NOTIFY_SOCKET": name})
    manager.ready()
    manager.ready()
    manager.alive("running  |  pass 3")
    manager.alive("running  |  pass 3")
    manager.alive("running  |  pass 4")
    manager.stopping()
    assert [hears.recv(1000).decode() for _ in range(5)] == [
        "READY=1",
        "WATCHDOG=1\nSTATUS=running  |  pass 3",
        "WATCHDOG=1",
        "WATCHDOG=1\nSTATUS=running  |  pass 4",
        "STOPPING=1",
    ]


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/no/where"}])
def test_nobody_who_listens_is_no_fault(environment: dict[str, str]) -> None:
    manager = ServiceManager(environment)
    manager.ready()
    manager.alive("running")
    manager.stopping()


def test_manager_that_does_not_read_never_holds_the_line(tmp_path: Path) -> None:
    name = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(name)
        manager = ServiceManager({"NOTIFY_SOCKET": name})
        for number in range(2000):
            manager.alive(f"part {number}")
