"""A converted file keeps every output under its name, for one tile and for several."""

from pathlib import Path

import numpy as np

from inspector.bench.ort_runtimes import open_float
from inspector.bench.runtime import Subject
from inspector.bundle import open_bundle
from models.bench_runtimes.tflite_runtime import convert, open_tflite
from tests.models.conftest import TrainedBundle


def test_every_output_is_the_line_s_for_any_count_of_tiles(
    trained: TrainedBundle, tmp_path: Path
) -> None:
    subject = Subject(
        bundle_path=trained.bundle, bundle=open_bundle(trained.bundle), folder=tmp_path, threads=1
    )
    convert(subject)
    converted, line = open_tflite(subject), open_float(subject)
    rng = np.random.default_rng(0)
    for n in (1, 3, 2):
        tiles = rng.integers(0, 256, (n, 96, 96, 3), dtype=np.uint8)
        ours, expected = converted.run(tiles), line.run(tiles)
        assert ours.keys() == expected.keys()
        for name, values in expected.items():
            np.testing.assert_allclose(ours[name], values, rtol=1e-4)
