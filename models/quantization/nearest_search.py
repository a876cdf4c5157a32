"""Quantises the search for the nearest remembered patch: half of what an anomaly model computes.

For a patch x and its square, a graph looks for the least of x·W_j + c_j, where
W_j = (-2 b_j, 1) / u² and c_j = |b_j|² / u²: the squared distance to the remembered patch b_j over
u, what is usual around it. Divided by s / u², for any s, all of these are sums of products of 8-bit
integers:

- x and -2 b_j each have one scale, s being their product over the largest weight;
- |x|² needs more than 8 bits: several columns hold a piece of it each, clipped at both ends,
  with the largest weight;
- |b_j|² too: several rows hold a piece of it each, against columns that are constant.

So one product of integer matrices, with a scale for each column, gives the squared quotients, to
half a percent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGEST, _LARGEST_REDUCED = 127, 63  # weights of 8 and of 7 bits
_MIDDLE = 128  # zero point of the activations
_HEADROOM = 1.1  # over what good patches had, so that similar ones are not clipped
_HEADROOM_SQUARE = 4.0  # a defect's patch is longer; beyond, it is as far as it can be
_N_ONES = 2  # columns with the value 1, for what is left of |b_j|²
# What a node's attributes say where it is a product and nothing else.
_PLAIN = {"transA": ("i", 0), "transB": ("i", 0), "alpha": ("f", 1.0), "beta": ("f", 1.0)}
_MAX_MISFIT = 1e-3  # of |b_j|², for a matrix to be taken for that of a search


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """One search in a graph.

    Attributes:
        gemm: The node that takes the product.
        patches: Name of its left side, (N, D + 1).
        entries: b, (D, K).
        over: 1 / u², (K,).
    """

    gemm: Any
    patches: str
    entries: NDArray[np.float64]
    over: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRange:
    """What good patches are like: the largest of their numbers, and of their squared lengths."""

    largest: float
    largest_square: float


def searches_in(graph: Any) -> tuple[Search, ...]:
    """All of them, in running order; other products are left alone."""
    from onnx import numpy_helper

    constants = {constant.name: constant for constant in graph.initializer}
    least = {node.input[0] for node in graph.node if node.op_type == "ReduceMin"}
    found = []
    for node in graph.node:
        if node.op_type != "Gemm" or len(node.input) != 3 or node.output[0] not in least:
            continue
        if any(getattr(one, _PLAIN[one.name][0]) != _PLAIN[one.name][1] for one in node.attribute):
            continue
        if not {*node.input[1:]} <= constants.keys():
            continue
        matrix, added = (
            numpy_helper.to_array(constants[name]).astype(np.float64) for name in node.input[1:]
        )
        over = matrix[-1]
        if not (over > 0).all():
            continue
        entries = -matrix[:-1] / over / 2
        squares = (entries**2).sum(axis=0)
        if np.abs(added / over - squares).max() <= _MAX_MISFIT * squares.max():
            found.append(Search(gemm=node, patches=node.input[0], entries=entries, over=over))
    return tuple(found)


def range_of(patches: NDArray[np.float32]) -> SearchRange:
    """Of good patches and their squares, (M, D + 1)."""
    return SearchRange(
        largest=float(np.abs(patches[:, :-1]).max()), largest_square=float(patches[:, -1].max())
    )


def quantize_searches(
    graph: Any, ranges: Sequence[SearchRange], *, has_reduced_range: bool
) -> None:
    """Replace each search of a graph.

    Args:
        ranges: Of each search, in the order of `searches_in`.
        has_reduced_range: Give weights 7 bits, so that two products fit into 16.
    """
    for number, (search, values) in enumerate(zip(searches_in(graph), ranges, strict=True)):
        _replace(graph, search, values, f"search{number}", has_reduced_range=has_reduced_range)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _IntegerSearch:
    """A search in 8-bit integers.

    Attributes:
        patch_scale, square_scale: Of a number of a patch, and of a piece of its square.
        n_pieces: Of the square.
        n_constant: Columns of 127.
        weights: int8 (D + pieces + constant ones, K).
        scales: float32 (K,), of the sums.
    """

    patch_scale: float
    square_scale: float
    n_pieces: int
    n_constant: int
    weights: NDArray[np.int8]
    scales: NDArray[np.float32]


def _quantized(search: Search, values: SearchRange, largest: int) -> _IntegerSearch:
    patch_scale = _HEADROOM * values.largest / 127
    square_scale = 2 * float(np.abs(search.entries).max()) * patch_scale
    n_pieces = int(np.ceil(_HEADROOM_SQUARE * values.largest_square / (255 * square_scale)))
    unit = square_scale / largest
    crossed = np.rint(-2 * search.entries * patch_scale / unit)
    # The zero point is subtracted from each piece: that is added back here.
    left = np.rint((search.entries**2).sum(axis=0) / unit) + n_pieces * _MIDDLE * largest
    n_constant = int(np.ceil(left.max() / (127 * largest)))
    rows = []
    for step in (127.0,) * n_constant + (1.0,) * _N_ONES:
        row = np.clip(np.floor(left / step), 0, largest)
        rows.append(row)
        left = left - step * row
    pieces = np.full((n_pieces, len(search.over)), largest)
    return _IntegerSearch(
        patch_scale=patch_scale,
        square_scale=square_scale,
        n_pieces=n_pieces,
        n_constant=n_constant,
        weights=np.concatenate([crossed, pieces, np.stack(rows)]).astype(np.int8),
        scales=(unit * search.over).astype(np.float32),
    )


def _replace(
    graph: Any, search: Search, values: SearchRange, name: str, *, has_reduced_range: bool
) -> None:
    from onnx import helper, numpy_helper

    quantized = _quantized(search, values, _LARGEST_REDUCED if has_reduced_range else _LARGEST)

    def constant(part: str, value: Any, dtype: Any) -> str:
        array = np.ascontiguousarray(np.asarray(value, dtype))
        graph.initializer.append(numpy_helper.from_array(array, f"{name}_{part}"))
        return f"{name}_{part}"

    def node(op: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> Any:
        return helper.make_node(op, inputs, outputs, name=f"{name}_{outputs[0]}", **attributes)

    n_dims, n_entries = search.entries.shape
    steps = (_MIDDLE + 255 * np.arange(quantized.n_pieces)) * quantized.square_scale
    middle = constant("middle", _MIDDLE, np.uint8)
    places = [
        f"{name}_{part}" for part in ("patch", "square", "pieces", "a", "b", "ab", "abc", "x")
    ]
    patch, square, pieces, a, b, ab, abc, x = places
    nodes = [
        node(
            "Split",
            [search.patches, constant("lengths", [n_dims, 1], np.int64)],
            [patch, square],
            axis=1,
        ),
        node("Sub", [square, constant("steps", steps[np.newaxis], np.float32)], [pieces]),
        node(
            "QuantizeLinear",
            [patch, constant("patch_scale", quantized.patch_scale, np.float32), middle],
            [a],
        ),
        node(
            "QuantizeLinear",
            [pieces, constant("square_scale", quantized.square_scale, np.float32), middle],
            [b],
        ),
        node("Concat", [a, b], [ab], axis=1),
        node(
            "Pad",
            [
                ab,
                constant("n_constant", [0, 0, 0, quantized.n_constant], np.int64),
                constant("byte_127", _MIDDLE + 127, np.uint8),
            ],
            [abc],
        ),
        node(
            "Pad",
            [
                abc,
                constant("n_ones", [0, 0, 0, _N_ONES], np.int64),
                constant("byte_1", _MIDDLE + 1, np.uint8),
            ],
            [x],
        ),
        node("DequantizeLinear", [x, constant("one", 1, np.float32), middle], [f"{name}_values"]),
        node(
            "DequantizeLinear",
            [
                constant("weights", quantized.weights, np.int8),
                constant("scales", quantized.scales, np.float32),
                constant("zeros", np.zeros(n_entries), np.int8),
            ],
            [f"{name}_matrix"],
            axis=1,
        ),
        node("MatMul", [f"{name}_values", f"{name}_matrix"], [search.gemm.output[0]]),
    ]
    place = list(graph.node).index(search.gemm)
    old = search.gemm.input[1:]
    graph.node.remove(search.gemm)
    for one in reversed(nodes):
        graph.node.insert(place, one)
    for unused in [each for each in graph.initializer if each.name in set(old)]:
        graph.initializer.remove(unused)
