"""Brings a frame into the form a bundle asks for; training, calibration and line all use this."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec, Manifest
from inspector.errors import PreprocessError
from inspector.flow import Frame, Preprocessed, TilePlace
from inspector.geometry import AxisMap, PixelRegion
from inspector.opencv import cv2

MAX_TILES = 256  # 256 tiles of 224 px cover about 12 Mpx; more would take seconds for one part
_LEAST_WEIGHT = 1 / 32  # of a pixel; OpenCV's linear steps are no finer
LETTERBOX_GREY = 114  # close to the mean of natural pictures, so that the border excites little


def preprocess(frame: Frame, spec: InputSpec, region: PixelRegion | None = None) -> Preprocessed:
    """Colour order, size and layout as the bundle's manifest says; values stay uint8.

    Args:
        region: The part of the frame that is brought into this form, sensor px; None: all of it.

    Raises:
        PreprocessError: The picture needs more than `MAX_TILES` tiles, or does not reach as far as
            the region.
    """
    if region is None:
        return _prepared(frame.frame_id, frame.pixels, spec)
    prepared = _prepared(frame.frame_id, _cropped(frame.pixels, region), spec)
    return replace(prepared, to_sensor=prepared.to_sensor.shifted(region.x_px, region.y_px))


def _prepared(frame_id: int, pixels: NDArray[np.uint8], spec: InputSpec) -> Preprocessed:
    if spec.is_in_tiles:
        return _tiled(frame_id, pixels, spec)
    height_px, width_px = pixels.shape[:2]
    if spec.resize == "stretch":
        canvas = resized(pixels, spec.height_px, spec.width_px)
        to_sensor = AxisMap(scale_x=width_px / spec.width_px, scale_y=height_px / spec.height_px)
    else:
        canvas, to_sensor = _letterboxed(pixels, spec)
    # Colour comes last: the canvas has fewer pixels than most pictures, and a mono picture is
    # resized as one channel, not three equal ones.
    tensor = _in_colour(canvas, spec)
    return Preprocessed(
        frame_id=frame_id,
        tensor=tensor.reshape(1, spec.height_px, spec.width_px, spec.channels),
        places=(TilePlace(x_px=0, y_px=0),),
        canvas_size_px=(spec.height_px, spec.width_px),
        to_sensor=to_sensor,
    )


def resized(pixels: NDArray[np.uint8], height_px: int, width_px: int) -> NDArray[np.uint8]:
    """The picture at another size, with no pixel left unread.

    What shrinks far is halved, exactly, by the mean of neighbours, both axes together as long as
    both must; one linear step is left then, which down to one half reads every pixel.
    """
    size_px = pixels.shape[:2]
    n_y, n_x = _halvings(size_px[0], height_px), _halvings(size_px[1], width_px)
    for step in range(max(n_y, n_x)):
        pixels = _halved(pixels, 2 if step < n_y else 1, 2 if step < n_x else 1)
    # What the halved picture covers, in its own pixels: the last of an odd side is half one.
    covered = size_px[0] / 2**n_y, size_px[1] / 2**n_x
    if covered != pixels.shape[:2]:
        return _stretched(pixels, covered, height_px, width_px)
    if pixels.shape[:2] == (height_px, width_px):
        return pixels
    return _resized(pixels, (height_px, width_px), cv2.INTER_LINEAR)


def _halvings(from_px: int, to_px: int) -> int:
    """How often a side is halved before it would be too short."""
    count = 0
    while from_px >= 2 * to_px * 2**count:
        count += 1
    return count


def _halved(pixels: NDArray[np.uint8], by_y: int, by_x: int) -> NDArray[np.uint8]:
    """Each side divided by 1 or 2, rounded up: means of what falls together.

    Both by 2 has a path of its own in OpenCV, where sizes are even: twenty times as fast as any
    other shrinking by area. For one axis by 2 the linear step gives the same means, and is faster.
    """
    height_px, width_px = pixels.shape[0] // by_y, pixels.shape[1] // by_x
    even_y, even_x = height_px * by_y, width_px * by_x
    way = cv2.INTER_AREA if by_y == by_x else cv2.INTER_LINEAR
    half = _resized(pixels[:even_y, :even_x], (height_px, width_px), way)
    has_column, has_row = even_x < pixels.shape[1], even_y < pixels.shape[0]
    if has_column:
        column = _resized(pixels[:even_y, even_x:], (height_px, 1), cv2.INTER_AREA)
        half = np.concatenate([half, column], axis=1)
    if has_row:
        row = _resized(pixels[even_y:, :even_x], (1, width_px), cv2.INTER_AREA)
        if has_column:
            row = np.concatenate([row, pixels[even_y:, even_x:]], axis=1)
        half = np.concatenate([half, row], axis=0)
    return half


def _stretched(
    pixels: NDArray[np.uint8], covered: tuple[float, float], height_px: int, width_px: int
) -> NDArray[np.uint8]:
    """The first `covered` rows and columns, which need not be whole, at another size; linear."""
    scale_y, scale_x = covered[0] / height_px, covered[1] / width_px
    pixels = _with_rest(_with_rest(pixels, covered[0], scale_y, 0), covered[1], scale_x, 1)
    # warpAffine counts from pixel centres: half a pixel apart from corners.
    matrix = np.array([[scale_x, 0, (scale_x - 1) / 2], [0, scale_y, (scale_y - 1) / 2]])
    return np.asarray(
        cv2.warpAffine(
            pixels,
            matrix,
            (width_px, height_px),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        dtype=np.uint8,
    )


def _with_rest(
    pixels: NDArray[np.uint8], covered: float, scale: float, axis: int
) -> NDArray[np.uint8]:
    """Where the last step would not read the last row or column, part of one, its neighbour has it.

    The last place is read at `covered - scale / 2`, linearly between the middles of two pixels.
    """
    rest = covered - (pixels.shape[axis] - 1)
    if rest >= 1 or pixels.shape[axis] < 2 or rest + 0.5 - scale / 2 >= _LEAST_WEIGHT:
        return pixels
    inner, last = (np.take(pixels, [place], axis).astype(np.float32) for place in (-2, -1))
    both = np.rint((inner + rest * last) / (1.0 + rest)).astype(np.uint8)
    before = np.take(pixels, range(pixels.shape[axis] - 2), axis)
    return np.concatenate([before, both, both], axis=axis)


def _resized(
    pixels: NDArray[np.uint8], size_px: tuple[int, int], interpolation: int
) -> NDArray[np.uint8]:
    """By OpenCV, which drops the last axis of a picture with one column."""
    done = np.asarray(cv2.resize(pixels, size_px[::-1], interpolation=interpolation), np.uint8)
    return done.reshape(*size_px, *pixels.shape[2:])


def heatmap_on_sensor(
    heatmap: NDArray[np.float32], to_sensor: AxisMap, size_px: tuple[int, int]
) -> NDArray[np.float32]:
    """A heat map over the canvas, brought to the sensor's pixels, (H, W) = `size_px`."""
    # warpAffine counts from pixel centres, AxisMap from corners: half a pixel apart.
    matrix = np.array(
        [
            [to_sensor.scale_x, 0, to_sensor.offset_x_px + (to_sensor.scale_x - 1) / 2],
            [0, to_sensor.scale_y, to_sensor.offset_y_px + (to_sensor.scale_y - 1) / 2],
        ]
    )
    height_px, width_px = size_px
    return np.asarray(
        cv2.warpAffine(heatmap, matrix, (width_px, height_px), borderMode=cv2.BORDER_REPLICATE),
        dtype=np.float32,
    )


