"""How to train: a small TOML file, kept inside the bundle, so that it can be trained again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from inspector.errors import ConfigurationError
from inspector.files.tables import Table
from inspector.files.toml_file import parse_toml, read_toml
from models.dataset.sample_depth import MAX_BITS, MIN_BITS
from models.training.augment import Augmentation

SCHEMA_VERSION = 1
MIN_SIDE_PX, MAX_SIDE_PX = 32, 4096
MIN_SHARE, MAX_SHARE = 0.0001, 0.5  # of parts that may be judged wrongly
SIDE_STEP_PX = 32  # the deepest stride of the backbone
_MAX_EPOCHS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """Everything a person may decide; what is None the workshop decides by the pictures.

    Attributes:
        height_px, width_px: Of the network's input.
        epochs: Rounds over the pictures; the training may end earlier.
        sample_bits: How many bits the camera uses in pictures of 16.
        overkill_at_most, escape_at_most: Shares of good parts that may be rejected, and of defects
            that may pass; the threshold is chosen by them.
        augmentation: How pictures are varied, and what the part allows.
        hyperparameters: What only this kind of model knows; the task checks them.
    """

    task: str
    seed: int = 0
    height_px: int | None = None
    width_px: int | None = None
    epochs: int | None = None
    sample_bits: int | None = None
    overkill_at_most: float | None = None
    escape_at_most: float | None = None
    augmentation: Augmentation = field(default_factory=Augmentation)
    hyperparameters: Mapping[str, object] = field(default_factory=dict)

    def to_toml(self) -> str:
        """The file that `load_config` reads back as an equal value."""
        lines = [f"schema_version = {SCHEMA_VERSION}"]
        lines += [
            f"{key} = {_toml(value)}"
            for key, value in asdict(self).items()
            if key not in ("augmentation", "hyperparameters") and value is not None
        ]
        for name, values in (
            ("augmentation", asdict(self.augmentation)),
            ("hyperparameters", self.hyperparameters),
        ):
            lines += ["", f"[{name}]", *(f"{key} = {_toml(item)}" for key, item in values.items())]
        return "\n".join(lines) + "\n"


def load_config(path: Path, task: str) -> TrainingConfig:
    """Read a training configuration; keys that are missing keep their defaults.

    Args:
        task: What is to be trained; the file must be for it.

    Raises:
        ConfigurationError: Unreadable, not TOML, an unknown key, a value out of range.
    """
    return _config_in(read_toml(path, "config", ConfigurationError), task)


def parse_config(text: str, task: str, where: str) -> TrainingConfig:
    """The same of what `TrainingConfig.to_toml` wrote."""
    return _config_in(parse_toml(text, where, ConfigurationError), task)


def _config_in(table: Table, task: str) -> TrainingConfig:
    where = table.where
    table.integer("schema_version", low=SCHEMA_VERSION, high=SCHEMA_VERSION)
    table.text("task", among=(task,))
    standard = TrainingConfig(task=task)
    seed = table.optional_integer("seed", low=0, high=2**32 - 1)
    config = TrainingConfig(
        task=task,
        seed=standard.seed if seed is None else seed,
        height_px=_side(table, "height_px", where),
        width_px=_side(table, "width_px", where),
        epochs=table.optional_integer("epochs", low=1, high=_MAX_EPOCHS),
        sample_bits=table.optional_integer("sample_bits", low=MIN_BITS, high=MAX_BITS),
        overkill_at_most=table.optional_number("overkill_at_most", low=MIN_SHARE, high=MAX_SHARE),
        escape_at_most=table.optional_number("escape_at_most", low=MIN_SHARE, high=MAX_SHARE),
        augmentation=_augmentation(table.optional_table("augmentation")),
        hyperparameters=table.mapping("hyperparameters") if table.has("hyperparameters") else {},
    )
    table.close()
    if (config.height_px is None) is not (config.width_px is None):
        raise ConfigurationError(f"{where}: give height_px and width_px, or neither")
    return config


def _side(table: Table, key: str, where: str) -> int | None:
    value = table.optional_integer(key, low=MIN_SIDE_PX, high=MAX_SIDE_PX)
    if value is not None and value % SIDE_STEP_PX:
        raise ConfigurationError(f"{where}: {key} {value} is not a multiple of {SIDE_STEP_PX}")
    return value


_LIMITS = {
    "light": 2.0,
    "noise_levels": 64.0,
    "blur_px": 16.0,
    "shift": 0.5,
    "scale": 0.5,
    "turn_deg": 45.0,
}


def _augmentation(table: Table | None) -> Augmentation:
    standard = Augmentation()
    if table is None:
        return standard
    values: dict[str, float | bool] = {}
    for entry in fields(Augmentation):
        if not table.has(entry.name):
            continue
        if entry.name in _LIMITS:
            values[entry.name] = table.number(entry.name, low=0.0, high=_LIMITS[entry.name])
        else:
            values[entry.name] = table.boolean(entry.name)
    table.close()
    return Augmentation(**values)  # type: ignore[arg-type]  # by the names of its own fields


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, str) else repr(value)
