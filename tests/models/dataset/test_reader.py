"""DATA is a list or a folder, and nothing else."""

import sys
from pathlib import Path

import pytest

from inspector.errors import DataError
from models.dataset.reader import PictureList, load_lists, load_samples
from models.dataset.sample import of_split
from tests.support.picture_lists import HEAD, make_list
from tests.support.shared_data import SHARED_DATA, needs_shared_data


def test_path_where_nothing_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such list or folder; check the spelling"):
        load_samples(tmp_path / "nothing")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems word it otherwise")
def test_path_that_cannot_be_looked_at_is_refused() -> None:
    with pytest.raises(DataError, match="cannot be looked at: File name too long"):
        load_samples(Path("x" * 300))


def lists(folder: Path, *texts: str, good_label: str | None = None) -> list[PictureList]:
    made = []
    for number, text in enumerate(texts):
        place = folder / str(number)
        place.mkdir()
        made.append(PictureList(path=make_list(place, HEAD + text), good_label=good_label))
    return made


def test_one_of_several_lists_may_lack_the_good_label(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    both = lists(tmp_path, "a.png,OK,,train,\n", "b.png,dent,,train,\n", good_label="OK")
    assert [sample.label for sample in load_lists(both)] == ["good", "dent"]
    with pytest.raises(DataError, match="no picture is labelled 'OK', as --good-label says"):
        load_lists([both[1], both[1]])
    (tmp_path / "y").mkdir()
    wrong = lists(tmp_path / "y", "a.png,good,,train,\n", "b.png,i.O.,,train,\n", good_label="iO")
    with pytest.raises(DataError, match="no picture is labelled 'iO'"):  # a slip is no other list's
        load_lists(wrong)
    (tmp_path / "x").mkdir()
    (odd,) = lists(tmp_path / "x", "a.png,OK,,train,\nb.png,normal,,train,\n", good_label="OK")
    load_lists([odd])
    assert "the label 'normal' counts as a defect, for 'OK' means good" in caplog.text


def test_part_that_two_lists_put_into_two_splits_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_lists(lists(tmp_path, "a.png,good,,train,P1\n", "b.png,good,,test,P1\n"))
    assert "tested by one list and learnt from by another: 1, such as 'P1'" in caplog.text


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