def _cropped(pixels: NDArray[np.uint8], region: PixelRegion) -> NDArray[np.uint8]:
    height_px, width_px = pixels.shape[:2]
    right_px, bottom_px = region.x_px + region.width_px, region.y_px + region.height_px
    if right_px > width_px or bottom_px > height_px:
        raise PreprocessError(
            f"the picture has {width_px} x {height_px} px; the region to inspect ends at "
            f"{right_px}, {bottom_px}"
        )
    return pixels[region.y_px : bottom_px, region.x_px : right_px]


def _in_colour(pixels: NDArray[np.uint8], spec: InputSpec) -> NDArray[np.uint8]:
    if spec.color == "mono":
        code = None if pixels.ndim == 2 else cv2.COLOR_BGR2GRAY
    else:
        code = cv2.COLOR_GRAY2RGB if pixels.ndim == 2 else cv2.COLOR_BGR2RGB
    return pixels if code is None else np.asarray(cv2.cvtColor(pixels, code), dtype=np.uint8)


def _letterboxed(pixels: NDArray[np.uint8], spec: InputSpec) -> tuple[NDArray[np.uint8], AxisMap]:
    height_px, width_px = pixels.shape[:2]
    scale = min(spec.height_px / height_px, spec.width_px / width_px)
    inner_height_px = min(spec.height_px, max(1, round(height_px * scale)))
    inner_width_px = min(spec.width_px, max(1, round(width_px * scale)))
    top_px = (spec.height_px - inner_height_px) // 2
    left_px = (spec.width_px - inner_width_px) // 2
    shape = (spec.height_px, spec.width_px, *pixels.shape[2:])
    canvas = np.full(shape, LETTERBOX_GREY, dtype=np.uint8)
    canvas[top_px : top_px + inner_height_px, left_px : left_px + inner_width_px] = resized(
        pixels, inner_height_px, inner_width_px
    )
    scale_x, scale_y = width_px / inner_width_px, height_px / inner_height_px
    return canvas, AxisMap(
        scale_x=scale_x,
        scale_y=scale_y,
        offset_x_px=-left_px * scale_x,
        offset_y_px=-top_px * scale_y,
    )


