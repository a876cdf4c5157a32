"""The drawn part as a camera: for trying, showing and testing a line without one.

Its parts are drawn ahead, when it is opened. What is dealt out later is one of them under fresh
sensor noise, so that drawing never slows the line and no picture is given twice.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.capture.pace import Pace
from inspector.capture.registry import FoundSource, SourceKind, Wanted
from inspector.capture.source import SourceInfo
from inspector.capture.synthetic.defects import Defect
from inspector.capture.synthetic.render import MAX_SIDE_PX, MIN_SIDE_PX, render_part
from inspector.capture.synthetic.scene import DESIGN_SIZE_PX
from inspector.clock import Clock
from inspector.errors import SettingsError
from inspector.flow import Frame

# 12 good parts and two of each defect take a second or two to draw at the usual size.
N_GOOD_DRAWN = 12
N_OF_EACH_DEFECT = 2
FIRST_SEED = (
    700_000  # above those that the shipped bundle was trained on (`packaging/demo_bundle.py`)
)
MAX_RATE = 1_000.0  # parts/s


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticOptions:
    """What the line is like.

    Attributes:
        parts_per_s: 0: as fast as they are asked for.
        defect_share: Of the parts, 0..1.
        seed: The same seed gives the same parts in the same order.
    """

    parts_per_s: float = 5.0
    defect_share: float = 0.1
    seed: int = 1
    size_px: tuple[int, int] = DESIGN_SIZE_PX


class SyntheticLine:
    """See `FrameSource`."""

    def __init__(self, options: SyntheticOptions, source_id: str, clock: Clock) -> None:
        self._options = options
        self._source_id = source_id
        self._clock = clock
        self._pace = Pace(options.parts_per_s, clock)
        self._good: list[NDArray[np.uint8]] = []
        self._bad: list[NDArray[np.uint8]] = []
        self._deal = np.random.default_rng(options.seed)
        self._noise: NDArray[np.uint8] | None = None
        self._n_given = 0

    def open(self) -> None:
        """See `FrameSource.open`."""
        options = self._options
        first = FIRST_SEED + 1_000 * options.seed
        if not self._good:
            self._good = [
                render_part(seed=first + n, size_px=options.size_px).pixels
                for n in range(N_GOOD_DRAWN)
            ]
            kinds = list(Defect) * N_OF_EACH_DEFECT if options.defect_share > 0 else []
            self._bad = [
                render_part(seed=first + 100 + n, defect=kind, size_px=options.size_px).pixels
                for n, kind in enumerate(kinds)
            ]
        self._deal = np.random.default_rng(options.seed)
        height_px, width_px = options.size_px
        # One bit of noise over twice the sides: each picture looks at another window of it.
        self._noise = self._deal.integers(0, 2, (2 * height_px, 2 * width_px, 3), dtype=np.uint8)
        self._n_given = 0
        self._pace.start()

    def trigger(self) -> None:
        """See `FrameSource.trigger`."""

    def grab(self, timeout_s: float) -> Frame:
        """See `FrameSource.grab`."""
        if self._noise is None:
            raise ValueError("the source is not open")
        self._pace.wait(timeout_s)
        is_bad = bool(self._deal.random() < self._options.defect_share)
        drawn = self._bad if is_bad else self._good
        part = drawn[int(self._deal.integers(len(drawn)))]
        height_px, width_px = part.shape[:2]
        row, column = self._n_given % height_px, self._n_given // height_px % width_px
        frame = Frame(
            frame_id=self._n_given,
            source_id=self._source_id,
            captured_ns=self._clock.monotonic_ns(),
            captured_at=self._clock.now(),
            pixels=np.bitwise_xor(
                part, self._noise[row : row + height_px, column : column + width_px]
            ),
        )
        self._n_given += 1
        return frame

    def close(self) -> None:
        """See `FrameSource.close`."""
        self._noise = None

    def info(self) -> SourceInfo:
        """See `FrameSource.info`."""
        options = self._options
        return SourceInfo(
            description=f"drawn parts, {options.defect_share:.0%} with a defect",
            size_px=options.size_px,
            frames_per_s=options.parts_per_s or None,
            can_wait=not options.parts_per_s,
        )


def _make(wanted: Wanted, clock: Clock) -> SyntheticLine:
    usual, table = SyntheticOptions(), wanted.options
    if wanted.address:
        raise SettingsError(f"{table.where}: 'synthetic' has no address; write it without a colon")
    rate = table.optional_number("parts_per_s", low=0.0, high=MAX_RATE)
    share = table.optional_number("defect_share", low=0.0, high=1.0)
    seed = table.optional_integer("seed", low=0, high=1_000_000)
    height_px = table.optional_integer("height_px", low=MIN_SIDE_PX, high=MAX_SIDE_PX)
    width_px = table.optional_integer("width_px", low=MIN_SIDE_PX, high=MAX_SIDE_PX)
    table.close()
    options = SyntheticOptions(
        parts_per_s=usual.parts_per_s if rate is None else rate,
        defect_share=usual.defect_share if share is None else share,
        seed=usual.seed if seed is None else seed,
        size_px=(height_px or usual.size_px[0], width_px or usual.size_px[1]),
    )
    return SyntheticLine(options, wanted.source_id, clock)


def _find() -> tuple[FoundSource, ...]:
    return (FoundSource(source="synthetic", description="drawn parts, for trying the line"),)


KIND = SourceKind(
    usage="synthetic",
    summary="a drawn part on a belt, good and with defects",
    make=_make,
    find=_find,
)
