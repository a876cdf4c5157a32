"""A network camera: RTSP, or JPEG pictures over HTTP, through OpenCV's FFmpeg."""

import urllib.parse
from functools import partial

from inspector.capture.newest_reader import ContinuousSource
from inspector.capture.registry import FoundSource, SourceKind, Wanted
from inspector.capture.source import SourceInfo
from inspector.clock import Clock
from inspector.errors import SettingsError, SourceUnavailable
from inspector.opencv import cv2

OPEN_TIMEOUT_MS = 4_000  # with the reading's below the ten seconds in which a camera must be back
READ_TIMEOUT_MS = 3_000


def network_stream(url: str, source_id: str, clock: Clock) -> ContinuousSource:
    """The source behind an address. What comes while nobody asks is forgotten.

    Args:
        url: Of the stream; a password in it is not shown.
    """
    shown = _without_password(url)
    return ContinuousSource(
        shown,
        source_id,
        partial(_open_capture, url, shown),
        lambda: SourceInfo(description=shown),
        clock,
    )


def _open_capture(url: str, shown: str) -> cv2.VideoCapture:
    parameters = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS,
    ]  # fmt: skip
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, parameters)
    if not capture.isOpened():
        capture.release()
        raise SourceUnavailable(
            f"{shown} gives no pictures; check the address, the cable and the camera's power"
        )
    return capture


def _without_password(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    if parts.password is None:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urllib.parse.urlunsplit(parts._replace(netloc=f"{parts.username}:***@{host}"))


def _make(wanted: Wanted, clock: Clock) -> ContinuousSource:
    wanted.options.close()
    url = f"{wanted.kind}:{wanted.address}"
    try:
        host = urllib.parse.urlsplit(url).hostname
    except ValueError:
        host = None
    if not host or not wanted.address.startswith("//"):
        raise SettingsError(
            f"{wanted.options.where}: write the whole address, such as {wanted.kind}://host/path"
        )
    return network_stream(url, wanted.source_id, clock)


def _find() -> tuple[FoundSource, ...]:
    return ()


def _kind(scheme: str, summary: str) -> SourceKind:
    return SourceKind(usage=f"{scheme}://HOST/PATH", summary=summary, make=_make, find=_find)


RTSP = _kind("rtsp", "a network camera")
HTTP = _kind("http", "a network camera that sends JPEG pictures")
HTTPS = _kind("https", "the same, encrypted")
