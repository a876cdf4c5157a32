"""What every road to a bundle does at its end: the canary, the versions, the last look."""

import platform
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from inspector import __version__
from inspector.assembly import build_judge, models_of
from inspector.bundle import InputSpec, open_bundle
from inspector.clock import SystemClock
from inspector.flow import Frame
from inspector.preprocess import resized
from inspector.recipe import DEFAULT_RECIPE
from models.pictures import LoadedSet, load_picture

# Another processor rounds otherwise by some millionths and resizes by one grey level here and
# there; a damaged or different model is off by far more.
CANARY_TOLERANCE_SHARE = 0.02  # of the range of held-out good scores
_LIBRARIES = ("numpy", "onnx", "onnxruntime", "opencv-python")


def canary_frame_of(held_out: LoadedSet, spec: InputSpec) -> Frame:
    """A held-out picture, no larger than the network's input: it travels in every bundle.

    A good one where there are any.
    """
    chosen = min(held_out.samples, key=lambda sample: not sample.is_good)
    frame = load_picture(chosen).frame
    height_px, width_px = frame.pixels.shape[:2]
    if height_px <= spec.height_px and width_px <= spec.width_px:
        return frame
    return replace(frame, pixels=resized(frame.pixels, spec.height_px, spec.width_px))


def library_versions(*more: str) -> dict[str, object]:
    """Our version, Python's, and those of the libraries that make every bundle and of `more`."""
    return {
        "inspector": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in (*_LIBRARIES, *more)},
    }


def judge_as_the_line(folder: Path) -> None:
    """Open a finished bundle and judge its canary, with each of its models.

    Raises:
        BundleError: The line would refuse it.
    """
    bundle = open_bundle(folder)
    for model in models_of(bundle):
        build_judge(bundle, DEFAULT_RECIPE, SystemClock(), model=model)
