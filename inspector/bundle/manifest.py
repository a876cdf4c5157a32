"""The manifest of a bundle: what the model is, in values, and its one spelling as a file."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal, cast, get_args

from inspector.errors import BundleError
from inspector.files.tables import Table, canonical_json, parse_json

SCHEMA_VERSION = 1
MIN_SCALE, MAX_SCALE = 0.01, 4.0  # of pictures that are cut into tiles
MAX_INPUT_SIDE_PX = 4096  # a tensor of 4096 x 4096 x 3 float is 200 MB; no line PC runs more
MAX_SENSOR_SIDE_PX = 65_535
MODEL_FILE = "model.onnx"
INT8_FILE = "model.int8.onnx"
REPORT_FILE = "report.json"
CANARY_FILE = "canary.png"
REQUIRED_FILES = (MODEL_FILE, REPORT_FILE, CANARY_FILE)
OPTIONAL_FILES = (INT8_FILE,)
TASKS = ("anomaly", "classify", "segment")
OUTPUTS = ("score", "heatmap", "probabilities", "class_map", "unexplained")

Color = Literal["rgb", "mono"]
Resize = Literal["stretch", "letterbox", "tile"]
Scale = Literal["chance", "distance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSpec:
    """The tensor the graph takes: uint8, N x height x width x channels, N free.

    Attributes:
        color: "rgb" (3 channels) or "mono" (1 channel).
        resize: How a picture of another size is brought to this one.
        overlap_px: How far neighbouring tiles overlap; 0 unless `resize` is "tile".
        scale: By what a picture's sides are multiplied before it is cut into tiles; 1 unless
            `resize` is "tile".
        max_sample: Full light in pictures of 16 bits: 1023 where a camera uses 10 of them. None:
            the bundle was made without any.
    """

    height_px: int
    width_px: int
    color: Color
    resize: Resize
    overlap_px: int = 0
    scale: float = 1.0
    max_sample: int | None = None

    @property
    def channels(self) -> int:
        """Length of the last axis."""
        return 3 if self.color == "rgb" else 1

    @property
    def is_in_tiles(self) -> bool:
        """Whether a picture is cut into tiles that are judged each by itself."""
        return self.resize == "tile"

    @property
    def piece(self) -> str:
        """What is judged by itself, in words: a "tile" or a "picture"."""
        return "tile" if self.is_in_tiles else "picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A part whose score is above `value` fails.

    Attributes:
        value: Model units.
        method: How it was chosen, in words.
        n_images: How many pictures it was chosen on; none of them from a test split.
        region_level: A pixel of the heat map above it belongs to a region, model units; None:
            `value` is the level.
        faint_level: Most good parts have no pixel above it, so that one may be of a defect though
            it is below `region_level`; model units; None: nobody learnt it.
        scale: What a score is: the "chance" of a defect, 0..1, or a "distance" from good parts,
            over its threshold; None: nobody said.
    """

    value: float
    method: str
    n_images: int
    region_level: float | None = None
    faint_level: float | None = None
    scale: Scale | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The picture whose score is known: judged whenever the bundle is opened.

    Attributes:
        score: What the validated model gave, model units.
        tolerance: How far another processor's rounding may move it, model units.
    """

    score: float
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityLimits:
    """What a picture must be like to be judged; see `inspector.quality`.

    Attributes:
        brightness_low, brightness_high: Of the mean, grey levels.
        contrast_low: Of the standard deviation, grey levels.
        sharpness_low: Of the Laplacian's variance as a share of the variance.
        overexposed_high: Of the share of pixels at full light.
        size_px: (H, W) of a camera's pictures; None: any.
        channels: Of a camera's pictures, 1 mono, 3 colour; None: either.
    """

    brightness_low: float = 0.0
    brightness_high: float = 255.0
    contrast_low: float = 0.0
    sharpness_low: float = 0.0
    overexposed_high: float = 1.0
    size_px: tuple[int, int] | None = None
    channels: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything a bundle says of itself.

    Attributes:
        bundle_id: SHA-256 over all the other keys, and so over every file of the bundle.
        outputs: What each output of the graph means, by its name.
        labels: The names a verdict can carry. The first means free of defects, but for a model
            that only sorts parts into classes: there none of them is called "good".
        versions: Every library that had a hand in it.
        data: Hash and counts of the pictures it was trained on.
        validation: Figures of the proof, for people.
        training: The configuration it was trained with.
        files: SHA-256 of every other file, by name.
        int8_canary: What the INT8 model gave for the same picture; None without such a model.
        quality: What a picture must be like; None: nobody learnt it.
    """

    bundle_id: str
    task: str
    name: str
    version: str
    input: InputSpec
    outputs: Mapping[str, str]
    labels: tuple[str, ...]
    threshold: Threshold
    canary: Canary
    opset: int
    versions: Mapping[str, object]
    data: Mapping[str, object]
    validation: Mapping[str, object]
    training: Mapping[str, object]
    files: Mapping[str, str]
    int8_canary: Canary | None = None
    quality: QualityLimits | None = None

    @property
    def knows_good_only(self) -> bool:
        """Whether it measures how far a part is from good ones, and was shown no defect.

        Bundles of before say nothing of their scores: of the task anomaly all were such.
        """
        return self.task == "anomaly" and self.threshold.scale != "chance"

    def to_json(self) -> bytes:
        """The manifest file: the only bytes that `parse_manifest` takes for these values."""
        return canonical_json(self._as_table())

    def sealed(self) -> "Manifest":
        """The same manifest with the `bundle_id` that its content asks for."""
        table = self._as_table()
        del table["bundle_id"]
        return replace(self, bundle_id=hashlib.sha256(canonical_json(table)).hexdigest())

    def _as_table(self) -> dict[str, object]:
        table = asdict(self)
        table["schema_version"] = SCHEMA_VERSION
        table["input"] |= {"layout": "NHWC", "dtype": "uint8"}
        # Absent, as in bundles from before they were known.
        if self.input.max_sample is None:
            del table["input"]["max_sample"]
        if self.input.scale == 1:
            del table["input"]["scale"]
        if self.threshold.region_level is None:  # absent, as in bundles from before it was known
            del table["threshold"]["region_level"]
        if self.threshold.faint_level is None:
            del table["threshold"]["faint_level"]
        if self.threshold.scale is None:
            del table["threshold"]["scale"]
        if self.int8_canary is None:
            del table["int8_canary"]
        if self.quality is None:
            del table["quality"]
        return table


