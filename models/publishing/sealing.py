"""What every road to a bundle does at its end: the canary, the versions, the last look."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import numpy as np

from inspector import __version__
from inspector.assembly import build_inspection, models_of
from inspector.bundle import InputSpec, Manifest, check_bundle_place, open_bundle, seal_bundle
from inspector.clock import SystemClock
from inspector.errors import UsageError
from inspector.flow import Frame
from inspector.preprocess import resized
from inspector.recipe import DEFAULT_RECIPE
from models.dataset.pictures import LoadedSet, load_picture
from models.publishing.source import Source, check_source_place, keep_source, source_folder

# Another processor rounds differently by some millionths and resizes by one grey level here and
# there; a damaged or different model is off by far more.
CANARY_TOLERANCE_SHARE = 0.02  # of the range of held-out good scores
_LIBRARIES = ("numpy", "onnx", "onnxruntime", "opencv-python")


def canary_frame_of(held_out: LoadedSet, spec: InputSpec) -> Frame:
    """A held-out picture, no larger than the network's input sees: it travels in every bundle.

    A good one where there are any.
    """
    chosen = min(held_out.samples, key=lambda sample: not sample.is_good)
    frame = load_picture(chosen, spec.max_sample).frame
    height_px, width_px = frame.pixels.shape[:2]
    if spec.is_in_tiles:  # the middle of it, as large as one tile
        rows, columns = (
            slice((side_px - shown_px) // 2, (side_px + shown_px) // 2)
            for side_px, shown_px in (
                (height_px, min(height_px, int(spec.height_px / spec.scale))),
                (width_px, min(width_px, int(spec.width_px / spec.scale))),
            )
        )
        return replace(frame, pixels=np.ascontiguousarray(frame.pixels[rows, columns]))
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


def check_place(out: Path, made_from: Path | None = None) -> None:
    """Find out before the work of hours whether `seal` could write there after it.

    Args:
        made_from: The bundle that the new one is made of, which must stay.

    Raises:
        UsageError: It is that bundle itself.
        BundleError, DataError: As `check_bundle_place` and `check_source_place`.
    """
    if made_from is not None and out.resolve() == made_from.resolve():
        raise UsageError(f"--out {str(out)!r}: is the bundle itself; choose another folder")
    check_bundle_place(out)
    check_source_place(source_folder(out))


def seal(
    draft: Manifest,
    contents: Mapping[str, bytes],
    out: Path,
    source: Source | None,
    look: Callable[[Path], None] | None = None,
) -> Manifest:
    """Write a bundle that the line takes, and its source beside it; neither without the other.

    Args:
        draft, contents: See `seal_bundle`.
        source: None for a bundle whose source is not known.
        look: Gets the finished bundle before it takes its place; what it raises leaves everything
            as it was.

    Returns:
        The manifest as written.

    Raises:
        BundleError: As `seal_bundle`, or the line would refuse it.
        DataError: The source cannot be written.
        StoreFull: The disk is full.
    """

    def check(folder: Path) -> None:
        judge_as_the_line(folder)
        if look is not None:
            look(folder)
        if source is not None:  # before the bundle is there: without it, it cannot be proven again
            keep_source(source, source_folder(out))

    return seal_bundle(draft, contents, out, check)


def judge_as_the_line(folder: Path) -> None:
    """Open a finished bundle and judge its canary, with each of its models.

    Raises:
        BundleError: The line would refuse it.
    """
    bundle = open_bundle(folder)
    for model in models_of(bundle):
        build_inspection(bundle, DEFAULT_RECIPE, SystemClock(), model=model)
