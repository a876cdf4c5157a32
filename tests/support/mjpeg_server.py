"""A network camera: a real server of JPEG pictures over HTTP on the loopback, in its own process.

    python -m tests.support.mjpeg_server PORT FRAMES_PER_S

Each picture is grey; its level counts up by 10 from 0 to 240 and begins anew.
"""

import http.server
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BOUNDARY = "picture"
SIZE_PX = (48, 64)
LEVELS = tuple(range(0, 250, 10))


class _Camera(http.server.BaseHTTPRequestHandler):
    pictures: tuple[bytes, ...] = ()
    period_s = 0.05
    stop = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.end_headers()
        number = 0
        try:
            while not self.stop.wait(self.period_s):
                picture = self.pictures[number % len(self.pictures)]
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}"
                self.wfile.write(head.encode() + b"\r\n\r\n" + picture + b"\r\n")
                number += 1
        except OSError:  # the client went away
            return

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(port: int, frames_per_s: float = 20.0) -> Iterator[subprocess.Popen[bytes]]:
    """The camera, as long as the `with` lasts; it can be stopped, frozen or killed meanwhile."""
    command = [sys.executable, "-m", "tests.support.mjpeg_server", str(port), str(frames_per_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()


def main() -> None:
    from inspector.opencv import cv2

    pictures = []
    for level in LEVELS:
        is_done, data = cv2.imencode(".jpg", np.full((*SIZE_PX, 3), level, dtype=np.uint8))
        assert is_done
        pictures.append(data.tobytes())
    _Camera.pictures = tuple(pictures)
    _Camera.period_s = 1 / float(sys.argv[2])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Camera)
    server.daemon_threads = True
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
