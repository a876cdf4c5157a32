"""No graph reaches the runtime that asks for more than arithmetic."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.bundle.graph_scan import MAX_DEPTH, MAX_NODES, MAX_TENSOR_SIZE, scan_graph
from inspector.errors import BundleError
from inspector.inference.ort import OrtBackend
from tests.support.bundles import brightness_model, draft_manifest

STEADY = settings(derandomize=True, deadline=None, max_examples=300)
MODEL = brightness_model()
# A field of ONNX's `ModelProto` or `GraphProto` in front: its number and how it is written.
GRAPH, NODE, VARINT, FIXED64, BYTES, GROUP, FIXED32 = 7, 1, 0, 1, 2, 3, 5


def field(number: int, wire: int, body: bytes) -> bytes:
    key = bytes([number << 3 | wire])
    return key + (varint(len(body)) + body if wire == BYTES else body)


def varint(value: int) -> bytes:
    groups = []
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])


def changed(change: Callable[[Any], None]) -> bytes:
    """The model after a change of its protobuf."""
    from onnx import load_model_from_string

    model = load_model_from_string(MODEL)
    change(model)
    return bytes(model.SerializeToString())


def refusal(model: bytes) -> str:
    with pytest.raises(BundleError) as caught:
        scan_graph(model, "model.onnx")
    return str(caught.value)


def external_tensor() -> Any:
    from onnx import TensorProto

    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    return tensor


def located_tensor() -> Any:
    from onnx import TensorProto

    return TensorProto(name="w", data_location=TensorProto.EXTERNAL)


def named_tensor() -> Any:
    tensor = external_tensor()
    tensor.ClearField("data_location")
    return tensor


def attribute(model: Any) -> Any:
    return model.graph.node[0].attribute.add(name="value")


EXTERNAL_PLACES: dict[str, Callable[[Any, Any], None]] = {
    "initializer": lambda model, tensor: model.graph.initializer.append(tensor),
    "sparse values": lambda model, tensor: model.graph.sparse_initializer.add().values.CopyFrom(
        tensor
    ),
    "sparse indices": lambda model, tensor: model.graph.sparse_initializer.add().indices.CopyFrom(
        tensor
    ),
    "attribute": lambda model, tensor: attribute(model).t.CopyFrom(tensor),
    "attribute's list": lambda model, tensor: attribute(model).tensors.append(tensor),
    "attribute's sparse values": lambda model, tensor: attribute(
        model
    ).sparse_tensor.values.CopyFrom(tensor),
    "attribute's sparse list": lambda model, tensor: (
        attribute(model).sparse_tensors.add().indices.CopyFrom(tensor)
    ),
    "graph of a node": lambda model, tensor: attribute(model).g.initializer.append(tensor),
    "graphs of a node": lambda model, tensor: (
        attribute(model).graphs.add().initializer.append(tensor)
    ),
    "node of a graph of a node": lambda model, tensor: (
        attribute(model).g.node.add().attribute.add().t.CopyFrom(tensor)
    ),
}


def test_model_of_standard_operators_is_let_through() -> None:
    scan_graph(MODEL, "model.onnx")
    scan_graph(changed(lambda model: model.opset_import.add(domain="ai.onnx", version=17)), "m")


@pytest.mark.parametrize("tensor", [external_tensor, located_tensor, named_tensor])
@pytest.mark.parametrize("place", EXTERNAL_PLACES)
def test_weights_in_another_file_are_refused_wherever_they_are_asked_for(
    place: str, tensor: Callable[[], Any]
) -> None:
    model = changed(lambda model: EXTERNAL_PLACES[place](model, tensor()))
    assert refusal(model) == "model.onnx: the graph asks for weights in another file"


@pytest.mark.parametrize(
    "change",
    [
        lambda model: setattr(model.graph.node[0], "domain", "com.evil"),
        lambda model: setattr(attribute(model).g.node.add(), "domain", "com.evil"),
        lambda model: setattr(attribute(model).graphs.add().node.add(), "domain", "com.evil"),
        lambda model: model.opset_import.add(domain="com.evil", version=1),
    ],
)
def test_custom_operators_are_refused_by_their_name(change: Callable[[Any], None]) -> None:
    expected = "model.onnx: the graph asks for custom operators of 'com.evil'"
    assert refusal(changed(change)) == expected


@pytest.mark.parametrize("domain", ["com.microsoft", "ai.onnx.ml", "ai.onnx.training", "AI.ONNX"])
def test_operators_beside_the_standard_are_custom_ones(domain: str) -> None:
    model = changed(lambda model: setattr(model.graph.node[-1], "domain", domain))
    assert refusal(model) == f"model.onnx: the graph asks for custom operators of {domain!r}"


def test_second_domain_in_one_entry_is_looked_at_too() -> None:
    """Protobuf takes the last value of a field that stands twice."""
    entry = field(1, BYTES, b"") + field(1, BYTES, b"com.evil")
    assert "custom operators of 'com.evil'" in refusal(MODEL + field(8, BYTES, entry))


def test_domain_that_is_a_number_is_refused() -> None:
    node = field(7, VARINT, b"\x05")
    model = MODEL + field(GRAPH, BYTES, field(NODE, BYTES, node))
    assert refusal(model) == "model.onnx: the graph asks for custom operators of '5'"


def test_second_graph_is_looked_through_too() -> None:
    """Protobuf merges messages that stand twice."""
    node = field(NODE, BYTES, field(7, BYTES, b"com.evil"))
    assert "custom operators of 'com.evil'" in refusal(MODEL + field(GRAPH, BYTES, node))


def test_functions_are_refused() -> None:
    model = changed(lambda model: model.functions.add(name="f", domain=""))
    assert refusal(model) == "model.onnx: the graph brings functions of its own"


@pytest.mark.parametrize(("depth", "is_taken"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False)])
def test_graphs_are_nested_up_to_a_limit(depth: int, is_taken: bool) -> None:
    graph = b""
    for _ in range(depth):
        graph = field(NODE, BYTES, field(5, BYTES, field(6, BYTES, graph)))
    model = field(GRAPH, BYTES, graph)
    if is_taken:
        scan_graph(model, "model.onnx")
    else:
        assert refusal(model) == "model.onnx: graphs nested deeper than 16"


@pytest.mark.parametrize(("count", "is_taken"), [(MAX_NODES, True), (MAX_NODES + 1, False)])
def test_operators_are_counted_up_to_a_limit(count: int, is_taken: bool) -> None:
    model = field(GRAPH, BYTES, field(NODE, BYTES, b"") * count)
    if is_taken:
        scan_graph(model, "model.onnx")
    else:
        assert refusal(model) == "model.onnx: more than 100000 operators"


def test_file_in_the_runtimes_own_format_is_refused_though_it_is_onnx_as_well() -> None:
    """Else what is looked through is not what runs: the runtime goes by the mark."""
    disguise = field(1, VARINT, b"\0") + field(1, FIXED64, b"\0ORTM\0\0\0")
    scan_graph(disguise.replace(b"ORTM", b"ONNX") + MODEL, "model.onnx")
    with pytest.raises(BundleError, match="ORT model verification failed"):
        OrtBackend(draft_manifest(), disguise + MODEL)
    expected = "model.onnx: is in the runtime's own format; a bundle holds ONNX"
    assert refusal(disguise + MODEL) == expected


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "it holds no graph"),
        (b"\x08\x08", "it holds no graph"),
        (field(GRAPH, VARINT, b"\x01"), "a number stands where a message should be"),
        (field(GRAPH, BYTES, field(NODE, VARINT, b"\x01")), "a number stands where a message"),
        (b"\x3a", "a number is truncated"),
        (b"\x3a\x80", "a number is truncated"),
        (b"\x3a\x05ab", "a field reaches past the end of the file"),
        (field(2, FIXED32, b"abc"), "a field reaches past the end of the file"),
        (field(2, FIXED64, b"abcdefg"), "a field reaches past the end of the file"),
        (b"\x00\x01", "a field has the number 0"),
        (b"\xba\x80\x80\x80\x10\x00", "a field has the number 536870919"),  # 7, for whoever cuts
        (field(2, GROUP, b""), "a field has the unknown wire type 3"),
        (b"\x08" + b"\xff" * 10 + b"\x01", "a number is longer than 64 bits"),
        (field(8, BYTES, field(1, BYTES, b"\xff")), "'utf-8' codec can't decode byte 0xff"),
        (b"\x80\x05K\x01.", "a field has the number"),  # a pickle
        (b"PK\x03\x04" + bytes(40), "a field"),
    ],
)
def test_what_is_no_onnx_file_is_refused(data: bytes, fault: str) -> None:
    assert refusal(data).startswith(f"model.onnx: not an ONNX file: {fault}")


def test_cut_model_is_refused_or_still_a_graph_the_scan_has_seen_whole() -> None:
    graph_end = MODEL.rindex(b"B\x04\n\x00\x10")  # the versions of operators come last
    taken = []
    for length in range(len(MODEL)):
        try:
            scan_graph(MODEL[:length], "model.onnx")
        except BundleError:
            continue
        taken.append(length)
    assert taken == [graph_end]


@STEADY
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(MODEL)),
            st.integers(0, 6),
            st.binary(max_size=6) | st.just(b"\xff" * 9),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_spoiled_model_raises_nothing_but_our_error(
    splices: list[tuple[int, int, bytes]],
) -> None:
    data = MODEL
    for at, length, put in splices:
        data = data[:at] + put + data[at + length :]
    only_ours(data)


@STEADY
@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_but_our_error(data: bytes) -> None:
    only_ours(data)
    only_ours(field(GRAPH, BYTES, data))
    only_ours(field(GRAPH, BYTES, field(NODE, BYTES, data)))


def only_ours(data: bytes) -> None:
    try:
        scan_graph(data, "model.onnx")
    except BundleError as error:
        ours = str(error)
    else:
        return
    assert ours.startswith("model.onnx: ")


def test_sparse_tensor_is_as_large_as_the_runtime_makes_it() -> None:
    def swell(model: Any) -> None:
        model.graph.sparse_initializer.add().dims.extend([10**6, 10**6])

    assert refusal(changed(swell)) == "model.onnx: a tensor of more than 128,000,000 values"


def test_opset_of_the_standard_operators_is_told() -> None:
    assert scan_graph(MODEL, "model.onnx") == 17


@pytest.mark.parametrize("dims", [[MAX_TENSOR_SIZE + 1], [2**20, 2**20], [-1], [2**62, 4]])
def test_tensor_larger_than_any_file_is_refused(dims: list[int]) -> None:
    def swell(model: Any) -> None:
        model.graph.initializer.add(name="w", data_type=1, dims=dims)

    assert refusal(changed(swell)) == "model.onnx: a tensor of more than 128,000,000 values"
