"""A foreign heat map (N, rows, columns) in the size of the bundle's input: operators and NumPy."""

import numpy as np

from models.graphs.resampling import enlarging_matrix
from models.importing.graph_builder import GraphBuilder
from models.importing.heads.head import Floats
from models.importing.source_model import Size


def add_enlarged(graph: GraphBuilder, maps: str, map_px: Size, size_px: Size) -> str:
    """Linear between pixel centres; nothing is added where the sizes are equal."""
    if map_px == size_px:
        return maps
    rows = graph.constant(enlarging_matrix(map_px[0], size_px[0]))
    columns = graph.constant(enlarging_matrix(map_px[1], size_px[1]).T)
    return graph.add("MatMul", graph.add("MatMul", rows, maps), columns)


def enlarged(maps: Floats, size_px: Size) -> Floats:
    """The same of an array."""
    if maps.shape[1:] == size_px:
        return maps
    rows = enlarging_matrix(maps.shape[1], size_px[0])
    columns = enlarging_matrix(maps.shape[2], size_px[1])
    return np.asarray(rows @ maps @ columns.T, dtype=np.float32)