def parse_manifest(data: bytes, where: str) -> Manifest:
    """Read a manifest file, refusing every byte that `Manifest.to_json` would not write.

    Raises:
        BundleError: Not JSON, another schema, an unknown or missing key, a value out of range, a
            `bundle_id` that does not fit the content, or another spelling than the canonical one.
    """
    table = Table(parse_json(data, where, BundleError), where, BundleError)
    version = table.integer("schema_version", low=0, high=1_000_000)
    if version != SCHEMA_VERSION:
        raise BundleError(
            f"{where}: schema_version {version}; this program reads version {SCHEMA_VERSION}"
        )
    manifest = Manifest(
        bundle_id=table.text("bundle_id"),
        task=table.text("task", among=TASKS),
        name=table.text("name"),
        version=table.text("version"),
        input=_parse_input(table.table("input")),
        outputs=_texts_by_name(table.mapping("outputs"), f"{where}: outputs", OUTPUTS),
        labels=table.texts("labels"),
        threshold=_parse_threshold(table.table("threshold")),
        canary=_parse_canary(table.table("canary")),
        opset=table.integer("opset", low=7, high=100),
        versions=table.mapping("versions"),
        data=table.mapping("data"),
        validation=table.mapping("validation"),
        training=table.mapping("training"),
        files=_parse_files(table.mapping("files"), f"{where}: files"),
        int8_canary=None
        if (int8 := table.optional_table("int8_canary")) is None
        else _parse_canary(int8),
        quality=None
        if (quality := table.optional_table("quality")) is None
        else _parse_quality(quality),
    )
    table.close()
    if "score" not in manifest.outputs:
        raise BundleError(f"{where}: outputs has no 'score'; without it nothing can be judged")
    if (INT8_FILE in manifest.files) is not (manifest.int8_canary is not None):
        raise BundleError(f"{where}: {INT8_FILE} and int8_canary go together; one is missing")
    if len(manifest.labels) < 2:
        raise BundleError(f"{where}: labels must name at least two classes, good first")
    try:
        expected = manifest.sealed()
        is_canonical = manifest.to_json() == data
    except ValueError as error:
        raise BundleError(f"{where}: holds a number that is not finite") from error
    except RecursionError as error:
        raise BundleError(f"{where}: holds tables nested too deep") from error
    if manifest.bundle_id != expected.bundle_id or not is_canonical:
        raise BundleError(
            f"{where}: was changed after it was sealed (bundle_id says "
            f"{manifest.bundle_id[:12]!r}, the content {expected.bundle_id[:12]!r}); "
            "copy the bundle again, or change limits in a recipe instead"
        )
    return manifest


