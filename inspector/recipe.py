"""What to look for on one product: the limits a line engineer sets, apart from the model."""

import hashlib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from inspector.errors import RecipeError
from inspector.files.tables import Table, canonical_json
from inspector.files.toml_file import read_toml
from inspector.keeping import KeepRule, read_keep_rule

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityChanges:
    """Other limits for the picture than the bundle's; None: the bundle's own.

    Attributes:
        has_any_form: A camera's pictures may have any size, and be mono or colour.
    """

    brightness_low: float | None = None
    brightness_high: float | None = None
    contrast_low: float | None = None
    sharpness_low: float | None = None
    overexposed_high: float | None = None
    has_any_form: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Limits for one product.

    Attributes:
        name: What people call it.
        threshold: A part whose score is above it fails; model units. None: the bundle's own.
        min_region_px: Regions smaller than this on both sides are not outlined; sensor px.
            It changes what is drawn, never the decision.
        tolerated_area_px2: Kinds of defects that may be there, each with how much of the part it
            may cover, sensor px²; sorted by name. Only for bundles that tell kinds apart.
        bundle_id: The bundle that these limits were set for, or how its id begins; None: any.
        quality: What of the bundle's limits for the picture is changed; None: nothing.
        keeps: Which parts' pictures a line keeps; None: as its station file says.
    """

    name: str
    threshold: float | None = None
    min_region_px: int = 0
    tolerated_area_px2: tuple[tuple[str, float], ...] = ()
    bundle_id: str | None = None
    quality: QualityChanges | None = None
    keeps: KeepRule | None = None

    @property
    def recipe_id(self) -> str:
        """Twelve hex digits that change with every value of the recipe."""
        return _recipe_id(self)


@cache
def _recipe_id(recipe: Recipe) -> str:
    """Worked out once: every verdict names it."""
    table = asdict(recipe)
    if not recipe.tolerated_area_px2:  # absent, as in recipes from before it was known
        del table["tolerated_area_px2"]
    if recipe.bundle_id is None:
        del table["bundle_id"]
    if recipe.quality is None:
        del table["quality"]
    if recipe.keeps is None:
        del table["keeps"]
    return hashlib.sha256(canonical_json(table)).hexdigest()[:12]


DEFAULT_RECIPE = Recipe(name="default")


def load_recipe(path: Path) -> Recipe:
    """Read a recipe, a TOML file.

    Raises:
        RecipeError: Unreadable, not TOML, an unknown or missing key, a value out of range.
    """
    where = f"recipe {str(path)!r}"
    table = read_toml(path, "recipe", RecipeError)
    version = table.integer("schema_version", low=1, high=10_000)
    if version != SCHEMA_VERSION:
        raise RecipeError(
            f"{where}: schema_version {version}; this program reads version {SCHEMA_VERSION}"
        )
    recipe = Recipe(
        name=table.text("name"),
        threshold=table.optional_number("threshold"),
        min_region_px=table.optional_integer("min_region_px", low=0, high=65_535) or 0,
        tolerated_area_px2=_areas(table.optional_table("tolerated_area_px2")),
        bundle_id=_bundle_id(table.optional_text("bundle_id"), where),
        quality=_quality(table.optional_table("quality")),
        keeps=_keeps(table.optional_table("images")),
    )
    table.close()
    return recipe


def _bundle_id(text: str | None, where: str) -> str | None:
    if text is not None and (len(text) < 6 or set(text) - set("0123456789abcdef")):
        raise RecipeError(
            f"{where}: bundle_id {text!r} must be 6 or more of the digits that "
            "`inspector bundle info` shows"
        )
    return text


def _quality(table: Table | None) -> QualityChanges | None:
    if table is None:
        return None
    changes = QualityChanges(
        brightness_low=table.optional_number("brightness_low", low=0.0, high=255.0),
        brightness_high=table.optional_number("brightness_high", low=0.0, high=255.0),
        contrast_low=table.optional_number("contrast_low", low=0.0, high=255.0),
        sharpness_low=table.optional_number("sharpness_low", low=0.0, high=1e6),
        overexposed_high=table.optional_number("overexposed_high", low=0.0, high=1.0),
        has_any_form=table.boolean("any_form") if table.has("any_form") else False,
    )
    table.close()
    return changes


def _keeps(table: Table | None) -> KeepRule | None:
    if table is None:
        return None
    rule = read_keep_rule(table)
    table.close()
    return rule


def _areas(table: Table | None) -> tuple[tuple[str, float], ...]:
    if table is None:
        return ()
    return tuple((label, table.number(label, low=0.0)) for label in sorted(table.keys()))
