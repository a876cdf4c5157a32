"""A bundle opens when every byte is the one that was validated, and in no other case."""

import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.assembly import build_inspection, shipped_bundle
from inspector.bundle import (
    CANARY_FILE,
    MODEL_FILE,
    REPORT_FILE,
    WrongVerdicts,
    open_bundle,
    seal_bundle,
)
from inspector.bundle.files import MANIFEST_FILE
from inspector.bundle.manifest import INT8_FILE, parse_manifest
from inspector.clock import SystemClock
from inspector.errors import BundleError
from inspector.recipe import DEFAULT_RECIPE
from tests.support.bundles import (
    brightness_model,
    passing_int8_proof,
    passing_proof,
    write_bundle,
)

FILES = (MANIFEST_FILE, MODEL_FILE, REPORT_FILE, CANARY_FILE)
FLIPS, CUTS = 500, 100  # as many as the list of fault tests asks for
SCORE_AGREES = passing_proof(b"").outputs["score"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a bundle that the line takes."""
    path = write_bundle(tmp_path_factory.mktemp("sound") / "brightness.bundle")
    return {name: (path / name).read_bytes() for name in FILES}


@pytest.fixture
def bundle(tmp_path: Path, sound: dict[str, bytes]) -> Path:
    path = tmp_path / "brightness.bundle"
    path.mkdir()
    for name, data in sound.items():
        (path / name).write_bytes(data)
    return path


def refusal(path: Path) -> str:
    """The message without its beginning, which names the bundle."""
    with pytest.raises(BundleError) as caught:
        open_bundle(path)
    where = f"bundle {str(path)!r}: "
    assert str(caught.value).startswith(where)
    return str(caught.value).removeprefix(where)


def resealed(bundle: Path, **contents: bytes) -> Path:
    """The bundle with other files, by `_`-spelt name, and a manifest that fits them."""
    named = {name.replace("__", "."): data for name, data in contents.items()}
    names = [name for name in FILES if name != MANIFEST_FILE]
    manifest = parse_manifest((bundle / MANIFEST_FILE).read_bytes(), MANIFEST_FILE)
    seal_bundle(manifest, {name: (bundle / name).read_bytes() for name in names} | named, bundle)
    return bundle


def is_taken(path: Path) -> bool:
    try:
        open_bundle(path)
    except BundleError:
        return False
    return True


def test_sound_bundle_opens_with_the_bytes_that_were_sealed(
    bundle: Path, sound: dict[str, bytes]
) -> None:
    opened = open_bundle(bundle)
    assert opened.model == sound[MODEL_FILE] == brightness_model()
    assert (opened.canary_png, opened.int8_model) == (sound[CANARY_FILE], None)
    assert opened.proof == passing_proof(sound[MODEL_FILE])
    assert opened.manifest.to_json() == sound[MANIFEST_FILE]


@pytest.mark.parametrize(
    "path",
    [
        {"resize": "letterbox"},
        {"resize": "tile", "overlap_px": 4},
        {"color": "mono"},
        {"size_px": (64, 40)},
        {"threshold": 0},
    ],
    ids=str,
    indirect=True,
)
def test_bundle_of_each_kind_opens_and_judges_its_canary(path: Path) -> None:
    opened = open_bundle(path)
    ready = build_inspection(opened, DEFAULT_RECIPE, SystemClock())
    assert ready.identity["bundle_id"] == opened.manifest.bundle_id


@pytest.fixture
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return write_bundle(tmp_path / "b", **request.param)


def test_bundle_that_ships_opens() -> None:
    assert open_bundle(shipped_bundle()).manifest.name == "demo part"


def test_bundle_whose_canary_scores_otherwise_opens_but_never_judges(tmp_path: Path) -> None:
    opened = open_bundle(write_bundle(tmp_path / "b", canary_score_offset=0.001))
    with pytest.raises(BundleError, match=r"the canary picture scores 0\.308687 on this machine"):
        build_inspection(opened, DEFAULT_RECIPE, SystemClock())


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_bit_in_a_file_is_refused(
    bundle: Path, sound: dict[str, bytes], name: str
) -> None:
    flipped = bytearray(sound[name])
    flipped[len(flipped) // 2] ^= 1
    (bundle / name).write_bytes(flipped)
    if name == MANIFEST_FILE:
        assert refusal(bundle).startswith("manifest.json: ")
    else:
        assert refusal(bundle) == (
            f"{name} is not the file that was validated (its SHA-256 differs); "
            "copy the bundle again"
        )


def test_flipped_bits_anywhere_are_refused(bundle: Path, sound: dict[str, bytes]) -> None:
    rng = random.Random(13)
    taken = []
    for trial in range(FLIPS):
        name = FILES[trial % len(FILES)]
        flipped = bytearray(sound[name])
        flipped[at := rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        (bundle / name).write_bytes(flipped)
        if is_taken(bundle):
            taken.append((name, at))
        (bundle / name).write_bytes(sound[name])
    assert (taken, is_taken(bundle)) == ([], True)


def test_cuts_anywhere_are_refused(bundle: Path, sound: dict[str, bytes]) -> None:
    rng = random.Random(14)
    cuts = [(name, length) for name in FILES for length in (0, 1, len(sound[name]) - 1)]
    while len(cuts) < CUTS:
        name = FILES[len(cuts) % len(FILES)]
        cuts.append((name, rng.randrange(len(sound[name]))))
    taken = []
    for name, length in cuts:
        (bundle / name).write_bytes(sound[name][:length])
        if is_taken(bundle):
            taken.append((name, length))
        (bundle / name).write_bytes(sound[name])
    assert (taken, is_taken(bundle)) == ([], True)


@pytest.mark.parametrize("name", FILES)
def test_one_byte_more_is_refused(bundle: Path, sound: dict[str, bytes], name: str) -> None:
    (bundle / name).write_bytes(sound[name] + b"\0")
    assert refusal(bundle).startswith(name)


@pytest.mark.parametrize("name", FILES)
def test_missing_file_is_refused_by_its_name(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    assert refusal(bundle) == f"{name} is missing; copy the bundle again, whole"


@pytest.mark.parametrize("name", FILES)
def test_link_is_refused_even_to_the_same_bytes(
    bundle: Path, sound: dict[str, bytes], name: str
) -> None:
    elsewhere = bundle.with_name("elsewhere")
    elsewhere.write_bytes(sound[name])
    (bundle / name).unlink()
    (bundle / name).symlink_to(elsewhere)
    assert refusal(bundle).startswith(f"{name}: is a link or no plain file")


def test_file_of_another_bundle_is_refused(bundle: Path, tmp_path: Path) -> None:
    other = write_bundle(tmp_path / "other", threshold=0.75, size_px=(32, 56))
    for name in FILES[1:]:
        mixed = (other / name).read_bytes()
        if mixed != (bundle / name).read_bytes():
            (bundle / name).write_bytes(mixed)
    assert refusal(bundle).startswith(f"{MODEL_FILE} is not the file that was validated")


def test_file_that_the_manifest_does_not_name_changes_nothing(bundle: Path) -> None:
    before = open_bundle(bundle)
    (bundle / INT8_FILE).write_bytes(b"anything")
    (bundle / ".DS_Store").write_bytes(b"")
    assert open_bundle(bundle) == before


def test_zip_of_a_bundle_opens_as_the_same_bundle(bundle: Path, tmp_path: Path) -> None:
    archive = tmp_path / "brightness.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in FILES:
            opened.write(bundle / name, f"{bundle.name}/{name}")
    assert open_bundle(archive) == open_bundle(bundle)


@pytest.mark.parametrize("name", FILES)
def test_zip_with_one_other_byte_is_refused(
    tmp_path: Path, sound: dict[str, bytes], name: str
) -> None:
    archive = tmp_path / "brightness.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for entry, data in (sound | {name: sound[name] + b" "}).items():
            opened.writestr(entry, data)
    assert refusal(archive).startswith(name)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"n_flips": 1}, "1 of 20 decisions differ"),
        ({"n_images": 0}, "no picture was compared"),
        ({"outputs": {}}, "the score was not compared"),
        ({"outputs": {"score": SCORE_AGREES}}, "it did not compare heatmap"),
        ({"model_sha256": "0" * 64}, "it speaks of another model"),
        ({"threshold": 0.25}, "it speaks of another threshold"),
        ({"model_sha256": "0" * 64, "n_flips": 1}, "it speaks of another model"),
    ],
)
def test_bundle_without_a_proof_that_stands_is_refused(
    tmp_path: Path, changes: dict[str, object], fault: str
) -> None:
    proof = replace(passing_proof(brightness_model()), **changes)  # type: ignore[arg-type]
    assert refusal(write_bundle(tmp_path / "b", proof=proof)) == (
        f"report.json does not prove the model: {fault}; validate it again in the workshop"
    )


def test_sealed_report_that_is_no_report_is_refused(bundle: Path) -> None:
    assert refusal(resealed(bundle, report__json=b"{}")).startswith("report.json: the key ")


def hostile_models() -> Iterator[tuple[bytes, str]]:
    from onnx import TensorProto, load_model_from_string

    changed = load_model_from_string(brightness_model())
    changed.graph.node[0].domain = "com.evil"
    yield bytes(changed.SerializeToString()), "the graph asks for custom operators of 'com.evil'"
    changed = load_model_from_string(brightness_model())
    changed.graph.initializer[0].ClearField("float_data")
    changed.graph.initializer[0].data_location = TensorProto.EXTERNAL
    changed.graph.initializer[0].external_data.add(key="location", value="report.json")
    yield bytes(changed.SerializeToString()), "the graph asks for weights in another file"
    changed = load_model_from_string(brightness_model())
    changed.functions.add(name="Cast")
    yield bytes(changed.SerializeToString()), "the graph brings functions of its own"
    yield b"\x80\x05cos\nsystem\n.", "not an ONNX file: "


@pytest.mark.parametrize("which", range(4))
def test_hostile_model_is_refused_with_the_reason_though_sealed_and_proven(
    tmp_path: Path, which: int
) -> None:
    model, fault = list(hostile_models())[which]
    path = write_bundle(tmp_path / "b", model=model, canary_score=0.5)
    assert refusal(path).startswith(f"model.onnx: {fault}")


def test_int8_model_is_handed_out(tmp_path: Path) -> None:
    twin = brightness_model(white=256.0)
    assert open_bundle(write_bundle(tmp_path / "b", int8_model=twin)).int8_model == twin


def test_int8_model_is_looked_through_as_well(tmp_path: Path) -> None:
    model, fault = next(hostile_models())
    path = write_bundle(tmp_path / "b", int8_model=brightness_model(white=256.0))
    proof = replace(passing_proof(brightness_model()), int8=passing_int8_proof(model)).to_json()
    manifest = parse_manifest((path / MANIFEST_FILE).read_bytes(), MANIFEST_FILE)
    contents = {name: (path / name).read_bytes() for name in manifest.files}
    contents |= {INT8_FILE: model, REPORT_FILE: proof}
    seal_bundle(manifest, contents, path)
    assert refusal(path) == f"model.int8.onnx: {fault}"


@pytest.mark.parametrize(
    ("changes", "shortcoming"),
    [
        ({"model_sha256": "0" * 64}, "it does not speak of it"),
        (
            {
                "wrong": WrongVerdicts(
                    n_defects=10,
                    n_good=10,
                    float_passed=1,
                    int8_passed=2,
                    float_rejected=0,
                    int8_rejected=0,
                )
            },
            "escapes: 2 of 10 defects pass instead of 1; at most 1% of them may be more",
        ),
    ],
)
def test_int8_model_that_is_not_proven_is_refused(
    tmp_path: Path, changes: dict[str, object], shortcoming: str
) -> None:
    twin = brightness_model(white=256.0)
    path = write_bundle(tmp_path / "b", int8_model=twin)
    section = replace(passing_int8_proof(twin), **changes)  # type: ignore[arg-type]
    proof = replace(passing_proof(brightness_model()), int8=section).to_json()
    manifest = parse_manifest((path / MANIFEST_FILE).read_bytes(), MANIFEST_FILE)
    contents = {name: (path / name).read_bytes() for name in manifest.files}
    seal_bundle(manifest, contents | {REPORT_FILE: proof}, path)
    assert refusal(path) == (
        f"report.json does not prove model.int8.onnx: {shortcoming}; "
        "quantise the bundle again in the workshop"
    )


def test_int8_model_without_its_canary_is_refused(bundle: Path) -> None:
    with pytest.raises(BundleError, match=r"model\.int8\.onnx and int8_canary go together"):
        resealed(bundle, model__int8__onnx=brightness_model())


def test_unknown_key_of_the_manifest_is_refused(bundle: Path, sound: dict[str, bytes]) -> None:
    changed = sound[MANIFEST_FILE].replace(b'  "task"', b'  "tasc": 1,\n  "task"')
    (bundle / MANIFEST_FILE).write_bytes(changed)
    assert refusal(bundle) == "manifest.json: unknown key 'tasc'; did you mean 'task'?"