def _parse_input(table: Table) -> InputSpec:
    table.text("layout", among=("NHWC",))
    table.text("dtype", among=("uint8",))
    scale = table.optional_number("scale", low=MIN_SCALE, high=MAX_SCALE)
    spec = InputSpec(
        height_px=table.integer("height_px", low=8, high=MAX_INPUT_SIDE_PX),
        width_px=table.integer("width_px", low=8, high=MAX_INPUT_SIDE_PX),
        color=cast("Color", table.text("color", among=("rgb", "mono"))),
        resize=cast("Resize", table.text("resize", among=("stretch", "letterbox", "tile"))),
        overlap_px=table.integer("overlap_px", low=0, high=MAX_INPUT_SIDE_PX),
        scale=1.0 if scale is None else scale,
        max_sample=table.optional_integer("max_sample", low=255, high=65_535),
    )
    table.close()
    if spec.overlap_px >= min(spec.height_px, spec.width_px) or (
        spec.overlap_px and not spec.is_in_tiles
    ):
        raise BundleError(
            f"input: overlap_px {spec.overlap_px} does not fit tiles of "
            f"{spec.width_px} x {spec.height_px} px with resize {spec.resize!r}"
        )
    if spec.scale != 1 and not spec.is_in_tiles:
        raise BundleError(f"input: scale {spec.scale:g} goes with resize 'tile' only")
    return spec


def _parse_threshold(table: Table) -> Threshold:
    threshold = Threshold(
        value=table.number("value"),
        method=table.text("method"),
        n_images=table.integer("n_images", low=1, high=2**53),
        region_level=table.optional_number("region_level"),
        faint_level=table.optional_number("faint_level"),
        scale=cast("Scale | None", table.optional_text("scale", among=get_args(Scale))),
    )
    table.close()
    return threshold


def _parse_canary(table: Table) -> Canary:
    canary = Canary(score=table.number("score"), tolerance=table.number("tolerance", low=0.0))
    table.close()
    return canary


def _parse_quality(table: Table) -> QualityLimits:
    size_px = None
    if table.has("size_px"):
        size_px = table.integers("size_px", low=1, high=MAX_SENSOR_SIDE_PX)
        if len(size_px) != 2:
            raise BundleError(
                f"quality: size_px has {len(size_px)} numbers; it is height and width"
            )
    limits = QualityLimits(
        brightness_low=table.number("brightness_low", low=0.0, high=255.0),
        brightness_high=table.number("brightness_high", low=0.0, high=255.0),
        contrast_low=table.number("contrast_low", low=0.0, high=255.0),
        sharpness_low=table.number("sharpness_low", low=0.0),
        overexposed_high=table.number("overexposed_high", low=0.0, high=1.0),
        size_px=None if size_px is None else (size_px[0], size_px[-1]),
        channels=table.optional_integer("channels", low=1, high=3),
    )
    table.close()
    if limits.channels == 2:
        raise BundleError("quality: channels is 2; a picture has 1 or 3")
    return limits


def _parse_files(names: Mapping[str, object], where: str) -> dict[str, str]:
    files = _texts_by_name(names, where, (*REQUIRED_FILES, *OPTIONAL_FILES))
    for name, digest in files.items():
        if re.fullmatch(r"[0-9a-f]{64}", digest) is None:
            raise BundleError(f"{where}: {name} has no SHA-256 but {digest[:20]!r}")
    for name in REQUIRED_FILES:
        if name not in files:
            raise BundleError(f"{where}: {name} is missing")
    return files


def _texts_by_name(
    names: Mapping[str, object], where: str, known: tuple[str, ...]
) -> dict[str, str]:
    for name, value in names.items():
        if name not in known:
            raise BundleError(f"{where}: unknown {name[:40]!r}; known: {', '.join(known)}")
        if not isinstance(value, str):
            raise BundleError(f"{where}: {name} must be a text")
    return cast("dict[str, str]", dict(names))
