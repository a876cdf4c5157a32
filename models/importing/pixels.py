"""How the line's pixels become what a foreign model takes: in NumPy, and in the graph."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.bundle.manifest import MAX_INPUT_SIDE_PX, Resize
from inspector.errors import UsageError
from models.importing.graph_builder import GraphBuilder
from models.importing.source_model import ModelInput, Size

Layout = Literal["NHWC", "NCHW"]
ModelColor = Literal["rgb", "bgr", "mono"]
_MIN_SIDE_PX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalisation:
    """value = (pixel / scale - mean) / std, with one mean and std, or one for each channel.

    Channels are in the model's order.
    """

    scale: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)

    @property
    def is_none(self) -> bool:
        """Whether the pixels stay as they are."""
        return self == Normalisation()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """The way from the bundle's uint8 (N, H, W, C) to the model's input.

    Attributes:
        color: What the model takes; a model of one channel is mono.
        dtype: Of the model's input.
    """

    height_px: int
    width_px: int
    layout: Layout
    color: ModelColor
    dtype: np.dtype[Any]
    normalisation: Normalisation

    @property
    def dims(self) -> tuple[int, int, int]:
        """The model's input without its first axis."""
        channels = 1 if self.color == "mono" else 3
        if self.layout == "NHWC":
            return self.height_px, self.width_px, channels
        return channels, self.height_px, self.width_px

    def spec(self, resize: Resize) -> InputSpec:
        """What the bundle's manifest says of the pictures."""
        return InputSpec(
            height_px=self.height_px,
            width_px=self.width_px,
            color="mono" if self.color == "mono" else "rgb",
            resize=resize,
        )

    def prepared(self, tensors: NDArray[np.uint8]) -> NDArray[Any]:
        """What the source's own runtime is given."""
        pixels: NDArray[Any] = tensors[..., ::-1] if self.color == "bgr" else tensors
        if self.dtype != np.uint8:
            norm = self.normalisation
            mean, std = np.array(norm.mean, np.float32), np.array(norm.std, np.float32)
            pixels = (pixels.astype(np.float32) / np.float32(norm.scale) - mean) / std
        if self.layout == "NCHW":
            pixels = pixels.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(pixels, self.dtype)

    def add_to(self, graph: GraphBuilder, name: str) -> str:
        """The same in the graph, from the value of that name; gives the name of the result."""
        from onnx import TensorProto, helper

        if self.color == "bgr":
            name = graph.add("Gather", name, graph.whole(2, 1, 0), axis=3)
        if self.dtype != np.uint8:
            name = graph.add("Cast", name, to=TensorProto.FLOAT)
            if not self.normalisation.is_none:
                name = self._normalised(graph, name)
        if self.layout == "NCHW":
            name = graph.add("Transpose", name, perm=(0, 3, 1, 2))
        if self.dtype not in (np.uint8, np.float32):
            name = graph.add("Cast", name, to=helper.np_dtype_to_tensor_dtype(self.dtype))
        return name

    def _normalised(self, graph: GraphBuilder, name: str) -> str:
        """A product, and a sum where there is one; the line has no time for three steps."""
        mean = np.array(self.normalisation.mean)
        std = np.array(self.normalisation.std)
        factor = graph.constant((1.0 / (self.normalisation.scale * std)).astype(np.float32))
        scaled = graph.add("Mul", name, factor)
        if not mean.any():
            return scaled
        return graph.add("Add", scaled, graph.constant((-mean / std).astype(np.float32)))


def plan_pixels(
    given: ModelInput,
    *,
    size_px: Size | None,
    layout: Layout | None,
    color: ModelColor | None,
    normalisation: Normalisation | None,
) -> Pixels:
    """Put what a person said and what the model says together.

    Raises:
        UsageError: They contradict each other, or something must be said that is not.
    """
    dims = ["?" if length is None else length for length in given.dims]
    found = _layout(given, layout, dims)
    sides = given.dims[1:3] if found == "NHWC" else given.dims[2:4]
    channels = given.dims[3] if found == "NHWC" else given.dims[1]
    height_px, width_px = (
        _side(side, None if size_px is None else size_px[axis], dims)
        for axis, side in enumerate(sides)
    )
    found_color = color or ("mono" if channels == 1 else "rgb")
    if channels not in (None, 1 if found_color == "mono" else 3):
        raise UsageError(
            f"--color {found_color}: the model's input {given.name} {dims} has {channels} channels"
        )
    is_whole = given.dtype == np.uint8
    if normalisation is None and not is_whole:
        raise UsageError(
            f"the model takes {given.dtype.name}: say how it was trained to take pixels, as (pixel "
            "/ SCALE - MEAN) / STD: --scale 255 makes them 0..1, --scale 127.5 --mean 1 makes "
            "them -1..1, --scale 1 leaves them 0..255"
        )
    normalisation = normalisation or Normalisation()
    if is_whole and not normalisation.is_none:
        raise UsageError("the model takes uint8 pixels as they are; leave the normalisation out")
    for option, values in (("--mean", normalisation.mean), ("--std", normalisation.std)):
        if len(values) not in (1, 1 if found_color == "mono" else 3):
            raise UsageError(f"{option}: {len(values)} numbers for a model of {channels} channels")
    return Pixels(
        height_px=height_px,
        width_px=width_px,
        layout=found,
        color=found_color,
        dtype=given.dtype,
        normalisation=normalisation,
    )


def _layout(given: ModelInput, layout: Layout | None, dims: list[int | str]) -> Layout:
    """Channels are where the length is 1 or 3."""
    places: dict[Layout, int] = {"NCHW": 1, "NHWC": 3}
    fitting = [name for name, place in places.items() if given.dims[place] in (1, 3)]
    if layout is not None:
        if given.dims[places[layout]] not in (None, 1, 3):
            raise UsageError(f"--layout {layout}: the model's input {given.name} is {dims}")
        return layout
    if len(fitting) != 1:
        raise UsageError(
            f"the model's input {given.name} is {dims}: where the channels stand cannot be told; "
            "give --layout NHWC or --layout NCHW"
        )
    return fitting[0]


def _side(model_px: int | None, wanted_px: int | None, dims: list[int | str]) -> int:
    side_px = model_px or wanted_px
    if side_px is None:
        raise UsageError(f"the model takes pictures of any size ({dims}); give --size HxW")
    if wanted_px not in (None, side_px):
        raise UsageError(f"--size: the model takes {dims} and no other size; leave it out")
    if not _MIN_SIDE_PX <= side_px <= MAX_INPUT_SIDE_PX:
        raise UsageError(
            f"the model's input {dims} has a side of {side_px} px; a bundle's has "
            f"{_MIN_SIDE_PX}..{MAX_INPUT_SIDE_PX}"
        )
    return side_px
