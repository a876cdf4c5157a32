"""Reads a TensorFlow SavedModel folder by its serving signature."""

from importlib import metadata
from pathlib import Path

from inspector.errors import ConfigurationError
from models.graphs.convert import to_onnx
from models.graphs.training_library import tensorflow
from models.importing.foreign_faults import blamed_on
from models.importing.model_inputs import picture_input
from models.importing.readers.files import folder_sha256, read_model_file
from models.importing.readers.read_keras import sized
from models.importing.source_model import Size, SourceModel, Values

GRAPH_FILE = "saved_model.pb"
_SIGNATURE = "serving_default"
# A SavedModel is a program. No model of pictures needs these, and they reach past it.
_REFUSED = frozenset(
    {"EagerPyFunc", "MatchingFiles", "PyFunc", "PyFuncStateless", "ReadFile", "WriteFile"}
)


def read_saved_model(folder: Path, size_px: Size | None) -> SourceModel:
    """The model, run by TensorFlow as it was handed in.

    Args:
        size_px: For a model that takes pictures of any size.

    Raises:
        ConfigurationError: It is not a SavedModel, is damaged, has no serving signature of one
            picture, or reaches for files or code.
    """
    digest = folder_sha256(folder)
    operators = _checked_operators(folder)
    tf = tensorflow()
    import onnx

    again = "export it again, as with model.export() of Keras"
    with blamed_on(f"SavedModel {str(folder)!r} cannot be opened", again):
        loaded = tf.saved_model.load(str(folder))
    signatures = getattr(loaded, "signatures", {})
    if _SIGNATURE not in signatures:
        raise ConfigurationError(
            f"SavedModel {str(folder)!r} has no signature {_SIGNATURE!r}, but "
            f"{', '.join(sorted(signatures)) or 'none at all'}; {again}"
        )
    serve = signatures[_SIGNATURE]
    inputs = serve.structured_input_signature[1]
    if len(inputs) != 1 or next(iter(inputs.values())).shape.rank != 4:
        raise ConfigurationError(
            f"SavedModel {str(folder)!r}: its signature takes no single picture of four axes, but "
            + "; ".join(f"{name} {spec.shape}" for name, spec in inputs.items())
        )
    name, spec = next(iter(inputs.items()))
    shape = [spec.shape[0], *sized(list(spec.shape), size_px)[1:]]
    function = tf.function(
        lambda picture: serve(**{name: picture}),
        input_signature=[tf.TensorSpec(shape, spec.dtype)],
    )
    advice = "ONNX has no such operator: leave out or replace the layer that it comes from"
    random = sorted(name for name in operators if "Random" in name)
    if random:
        advice = (
            f"it draws random numbers ({', '.join(random)}), as layers do that vary pictures in "
            "training: export the model without them, from the first layer behind them on, or "
            "import the .keras file, which is run as for use"
        )
    with blamed_on(f"SavedModel {str(folder)!r} cannot be converted to ONNX", advice):
        graph = onnx.load_model_from_string(to_onnx(function))

    def run(picture: Values) -> dict[str, Values]:
        _ = loaded  # its variables live no longer than this
        return {name: output.numpy() for name, output in function(tf.constant(picture)).items()}

    return SourceModel(
        kind="SavedModel",
        graph=graph,
        input_name=picture_input(graph).name,
        run=run,
        sha256=digest,
        versions={"tensorflow": str(tf.__version__), "tf2onnx": metadata.version("tf2onnx")},
    )


def _checked_operators(folder: Path) -> frozenset[str]:
    """The kinds of operators; refused before anything is loaded: loading runs what it says."""
    data = read_model_file(folder / GRAPH_FILE)
    tensorflow()
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    with blamed_on(f"{str(folder / GRAPH_FILE)!r} is not a SavedModel", "export it again"):
        saved = SavedModel.FromString(data)
    operators: set[str] = set()
    for meta in saved.meta_graphs:
        graph = meta.graph_def
        nodes = [*graph.node, *(node for one in graph.library.function for node in one.node_def)]
        operators |= {node.op for node in nodes}
        refused = sorted(operators & _REFUSED)
        if refused:
            raise ConfigurationError(
                f"SavedModel {str(folder)!r} reaches for files or code by {', '.join(refused)}; "
                "export it without"
            )
    return frozenset(operators)
