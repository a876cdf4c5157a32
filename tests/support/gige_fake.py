"""A GigE Vision camera on the loopback, in a process of its own: it can be killed and frozen.

    python -m tests.support.gige_fake FRAMES_PER_S [BLOCK:PACKET ...]

The packets that are named are never sent.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WIDTH_PX, HEIGHT_PX = 64, 48
ADDRESS = "127.0.0.1"


def main() -> None:
    from viva_genicam.testing import FakeGigeCamera

    dropped = [tuple(map(int, one.split(":"))) for one in sys.argv[2:]]
    camera = FakeGigeCamera(
        width=WIDTH_PX,
        height=HEIGHT_PX,
        fps=int(sys.argv[1]),
        packet_resend=False,
        drop_packets=dropped,  # type: ignore[arg-type]
    )
    camera.start()
    print("ready", flush=True)
    threading.Event().wait()


@contextmanager
def gige_camera(frames_per_s: int = 30, *dropped: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Its process; ended with the context."""
    command = [sys.executable, "-m", "tests.support.gige_fake", str(frames_per_s), *dropped]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()


if __name__ == "__main__":
    main()
