"""A manifest is taken in one spelling only, and every value in it has been looked at."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.bundle import Canary, InputSpec, Manifest, QualityLimits, Threshold
from inspector.bundle.manifest import INT8_FILE, MAX_INPUT_SIDE_PX, OUTPUTS, parse_manifest
from inspector.errors import BundleError
from inspector.files.tables import canonical_json
from tests.support.bundles import draft_manifest

STEADY = settings(derandomize=True, deadline=None)
FILES = {name: f"{n:x}" * 64 for n, name in enumerate(("model.onnx", "report.json", "canary.png"))}
SEALED = replace(draft_manifest(), files=FILES).sealed()
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.none() | st.booleans() | st.integers() | NUMBERS | TEXTS | st.lists(TEXTS, max_size=3)
FACTS = st.dictionaries(TEXTS, VALUES, max_size=3)
SIDES_PX = st.integers(8, MAX_INPUT_SIDE_PX)


def resealed(**changes: object) -> bytes:
    """The manifest with other values at these keys, dotted, and a `bundle_id` that fits them."""
    table: dict[str, Any] = json.loads(SEALED.to_json())
    del table["bundle_id"]
    for key, value in changes.items():
        inner, *rest = key.split("__")
        if rest:
            table[inner][rest[0]] = value
        else:
            table[inner] = value
    return canonical_json(table | {"bundle_id": hashlib.sha256(canonical_json(table)).hexdigest()})


def refusal(data: bytes) -> str:
    with pytest.raises(BundleError) as caught:
        parse_manifest(data, "manifest.json")
    return str(caught.value)


def test_manifest_is_read_back_as_it_was_sealed() -> None:
    assert parse_manifest(SEALED.to_json(), "manifest.json") == SEALED
    assert parse_manifest(resealed(), "manifest.json") == SEALED


@STEADY
@given(
    st.builds(
        InputSpec,
        height_px=SIDES_PX,
        width_px=SIDES_PX,
        color=st.sampled_from(["rgb", "mono"]),
        resize=st.just("tile"),
        overlap_px=st.integers(0, 7),
        scale=st.floats(0.01, 4),
    ),
    st.builds(
        Threshold,
        value=NUMBERS,
        method=TEXTS,
        n_images=st.integers(1, 2**53),
        region_level=st.none() | NUMBERS,
        faint_level=st.none() | NUMBERS,
    ),
    st.builds(Canary, score=NUMBERS, tolerance=st.floats(0, 1e300)),
    TEXTS,
    FACTS,
)
def test_any_valid_manifest_is_read_back_as_it_was_sealed(
    spec: InputSpec, threshold: Threshold, canary: Canary, name: str, facts: dict[str, object]
) -> None:
    manifest = replace(
        SEALED, input=spec, threshold=threshold, canary=canary, name=name, training=facts
    ).sealed()
    assert parse_manifest(manifest.to_json(), "manifest.json") == manifest


def test_canary_of_an_int8_model_is_read_back_and_covered_by_the_identity() -> None:
    files = {**SEALED.files, INT8_FILE: "0" * 64}
    one, other = (
        replace(SEALED, files=files, int8_canary=replace(SEALED.canary, score=score)).sealed()
        for score in (0.25, 0.5)
    )
    assert parse_manifest(one.to_json(), "manifest.json") == one
    assert one.bundle_id != other.bundle_id


def test_identity_covers_every_other_key() -> None:
    changed: list[Manifest] = [
        replace(SEALED, task="segment"),
        replace(SEALED, name="other"),
        replace(SEALED, version="2"),
        replace(SEALED, input=replace(SEALED.input, color="mono")),
        replace(SEALED, outputs={"score": ""}),
        replace(SEALED, labels=("good", "bad")),
        replace(SEALED, threshold=replace(SEALED.threshold, value=0.25)),
        replace(SEALED, canary=replace(SEALED.canary, tolerance=0.5)),
        replace(SEALED, opset=18),
        replace(SEALED, versions={}),
        replace(SEALED, data={}),
        replace(SEALED, validation={}),
        replace(SEALED, training={}),
        replace(SEALED, files=FILES | {"model.onnx": "f" * 64}),
    ]
    identities = {SEALED.bundle_id, *(manifest.sealed().bundle_id for manifest in changed)}
    assert len(identities) == 15
    assert replace(SEALED, bundle_id="anything").sealed() == SEALED


def test_one_flipped_bit_anywhere_is_refused() -> None:
    data = SEALED.to_json()
    taken = []
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        try:
            parse_manifest(bytes(flipped), "manifest.json")
        except BundleError:
            continue
        taken.append(at)
    assert taken == []


def test_manifest_that_is_cut_anywhere_is_refused() -> None:
    data = SEALED.to_json()
    for length in range(len(data)):
        refusal(data[:length])


@pytest.mark.parametrize(
    "respelt",
    [
        SEALED.to_json() + b"\n",
        SEALED.to_json().removesuffix(b"\n"),
        b" " + SEALED.to_json(),
        SEALED.to_json().replace(b"\n", b"\r\n"),
        SEALED.to_json().replace(b"brightness", b"\\u0062rightness", 1),
        SEALED.to_json().replace(b'"value": 0.5', b'"value": 5e-1'),
        json.dumps(json.loads(SEALED.to_json())).encode(),
    ],
)
def test_other_spelling_of_the_same_values_is_refused(respelt: bytes) -> None:
    assert json.loads(respelt) == json.loads(SEALED.to_json())
    assert "was changed after it was sealed" in refusal(respelt)


def test_changed_value_is_refused_with_both_identities() -> None:
    changed = replace(SEALED, threshold=replace(SEALED.threshold, value=0.75))
    assert refusal(changed.to_json()) == (
        f"manifest.json: was changed after it was sealed (bundle_id says "
        f"{SEALED.bundle_id[:12]!r}, the content {changed.sealed().bundle_id[:12]!r}); "
        "copy the bundle again, or change limits in a recipe instead"
    )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"schema_version": 2}, "schema_version 2; this program reads version 1"),
        ({"schema_version": True}, "schema_version is True; it must be a whole number"),
        (
            {"task": "guess"},
            "task is 'guess'; it must be one of anomaly, classify, segment",
        ),
        ({"name": None}, "name is None; it must be a text"),
        ({"nmae": "a"}, "unknown key 'nmae'; did you mean 'name'?"),
        ({"opset": 6}, "opset 6 outside 7..100"),
        ({"labels": ["good"]}, "labels must name at least two classes, good first"),
        ({"labels": "good, bad"}, "labels is 'good, bad'; it must be a list"),
        (
            {"outputs": {"heatmap": ""}},
            "outputs has no 'score'; without it nothing can be judged",
        ),
        (
            {"outputs": {"score": "", "sore": ""}},
            f"outputs: unknown 'sore'; known: {', '.join(OUTPUTS)}",
        ),
        ({"outputs": {"score": 1}}, "outputs: score must be a text"),
        ({"input": []}, "input is []; it must be a dict"),
        ({"input__layout": "NCHW"}, "input: layout is 'NCHW'; it must be one of NHWC"),
        ({"input__dtype": "float32"}, "input: dtype is 'float32'; it must be one of uint8"),
        ({"input__height_px": 7}, "input: height_px 7 outside 8..4096"),
        ({"input__width_px": 4097}, "input: width_px 4097 outside 8..4096"),
        ({"input__width_px": 48.0}, "input: width_px is 48.0; it must be a whole number"),
        ({"input__color": "bgr"}, "input: color is 'bgr'; it must be one of rgb, mono"),
        (
            {"input__resize": "crop"},
            "input: resize is 'crop'; it must be one of stretch, letterbox, tile",
        ),
        ({"input__mean": 0}, "input: unknown key 'mean'"),
        ({"threshold__value": True}, "threshold: value is True; it must be a number"),
        ({"threshold__n_images": 0}, "threshold: n_images 0 outside 1..9.0072e+15"),
        ({"threshold__note": ""}, "threshold: unknown key 'note'"),
        ({"canary__tolerance": -1e-9}, "canary: tolerance -1e-09 outside 0..inf"),
        ({"canary__scores": 1}, "canary: unknown key 'scores'; did you mean 'score'?"),
        ({"files": {}}, "files: model.onnx is missing"),
        ({"files": FILES | {"model.onnx": "F" * 64}}, "files: model.onnx has no SHA-256 but 'FFFF"),
        ({"files": FILES | {"model.onnx": "0" * 64 + "\n"}}, "files: model.onnx has no SHA-256"),
        ({"files": FILES | {"../x": "0" * 64}}, "files: unknown '../x'; known: model.onnx, "),
        ({"files": FILES | {"manifest.json": "0" * 64}}, "files: unknown 'manifest.json'"),
        ({"files": FILES | {"x" * 99: ""}}, f"files: unknown '{'x' * 40}'; known"),
        ({"training": [1]}, "training is [1]; it must be a dict"),
    ],
)
def test_value_out_of_its_range_is_refused_though_sealed(
    changes: dict[str, object], fault: str
) -> None:
    assert refusal(resealed(**changes)).startswith(f"manifest.json: {fault}")


@pytest.mark.parametrize(
    ("spec", "fits"),
    [
        ({"resize": "tile", "overlap_px": 31}, True),
        ({"resize": "tile", "overlap_px": 32}, False),
        ({"resize": "tile", "overlap_px": 0}, True),
        ({"resize": "stretch", "overlap_px": 1}, False),
        ({"resize": "letterbox", "overlap_px": 1}, False),
    ],
)
def test_tiles_must_be_larger_than_their_overlap(spec: dict[str, object], fits: bool) -> None:
    data = resealed(**{f"input__{key}": value for key, value in spec.items()})
    if fits:
        assert parse_manifest(data, "manifest.json").input.overlap_px == spec["overlap_px"]
    else:
        assert refusal(data).startswith(f"input: overlap_px {spec['overlap_px']} does not fit")


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"resize": "tile", "scale": 0.5}, None),
        ({"resize": "stretch", "scale": 0.5}, "input: scale 0.5 goes with resize 'tile' only"),
        ({"resize": "tile", "scale": 0.001}, "manifest.json: input: scale 0.001 outside"),
        ({"resize": "tile", "scale": 4.5}, "manifest.json: input: scale 4.5 outside"),
    ],
)
def test_pictures_are_scaled_only_to_be_cut_into_tiles(
    spec: dict[str, object], fault: str | None
) -> None:
    data = resealed(**{f"input__{key}": value for key, value in spec.items()})
    if fault is None:
        assert parse_manifest(data, "manifest.json").input.scale == 0.5
    else:
        assert refusal(data).startswith(fault)


@pytest.mark.parametrize("key", json.loads(SEALED.to_json()))
def test_missing_key_is_refused_by_its_name(key: str) -> None:
    table = json.loads(SEALED.to_json())
    del table[key]
    assert refusal(canonical_json(table)).startswith(f"manifest.json: the key {key!r} is missing")


@pytest.mark.parametrize("depth", [2, 100, 450, 600, 800, 950, 5_000, 100_000])
def test_tables_nested_in_the_free_facts_are_our_error_at_any_depth(depth: int) -> None:
    nested = b'{"a":' * depth + b"1" + b"}" * depth
    data = resealed(training={"nested": "@"}).replace(b'"@"', nested)
    text = refusal(data)
    reasons = ("was changed after", "holds tables nested too deep", "not valid JSON: maximum rec")
    assert text.startswith(tuple(f"manifest.json: {reason}" for reason in reasons))


def test_infinity_written_as_a_number_is_refused() -> None:
    data = resealed(training={"rate": "@"}).replace(b'"@"', b"1e999")
    assert refusal(data) == "manifest.json: holds a number that is not finite"


@pytest.mark.parametrize(("color", "channels"), [("rgb", 3), ("mono", 1)])
def test_channels_follow_from_the_colour(color: Any, channels: int) -> None:
    assert replace(SEALED.input, color=color).channels == channels


QUALITY = QualityLimits(
    brightness_low=20.5, brightness_high=230.0, contrast_low=4.0, sharpness_low=0.05,
    overexposed_high=0.1, size_px=(384, 512), channels=3,
)  # fmt: skip


@pytest.mark.parametrize("quality", [QUALITY, replace(QUALITY, size_px=None, channels=None)])
def test_limits_for_the_picture_are_read_back_as_they_were_sealed(quality: QualityLimits) -> None:
    manifest = replace(SEALED, quality=quality).sealed()
    assert parse_manifest(manifest.to_json(), "manifest.json") == manifest
    assert manifest.bundle_id != SEALED.bundle_id


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("brightness_low", 256.0, "brightness_low 256.0 outside 0..255"),
        ("sharpness_low", -1.0, "sharpness_low -1.0 outside 0..inf"),
        ("size_px", [], "size_px has 0 numbers; it is height and width"),
        ("size_px", [1, 2, 3], "size_px has 3 numbers; it is height and width"),
        ("size_px", [0, 2], "size_px must be a list of whole numbers 1..65535"),
        ("channels", 4, "channels 4 outside 1..3"),
        ("channels", 2, "channels is 2; a picture has 1 or 3"),
        ("speed", 1, "unknown key 'speed'"),
    ],
)
def test_limits_for_the_picture_that_are_none_are_refused(
    key: str, value: object, text: str
) -> None:
    quality = json.loads(replace(SEALED, quality=QUALITY).to_json())["quality"]
    assert text in refusal(resealed(quality={**quality, key: value}))
