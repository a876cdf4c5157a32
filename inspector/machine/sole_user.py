"""Keeps two lines of this machine from using one camera, across users and services."""

import hashlib
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from inspector.errors import SettingsError
from inspector.files.processes import process_text

_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: unix(7)


@contextmanager
def sole_user(what: str, camera: str) -> Iterator[None]:
    """Hold something by its name; the system lets go of it however the process ends.

    On Linux by a socket without a file, which a service with a /tmp of its own sees as well. On
    other systems nothing is held: there the driver is asked.

    Args:
        what: The same text for the same thing.
        camera: What people call it.

    Raises:
        SettingsError: Another process holds it; the text names that one.
    """
    if sys.platform != "linux":
        yield
        return
    # Of a fixed length: an address may not be longer than 108 bytes.
    address = f"\0inspector-{hashlib.sha256(what.encode()).hexdigest()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as held:
        try:
            held.bind(address)
        except OSError as error:
            raise SettingsError(
                f"camera {camera!r}: {what} is used already by {_holder(address)}; stop that one, "
                "or give this station another camera"
            ) from error
        held.listen(1)
        yield


def _holder(address: str) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.settimeout(1.0)
            asking.connect(address)
            said = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        except OSError:
            return "another program"
    pid: int = _CREDENTIALS.unpack(said)[0]
    return process_text(pid)
