"""DATA is a list or a folder, and nothing else."""

import sys
from pathlib import Path

import pytest

from inspector.errors import DataError
from models.dataset.reader import load_samples
from models.dataset.sample import of_split
from tests.support.shared_data import SHARED_DATA, needs_shared_data


def test_path_where_nothing_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such list or folder; check the spelling"):
        load_samples(tmp_path / "nothing")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems word it otherwise")
def test_path_that_cannot_be_looked_at_is_refused() -> None:
    with pytest.raises(DataError, match="cannot be looked at: File name too long"):
        load_samples(Path("x" * 300))


@needs_shared_data
@pytest.mark.parametrize(
    ("name", "n_train", "n_test"),
    [
        ("ball-screw/good-only.csv", 409, 325),
        ("magnetic-tile/good-only.csv", 679, 665),
        ("neu-steel/classify.csv", 1260, 540),
    ],
)
def test_real_lists_are_read_whole(name: str, n_train: int, n_test: int) -> None:
    samples = load_samples(SHARED_DATA / name)
    sizes = [len(of_split(samples, split)) for split in ("train", "val", "test")]
    assert sizes == [n_train, 0, n_test]


@needs_shared_data
def test_real_list_without_parts_may_be_split_at_random() -> None:
    samples = load_samples(SHARED_DATA / "magnetic-tile/good-only-random.csv")
    assert [sample.name for sample in samples] == [sample.part for sample in samples]
