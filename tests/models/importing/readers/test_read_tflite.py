"""A `.tflite` file is run by LiteRT, and converted to the same numbers."""

from pathlib import Path

import numpy as np
import pytest

from inspector.errors import ConfigurationError
from models.graphs.convert import finished
from models.graphs.training_library import tensorflow
from models.importing.readers.read_tflite import read_tflite
from tests.support.foreign_models import SIZE_PX, Exports, detector_of_change, run_graph


def test_outputs_of_graph_and_litert_go_by_the_same_names(tmp_path: Path) -> None:
    tf = tensorflow()
    path = tmp_path / "net.tflite"
    detector_of_change().export(tmp_path / "net", verbose=False)
    path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "net")).convert())
    source = read_tflite(path, None)
    picture = np.random.Generator(np.random.PCG64(0)).random((1, *SIZE_PX, 3), np.float32)
    theirs = source.run(picture)
    ours = run_graph(source.graph, **{source.input_name: picture})
    assert {value.shape for value in theirs.values()} == {(1, 16, 24, 1), (1, 1)}
    for name, value in theirs.items():
        assert np.allclose(ours[name], value, atol=1e-5)


def test_same_file_gives_the_same_graph(exports: Exports) -> None:
    """But for the names, which are given anew in every bundle."""
    once, again = (finished(read_tflite(exports.tflite, None).graph) for _ in range(2))
    assert once == again


def test_file_that_is_cut_or_no_model_is_refused(exports: Exports, tmp_path: Path) -> None:
    for data in (b"TFL3 or not", exports.tflite.read_bytes()[:500]):
        (tmp_path / "net.tflite").write_bytes(data)
        with pytest.raises(ConfigurationError, match=r"is not a TFLite file: .* copy it whole"):
            read_tflite(tmp_path / "net.tflite", None)


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_model_that_is_quantised_to_its_ends_is_refused_with_the_way_out(
    dtype: str, exports: Exports, tmp_path: Path
) -> None:
    tf = tensorflow()
    rng = np.random.Generator(np.random.PCG64(0))
    converter = tf.lite.TFLiteConverter.from_saved_model(str(exports.saved_model))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: (
        [rng.random((1, *SIZE_PX, 3), np.float32)] for _ in range(4)
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = getattr(tf, dtype)
    (tmp_path / "net.tflite").write_bytes(converter.convert())
    words = rf"takes {dtype} and gives {dtype}: convert it with converter.inference_input_type"
    with pytest.raises(ConfigurationError, match=words):
        read_tflite(tmp_path / "net.tflite", None)
