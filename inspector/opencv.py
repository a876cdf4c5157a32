"""The only place that imports OpenCV, and that undoes what the import does to the environment.

The wheel bundles a Qt of its own and points Qt's environment variables at it on import; child
processes would inherit them. It also puts its folder before their libraries, and with it an empty
entry, which is the current folder: whatever lies there would be loaded. Its pixel limit it reads
from the environment, once, at import.
"""

import os

# Largest picture that is decoded, in pixels: 108 Mpx is above any area sensor sold for the line
# (151 Mpx medium-format cameras are read by their SDK, not from files) and costs 325 MB as BGR.
MAX_IMAGE_PX = 108_000_000

_FOREIGN = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")
_OURS = {
    # Four samples of a pixel may be handed over as four pixels; pictures are measured before.
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(4 * MAX_IMAGE_PX),
    # FFmpeg and the codecs print to stderr; what matters reaches us as a return value.
    "OPENCV_LOG_LEVEL": "OFF",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
}
_before = {name: os.environ.get(name) for name in (*_FOREIGN, *_OURS)}
os.environ.update(_OURS)
import cv2  # noqa: E402  (the environment must be set first)

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

# One picture is worked on by one of our threads; OpenCV's own pool would fight with them for the
# cores and make a stage's time depend on its neighbours.
cv2.setNumThreads(1)

OPENCV_VERSION = str(cv2.__version__)

__all__ = ["MAX_IMAGE_PX", "OPENCV_VERSION", "cv2"]
