"""A recipe says what is in force, or it is refused with what to change."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import RecipeError
from inspector.files.toml_file import MAX_TOML_BYTES
from inspector.keeping import Keep, KeepRule
from inspector.recipe import DEFAULT_RECIPE, QualityChanges, Recipe, load_recipe

HEAD = 'schema_version = 1\nname = "bolt"\n'
STEADY = settings(derandomize=True, deadline=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bolt.toml"


def load(path: Path, text: str | bytes) -> Recipe:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_recipe(path)


def refusal(path: Path, text: str | bytes) -> str:
    """The message without its beginning, which names the file."""
    with pytest.raises(RecipeError) as caught:
        load(path, text)
    where = f"recipe {str(path)!r}: "
    assert str(caught.value).startswith(where)
    return str(caught.value).removeprefix(where)


def test_recipe_is_read_as_it_was_written(path: Path) -> None:
    recipe = load(path, HEAD + "threshold = 0.375\nmin_region_px = 12\n")
    assert recipe == Recipe(name="bolt", threshold=0.375, min_region_px=12)


def test_limits_that_are_left_out_are_those_of_the_bundle(path: Path) -> None:
    assert load(path, HEAD) == Recipe(name="bolt", threshold=None, min_region_px=0)


def test_line_ends_of_other_machines_change_nothing(path: Path) -> None:
    text = HEAD + 'threshold = 1\n# "Größe", 螺栓\n'
    assert load(path, text.replace("\n", "\r\n")) == load(path, text)


def test_whole_number_and_its_float_are_one_recipe(path: Path) -> None:
    one, other = load(path, HEAD + "threshold = 2"), load(path, HEAD + "threshold = 2.0")
    assert (one, one.recipe_id) == (other, other.recipe_id)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("treshold = 0.5", "unknown key 'treshold'; did you mean 'threshold'?"),
        (
            "speed = 3",
            (
                "unknown key 'speed'; known keys: bundle_id, images, min_region_px, name, quality, "
                "schema_version, threshold, tolerated_area_px2"
            ),
        ),
        ("threshold = nan", "threshold is nan; it must be a finite number"),
        ("threshold = -nan", "threshold is nan; it must be a finite number"),
        ("threshold = inf", "threshold is inf; it must be a finite number"),
        ("threshold = -inf", "threshold is -inf; it must be a finite number"),
        ("threshold = 1e999", "threshold is inf; it must be a finite number"),
        ("threshold = true", "threshold is True; it must be a number"),
        ('threshold = "0.5"', "threshold is '0.5'; it must be a number"),
        ("threshold = [0.5]", "threshold is [0.5]; it must be a number"),
        ("threshold = 2026-03-04", "threshold is datetime.date(2026, 3, 4); it must be a number"),
        ("min_region_px = true", "min_region_px is True; it must be a whole number"),
        ("min_region_px = 3.0", "min_region_px is 3.0; it must be a whole number"),
        ("min_region_px = -1", "min_region_px -1 outside 0..65535"),
        ("min_region_px = 65536", "min_region_px 65536 outside 0..65535"),
        ("[threshold]\nvalue = 1", "threshold is {'value': 1}; it must be a number"),
    ],
)
def test_value_that_cannot_be_in_force_is_refused(path: Path, line: str, text: str) -> None:
    assert refusal(path, HEAD + line) == text


@pytest.mark.parametrize("digits", ["1" + "0" * 400, "0x" + "f" * 5000])
@pytest.mark.parametrize("key", ["threshold", "min_region_px", "schema_version", "name"])
def test_number_with_too_many_digits_is_refused(path: Path, key: str, digits: str) -> None:
    lines = {"schema_version": "1", "name": '"bolt"', key: digits}
    text = refusal(path, "".join(f"{name} = {value}\n" for name, value in lines.items()))
    assert text.startswith(key)
    assert len(text) < 130


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the key 'schema_version' is missing"),
        ("schema_version = 1", "the key 'name' is missing"),
        (
            'schema = 1\nname = "a"',
            "the key 'schema_version' is missing; is 'schema' meant to be it?",
        ),
        ('schema_version = 1\nNAME = "a"', "the key 'name' is missing"),
        ("schema_version = 1\nname = 3", "name is 3; it must be a text"),
        ('schema_version = 2\nname = "a"', "schema_version 2; this program reads version 1"),
        ('schema_version = 0\nname = "a"', "schema_version 0 outside 1..10000"),
        ('schema_version = true\nname = "a"', "schema_version is True; it must be a whole number"),
        ('schema_version = "1"\nname = "a"', "schema_version is '1'; it must be a whole number"),
    ],
)
def test_file_without_name_or_version_is_refused(path: Path, text: str, fault: str) -> None:
    assert refusal(path, text) == fault


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "threshold = 0,5",
        HEAD + "threshold = ",
        HEAD + HEAD,
        b"\x00" * 100,
        b"PK\x03\x04",
        HEAD + 'x = "\\ud800"',
        HEAD + "threshold = " + "[" * 5000,
        HEAD + "threshold = " + "{a = " * 3000,
        HEAD + "threshold = 1" + "0" * 5000,
    ],
)
def test_what_is_not_toml_is_refused(path: Path, text: str | bytes) -> None:
    assert refusal(path, text).startswith("not valid TOML: ")


def test_file_that_notepad_saved_is_read_and_other_encodings_are_named(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert load_recipe(path).name == "bolt"
    for data, fault in (
        (HEAD.encode("utf-16"), ": is UTF-16 text; save it as UTF-8"),
        (HEAD.encode() + b'note = "Gr\xf6\xdfe"', ", line 3: not UTF-8 text; save the file as UTF"),
    ):
        path.write_bytes(data)
        with pytest.raises(RecipeError) as caught:
            load_recipe(path)
        assert str(caught.value).startswith(f"recipe {str(path)!r}{fault}")


def test_largest_file_is_read_and_one_byte_more_refused(path: Path) -> None:
    text = HEAD + "#" * (MAX_TOML_BYTES - len(HEAD))
    assert load(path, text).name == "bolt"
    assert refusal(path, text + "#") == "larger than 16,000 bytes; is it the right file?"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_pipe_is_no_recipe_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(RecipeError, match="is not a file"):
        load_recipe(tmp_path / "pipe.toml")


def test_file_that_is_not_there_is_refused(path: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert str(caught.value) == f"recipe {str(path)!r}: cannot be read: No such file or directory"


def test_folder_is_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="is not a file"):
        load_recipe(tmp_path)


@STEADY
@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_give_a_recipe_or_our_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, has_head: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    try:
        recipe = load(path, HEAD.encode() + data if has_head else data)
    except RecipeError:
        return
    assert recipe.name == "bolt"


def test_identity_changes_with_every_value_and_with_nothing_else() -> None:
    recipe = Recipe(name="bolt", threshold=0.5, min_region_px=3)
    others = [
        replace(recipe, name="bolt "),
        replace(recipe, threshold=0.5000000000000001),
        replace(recipe, threshold=None),
        replace(recipe, min_region_px=4),
        DEFAULT_RECIPE,
    ]
    identities = {recipe.recipe_id, *(other.recipe_id for other in others)}
    assert len(identities) == 6
    assert replace(recipe).recipe_id == recipe.recipe_id
    assert all(len(identity) == 12 and int(identity, 16) >= 0 for identity in identities)


def test_identity_is_the_same_in_every_release() -> None:
    """Records are found by it years later; a change here splits them in two."""
    assert Recipe(name="bolt", threshold=0.5, min_region_px=3).recipe_id == "ebecf17d80d9"


def test_tolerated_areas_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text(
        'schema_version = 1\nname = "r"\n[tolerated_area_px2]\nscratch = 12\ndent = 0.5\n'
    )
    assert load_recipe(path).tolerated_area_px2 == (("dent", 0.5), ("scratch", 12.0))


def test_recipe_may_name_its_bundle_and_another_name_is_refused(path: Path) -> None:
    path.write_text(HEAD + 'bundle_id = "3f9a2c"\n')
    assert load_recipe(path).bundle_id == "3f9a2c"
    assert "6 or more of the digits" in refusal(path, HEAD + 'bundle_id = "bolt"')


def test_limits_for_the_picture_are_read_and_change_the_recipes_id(path: Path) -> None:
    plain = load(path, HEAD)
    recipe = load(path, HEAD + "[quality]\nsharpness_low = 0.01\nany_form = true\n")
    assert recipe.quality == QualityChanges(sharpness_low=0.01, has_any_form=True)
    assert plain.quality is None
    assert recipe.recipe_id != plain.recipe_id


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("brightness_low = 300", "quality: brightness_low 300 outside 0..255"),
        ("overexposed_high = 1.5", "quality: overexposed_high 1.5 outside 0..1"),
        ("sharpnes_low = 1", "quality: unknown key 'sharpnes_low'; did you mean 'sharpness_low'?"),
        ("any_form = 1", "quality: any_form is 1; it must be true or false"),
    ],
)
def test_limits_for_the_picture_that_cannot_be_in_force_are_refused(
    path: Path, line: str, text: str
) -> None:
    assert refusal(path, f"{HEAD}[quality]\n{line}") == text


def test_recipe_may_say_which_pictures_are_kept(path: Path) -> None:
    recipe = load(path, HEAD + '[images]\nkeep = "none"\none_pass_in = 50\n')
    assert recipe.keeps == KeepRule(keep=Keep.NONE, one_pass_in=50)
    assert recipe.recipe_id != load(path, HEAD).recipe_id
