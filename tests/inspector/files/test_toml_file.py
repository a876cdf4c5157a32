"""A file that a person wrote is read whole, within limits, or refused in the caller's words."""

from pathlib import Path

import pytest

from inspector.errors import ConfigurationError, RecipeError
from inspector.files.toml_file import MAX_TOML_BYTES, read_toml


def test_table_of_the_file_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "bolt"\n')
    assert read_toml(tmp_path / "a.toml", "recipe", RecipeError).text("name") == "bolt"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"x = = 1", "not valid TOML: "),
        (b"#" * (MAX_TOML_BYTES + 1), "larger than 16,000 bytes; is it the right file?"),
    ],
)
def test_fault_is_told_in_the_callers_words(content: bytes, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        read_toml(path, "plan", ConfigurationError)
    assert str(caught.value).startswith(f"plan {str(path)!r}: {fault}")


def test_file_that_notepad_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfx = 1\r\n")
    assert read_toml(path, "plan", ConfigurationError).integer("x", low=0, high=1) == 1
