"""What the same model would cost on this machine with another size of input."""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from inspector.bundle import InputSpec, open_bundle
from inspector.clock import SystemClock
from inspector.inference.ort import OrtBackend
from inspector.inference.turns import times_in_turns
from inspector.machine.processor import usable_cores
from inspector.preprocess import usual_tile_count
from models.backbones.weights import load_weights
from models.graphs.convert import convert
from models.publishing.source import open_source, source_folder
from models.tasks.task import load_task

SIDES_PX = (192, 256, 320, 384)  # what people choose from
_THREADS = 2  # cores of the smallest line PC
_ROUNDS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeTimes:
    """Time of the network alone, for each size of input; medians of turns.

    Attributes:
        own_px: (H, W), as the bundle was trained.
        own_ms: With it.
        others_ms: With squares of other sides, by pixels; none where pictures are cut into tiles.
        n_tiles: Of a picture; None where it is judged whole, or pictures are of several sizes.
    """

    own_px: tuple[int, int]
    own_ms: float
    others_ms: Mapping[int, float]
    n_tiles: int | None = None

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "own_px": list(self.own_px),
            "own_p50_ms": self.own_ms,
            "n_tiles": self.n_tiles,
            "others_p50_ms": {str(side): value for side, value in self.others_ms.items()},
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        height_px, width_px = self.own_px
        if not self.others_ms:
            yield (
                f"speed      {self.own_ms:.1f} ms a tile of {width_px} x {height_px} px on this "
                f"machine, p50{self._of_a_picture()}"
            )
            return
        others = ", ".join(f"{side} px {value:.1f} ms" for side, value in self.others_ms.items())
        yield (
            f"speed      {self.own_ms:.1f} ms a picture at {width_px} x {height_px} px on this "
            f"machine, p50; with --size {others}"
        )

    def _of_a_picture(self) -> str:
        if self.n_tiles is None:
            return ""
        return f"; {self.n_tiles * self.own_ms:.0f} ms a picture of {self.n_tiles} tiles"


def size_times(bundle_path: Path, weights_cache: Path | None) -> SizeTimes:
    """Build the graph of a trained bundle in other sizes, and let all of them run in turn.

    Raises:
        BundleError: The bundle is refused.
        DataError: Its source is not beside it.
    """
    bundle, source = open_bundle(bundle_path), open_source(source_folder(bundle_path))
    spec, task = bundle.manifest.input, load_task(source.task)
    weights = load_weights(weights_cache)
    own_px = spec.height_px, spec.width_px
    backends = [OrtBackend(bundle.manifest, bundle.model, threads=_usable_threads())]
    specs = [spec]
    others = () if spec.is_in_tiles else SIDES_PX
    sides = [side for side in others if (side, side) != own_px]
    for side in sides:
        other = replace(spec, height_px=side, width_px=side)
        graph = task.graph(task.in_size(source.parameters, other), other, weights)
        manifest = replace(bundle.manifest, input=other)
        backends.append(OrtBackend(manifest, convert(graph).model, threads=_usable_threads()))
        specs.append(other)
    ways = [partial(backend.run, _noise(one)) for backend, one in zip(backends, specs, strict=True)]
    rows = times_in_turns(ways, SystemClock(), rounds=_ROUNDS)
    own_ms, *others_ms = (statistics.median(column) for column in zip(*rows, strict=True))
    return SizeTimes(
        own_px=own_px,
        own_ms=own_ms,
        others_ms=dict(zip(sides, others_ms, strict=True)),
        n_tiles=usual_tile_count(bundle.manifest),
    )


def _usable_threads() -> int:
    return min(_THREADS, usable_cores())


def _noise(spec: InputSpec) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A picture of noise: the time does not depend on what is shown."""
    rng = np.random.Generator(np.random.PCG64(0))
    shape = (1, spec.height_px, spec.width_px, spec.channels)
    return rng.integers(0, 256, shape, np.uint8)
