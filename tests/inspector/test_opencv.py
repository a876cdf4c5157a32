"""The import of OpenCV leaves no trace in the environment and decodes no giant."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from inspector.opencv import MAX_IMAGE_PX, OPENCV_VERSION, cv2
from tests.support.picture_files import chunk, png_head

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the wheel does otherwise elsewhere")
FOREIGN = ["LD_LIBRARY_PATH", "QT_QPA_FONTDIR", "QT_QPA_PLATFORM_PLUGIN_PATH"]
NAMES = (
    *FOREIGN,
    "OPENCV_IO_MAX_IMAGE_PIXELS",
    "OPENCV_LOG_LEVEL",
    "OPENCV_FFMPEG_LOGLEVEL",
)
SHOW_CHANGES = """
import json, os
before = dict(os.environ)
import {module}
after = dict(os.environ)
print(json.dumps(sorted(n for n in before.keys() | after.keys() if before.get(n) != after.get(n))))
"""


def changed_by_import(module: str, *, is_set: bool = False) -> object:
    """The variables that differ after the import, in a new process."""
    environment = {name: value for name, value in os.environ.items() if name not in NAMES}
    if is_set:
        environment |= dict.fromkeys(NAMES, "1234")
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_CHANGES.replace("{module}", module)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(shown.stdout)


@ON_LINUX
@pytest.mark.parametrize("is_set", [False, True])
def test_environment_is_unchanged_after_the_import(is_set: bool) -> None:
    assert changed_by_import("inspector.opencv", is_set=is_set) == []


@ON_LINUX
def test_library_itself_changes_what_the_module_restores() -> None:
    """The reason for the module: when this fails, the wheel has changed its ways."""
    assert changed_by_import("cv2") == FOREIGN


def test_library_keeps_to_one_thread() -> None:
    assert cv2.getNumThreads() == 1


def test_picture_beyond_the_pixel_limit_is_refused_before_it_is_decoded() -> None:
    side_px = 2 * int(MAX_IMAGE_PX**0.5) + 1  # four samples may come as four pixels
    data = png_head(side_px, side_px) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    with pytest.raises(cv2.error, match="CV_IO_MAX_IMAGE_PIXELS"):
        cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)


def test_version_is_that_of_the_library() -> None:
    assert cv2.__version__ == OPENCV_VERSION