def _tiled(frame_id: int, pixels: NDArray[np.uint8], spec: InputSpec) -> Preprocessed:
    picture_px = (pixels.shape[0], pixels.shape[1])
    places = tile_places(picture_px, spec)
    height_px, width_px = _scaled_size_px(picture_px, spec)
    tiles = _cut(_in_colour(resized(pixels, height_px, width_px), spec), places, spec)
    return Preprocessed(
        frame_id=frame_id,
        tensor=tiles.reshape(len(tiles), spec.height_px, spec.width_px, spec.channels),
        places=places,
        canvas_size_px=(height_px, width_px),
        to_sensor=AxisMap(scale_x=picture_px[1] / width_px, scale_y=picture_px[0] / height_px),
    )


def cut_into_tiles(pixels: NDArray[np.uint8], spec: InputSpec) -> NDArray[np.uint8]:
    """A picture, or a mask of one, as its tiles show it, row by row: (N, H, W) and its channels.

    Args:
        pixels: uint8 (height, width) and perhaps channels, which stay as they are.

    Raises:
        PreprocessError: They are more than `MAX_TILES`.
    """
    picture_px = (pixels.shape[0], pixels.shape[1])
    places = tile_places(picture_px, spec)
    return _cut(resized(pixels, *_scaled_size_px(picture_px, spec)), places, spec)


def tile_count(picture_px: tuple[int, int], spec: InputSpec) -> int:
    """How many tiles cover a picture of (height, width) pixels, however many that are."""
    rows, columns = _tile_rows_and_columns(picture_px, spec)
    return len(rows) * len(columns)


def usual_tile_count(manifest: Manifest) -> int | None:
    """Tiles of a picture; None where it is judged whole, or pictures are of several sizes."""
    quality = manifest.quality
    if not manifest.input.is_in_tiles or quality is None or quality.size_px is None:
        return None
    return tile_count(quality.size_px, manifest.input)


def _cut(
    canvas: NDArray[np.uint8], places: tuple[TilePlace, ...], spec: InputSpec
) -> NDArray[np.uint8]:
    """Beyond a canvas that is smaller than a tile stand its last row and column."""
    below_px = max(0, spec.height_px - canvas.shape[0])
    right_px = max(0, spec.width_px - canvas.shape[1])
    if below_px or right_px:
        filled = cv2.copyMakeBorder(canvas, 0, below_px, 0, right_px, cv2.BORDER_REPLICATE)
        canvas = np.asarray(filled, dtype=np.uint8)
    return np.stack(
        [canvas[p.y_px : p.y_px + spec.height_px, p.x_px : p.x_px + spec.width_px] for p in places]
    )


def tile_places(picture_px: tuple[int, int], spec: InputSpec) -> tuple[TilePlace, ...]:
    """Where the tiles of a picture of (height, width) pixels lie, row by row.

    Raises:
        PreprocessError: They are more than `MAX_TILES`.
    """
    rows, columns = _tile_rows_and_columns(picture_px, spec)
    if len(rows) * len(columns) > MAX_TILES:
        raise PreprocessError(
            f"a picture of {picture_px[1]} x {picture_px[0]} px needs "
            f"{len(rows) * len(columns)} tiles; at most {MAX_TILES} are judged: use a smaller "
            "region or a bundle with larger tiles"
        )
    return tuple(TilePlace(x_px=x_px, y_px=y_px) for y_px in rows for x_px in columns)


def _tile_rows_and_columns(
    picture_px: tuple[int, int], spec: InputSpec
) -> tuple[list[int], list[int]]:
    height_px, width_px = _scaled_size_px(picture_px, spec)
    return (
        _tile_starts(height_px, spec.height_px, spec.overlap_px),
        _tile_starts(width_px, spec.width_px, spec.overlap_px),
    )


def _scaled_size_px(picture_px: tuple[int, int], spec: InputSpec) -> tuple[int, int]:
    height_px, width_px = (max(1, round(side * spec.scale)) for side in picture_px)
    return height_px, width_px


def _tile_starts(length_px: int, tile_px: int, overlap_px: int) -> list[int]:
    """Starts of tiles that cover the length; the last one ends at its end, where there is room."""
    last_px = max(0, length_px - tile_px)
    starts_px = list(range(0, last_px, tile_px - overlap_px))
    return [*starts_px, last_px]
