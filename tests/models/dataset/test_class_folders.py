"""Folders whose names are labels, with the masks that people keep beside them."""

import os
import sys
from pathlib import Path

import pytest

from inspector.errors import DataError
from models.dataset import class_folders
from models.dataset.hashes import data_sha256
from models.dataset.reader import load_samples


def test_folder_of_the_usual_layout_is_read_with_its_masks(tmp_path: Path) -> None:
    for name in (
        "train/good/2.png", "train/good/1.png", "test/good/1.png", "test/hole/1.png",
        "ground_truth/hole/1_mask.png", "test/hole/readme.txt",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    samples = load_samples(tmp_path)
    assert [(s.name, s.label, s.split) for s in samples] == [
        ("train/good/1.png", "good", "train"),
        ("train/good/2.png", "good", "train"),
        ("test/good/1.png", "good", "test"),
        ("test/hole/1.png", "hole", "test"),
    ]
    assert [s.masks for s in samples] == [()] * 3 + [(tmp_path / "ground_truth/hole/1_mask.png",)]


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


def test_folder_of_classes_may_have_a_val_split(tmp_path: Path) -> None:
    names = ("train/patch/a.png", "val/good/b.jpg", "test/good/c.BMP", "test/patch/d.png")
    samples = load_samples(touch(tmp_path, *names))
    assert [(sample.name, sample.label, sample.split) for sample in samples] == [
        (name, name.split("/")[1], name.split("/")[0]) for name in names
    ]


def test_folder_passes_over_hidden_files_and_folders(tmp_path: Path) -> None:
    touch(tmp_path, "train/good/a.png", "train/.trash/b.png", "train/good/.c/d.png")
    touch(tmp_path, "train/good/._a.png", "train/good/no_picture.png/readme.txt")
    assert [sample.name for sample in load_samples(tmp_path)] == ["train/good/a.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_folder_with_one_picture_in_two_splits_is_refused(tmp_path: Path) -> None:
    touch(tmp_path, "train/good/a.png", "test/good/b.png")
    (tmp_path / "test/good/c.png").symlink_to(tmp_path / "train/good/a.png")
    with pytest.raises(DataError, match=r"'test/good/c.png' and 'train/good/a.png' are links"):
        load_samples(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_name_that_is_no_text_is_spelt_out_and_hashed(tmp_path: Path) -> None:
    samples = load_samples(touch(tmp_path, os.fsdecode(b"train/good/\xff.png")))
    assert [sample.name for sample in samples] == [r"train/good/\xff.png"]
    assert len(data_sha256(samples)) == 64


def test_folder_of_too_many_pictures_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_folders, "MAX_SAMPLES", 1)
    assert len(load_samples(touch(tmp_path, "train/good/a.png"))) == 1
    with pytest.raises(DataError, match="more than 1 pictures"):
        load_samples(touch(tmp_path, "test/good/b.png"))


def test_folder_of_another_layout_says_what_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(DataError, match="train/<class>"):
        load_samples(tmp_path)


@pytest.mark.parametrize(
    "masks",
    [
        ("ground_truth/dent/07_mask.png",),
        ("ground_truth/dent/07.png",),  # VisA
        ("ground_truth/dent/07_mask.PNG",),
        ("ground_truth/dent/07_Mask.bmp",),
        ("ground_truth/dent/07/000.png", "ground_truth/dent/07/001.png"),  # MVTec LOCO
    ],
)
def test_masks_of_every_layout_are_found(masks: tuple[str, ...], tmp_path: Path) -> None:
    touch(tmp_path, "train/good/07.png", "test/good/07.png", "test/dent/07.JPG", *masks)
    samples = load_samples(tmp_path)
    assert [s.masks for s in samples] == [(), tuple(tmp_path / mask for mask in masks), ()]


def test_mask_of_a_name_that_two_splits_have_is_the_tested_ones(tmp_path: Path) -> None:
    touch(tmp_path, "train/good/1.png", "val/dent/07.png", "test/dent/07.png")
    touch(tmp_path, "ground_truth/dent/07_mask.png")
    masks = {sample.split: len(sample.masks) for sample in load_samples(tmp_path)}
    assert masks == {"train": 0, "val": 0, "test": 1}


def test_picture_with_two_masks_is_refused(tmp_path: Path) -> None:
    touch(tmp_path, "test/dent/07.png", "ground_truth/dent/07.png", "ground_truth/dent/07_mask.png")
    with pytest.raises(
        DataError, match=r"'07.png' has more than one mask \('07_mask.png', '07.png'\)"
    ):
        load_samples(tmp_path)


def test_mask_that_belongs_to_no_picture_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    touch(tmp_path, "test/dent/07.png", "ground_truth/dent/08.png", "ground_truth/dnet/07.png")
    load_samples(tmp_path)
    assert "2 of the masks in ground_truth belong to no picture, the first of them 'dent/08" in (
        caplog.text
    )


def test_split_folders_are_found_by_their_other_names_too(tmp_path: Path) -> None:
    names = (
        "Train/good/a.png",
        "validation/good/b.png",
        "TEST/dent/c.png",
        "Ground_Truth/dent/c.png",
    )
    samples = load_samples(touch(tmp_path, *names))
    assert [(sample.split, len(sample.masks)) for sample in samples] == [
        ("train", 0),
        ("val", 0),
        ("test", 1),
    ]


def test_pictures_without_a_class_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_samples(touch(tmp_path, "train/good/a.png", "test/b.png", "test/c.png", "test/notes.md"))
    assert "2 pictures lie in test itself and are left out" in caplog.text
