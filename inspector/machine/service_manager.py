"""Tells the system's service manager how a service does: systemd's protocol `sd_notify`.

One datagram a message, to the socket that the environment names; without a service manager it names
none. See systemd's manual page sd_notify(3).
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class ServiceManager:
    """Who started this process and watches it; for one thread.

    A message that cannot be sent is lost: what watches the line must not hold it.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        named = environment.get("NOTIFY_SOCKET", "")
        # A name that begins with @ is in no folder: Linux wants a zero byte in its place.
        self._address = f"\0{named[1:]}" if named.startswith("@") else named
        self._said = ""
        self._is_ready = False

    @property
    def is_there(self) -> bool:
        """Whether somebody listens."""
        return bool(self._address)

    def ready(self) -> None:
        """The service does what it is for; told once."""
        if not self._is_ready:
            self._is_ready = True
            self._send("READY=1")

    def alive(self, status: str) -> None:
        """It still does, and in words, how; without such a message in time it is started anew."""
        news = "" if status == self._said else f"\nSTATUS={status}"
        self._said = status
        self._send(f"WATCHDOG=1{news}")

    def stopping(self) -> None:
        """It was asked to end, and does."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self.is_there:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(message.encode(), self._address)
