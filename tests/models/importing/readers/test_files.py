"""Model files are read within limits; a folder has a hash that goes by names and bytes alone."""

from pathlib import Path

import pytest

from inspector.errors import ConfigurationError
from models.importing.readers.files import folder_sha256, read_model_file


@pytest.mark.parametrize(("content", "message"), [(b"", "is empty"), (None, "cannot be read")])
def test_file_without_a_model_is_refused(
    content: bytes | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        read_model_file(path)


def test_file_too_large_for_a_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    with path.open("wb") as file:
        file.truncate(512_000_001)
    with pytest.raises(ConfigurationError, match="larger than 512 MB"):
        read_model_file(path)


def test_hash_of_a_folder_follows_names_and_bytes_but_not_its_place(tmp_path: Path) -> None:
    for folder in ("a", "b", "c", "d"):
        (tmp_path / folder / "variables").mkdir(parents=True)
        (tmp_path / folder / "variables" / "v").write_bytes(b"weights")
    (tmp_path / "c" / "variables" / "v").write_bytes(b"Weights")
    (tmp_path / "d" / "variables" / "v").rename(tmp_path / "d" / "v")
    hashes = [folder_sha256(tmp_path / folder) for folder in ("a", "b", "c", "d")]
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3
