"""Lists and folders of labelled pictures, and everything that is refused in them."""

import os
import re
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import DataError
from models import data as data_module
from models.data import Sample, data_sha256, load_samples, of_split, split_parts, without_copies
from tests.support.shared_data import SHARED_DATA, needs_shared_data

HEAD = "image,label,mask,split,part\n"


def make_list(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    for name in ("a.png", "b.png", "m.png"):
        (folder / name).write_bytes(name.encode())
    (folder / "list.csv").write_bytes(text.encode(encoding))
    return folder / "list.csv"


def test_list_keeps_its_order_and_its_words(tmp_path: Path) -> None:
    data = make_list(tmp_path, HEAD + "b.png,scratch,m.png,test,p2\na.png,good,,train,p1\n")
    first, second = load_samples(data)
    assert (first.name, first.label, first.mask, first.split, first.part) == (
        "b.png",
        "scratch",
        tmp_path / "m.png",
        "test",
        "p2",
    )
    assert (second.name, second.is_good, second.mask) == ("a.png", True, None)


def test_list_without_parts_takes_each_picture_for_a_part(tmp_path: Path) -> None:
    data = make_list(tmp_path, "image,label,mask,split\na.png,good,,train\nb.png,good,,train\n")
    assert [sample.part for sample in load_samples(data)] == ["a.png", "b.png"]


def test_byte_order_mark_of_a_spreadsheet_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    data = make_list(tmp_path, HEAD + "a.png,good,,train,\n", encoding="utf-8-sig")
    assert len(load_samples(data)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"the column 'image' is missing"),
        ("image,label,split\n", r"the column 'mask' is missing; the columns are image,label,mask"),
        (HEAD, "has no rows; write one for each picture"),
        ("Image,label,mask,split\n", r"unknown column 'Image'; did you mean 'image'\? The columns"),
        ("image,label,mask,split,x9\n", r"unknown column 'x9'; the columns are image,label"),
        ("image,lable,mask,split\n", r"unknown column 'lable'; did you mean 'label'\?"),
        ("image,label,mask,split,split\n", "'split' stands there twice"),
        (HEAD + "a.png,good,,trian,\n", "line 2: split is 'trian'; it must be train, val or test"),
        (HEAD + "a.png,,,train,\n", "line 2: label is empty; write 'good' or the defect's name"),
        (HEAD + "a.png,good,,train,\n,good,,train,\n", "line 3: image is empty"),
        (HEAD + "a.png,good\n", "line 2: another number of fields"),
        (HEAD + "a.png,good,,train,p,more\n", "line 2: another number of fields"),
        (HEAD + "z.png,good,,train,\n", "line 2: there is no file .*z.png"),
        (HEAD + "a.png,bad,z.png,test,\n", "line 2: there is no file .*z.png"),
        (HEAD + 'a.png,"good,,train,\n', "not valid CSV"),
        (
            HEAD + "a.png,good,,train,\nb.png,good,,test,\n./a.png,good,,test,\n",
            "line 4: 'a.png' stands in line 2 already; give a picture one row",
        ),
        (
            HEAD + "a.png,good,,train,p1\nb.png,good,,test,p1\n",
            "line 3: part 'p1' is in test, but in train at line 2; a part must stay on one side",
        ),
        (
            HEAD + "a.png,bad,,test,p1\nb.png,good,,val,p1\n",
            "line 3: part 'p1' is in val, but in test at line 2; a part must stay on one side",
        ),
        (HEAD + "a.png\0,good,,train,\n", "line 2: there is no file"),
    ],
)
def test_list_is_refused_with_the_line_and_the_reason(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=message):
        load_samples(make_list(tmp_path, text))


def test_refusal_names_the_list(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=re.escape(f"list {str(tmp_path / 'list.csv')!r}, line 2")):
        load_samples(make_list(tmp_path, HEAD + "a.png,,,train,\n"))


def test_part_may_be_in_train_and_val(tmp_path: Path) -> None:
    data = make_list(tmp_path, HEAD + "a.png,good,,train,p1\nb.png,good,,val,p1\n")
    assert [sample.split for sample in load_samples(data)] == ["train", "val"]


def test_defect_may_have_no_mask(tmp_path: Path) -> None:
    data = make_list(tmp_path, HEAD + "a.png,scratch,,test,\n")
    assert [(sample.is_good, sample.mask) for sample in load_samples(data)] == [(False, None)]


def test_list_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    text = HEAD + "a.png,good,,train,\nb.png,trou percé,,test,\n"
    with pytest.raises(DataError, match="line 3: not UTF-8 text; save the list as CSV in UTF-8"):
        load_samples(make_list(tmp_path, text, encoding="latin-1"))


def test_list_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_list(tmp_path, HEAD + "a.png,good,,train,\n")
    monkeypatch.setattr(data_module, "MAX_LIST_BYTES", data.stat().st_size)
    assert len(load_samples(data)) == 1
    monkeypatch.setattr(data_module, "MAX_LIST_BYTES", data.stat().st_size - 1)
    with pytest.raises(DataError, match=f"larger than {data.stat().st_size - 1} bytes"):
        load_samples(data)


def test_list_of_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_list(tmp_path, HEAD + "a.png,good,,train,\nb.png,good,,train,\n")
    monkeypatch.setattr(data_module, "MAX_ROWS", 2)
    assert len(load_samples(data)) == 2
    monkeypatch.setattr(data_module, "MAX_ROWS", 1)
    with pytest.raises(DataError, match="more than 1 rows; divide it"):
        load_samples(data)


def test_path_where_nothing_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such list or folder; check the spelling"):
        load_samples(tmp_path / "nothing")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems word it otherwise")
def test_path_that_cannot_be_looked_at_is_refused() -> None:
    with pytest.raises(DataError, match="cannot be looked at: File name too long"):
        load_samples(Path("x" * 300))


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
    assert [s.mask for s in samples] == [None] * 3 + [tmp_path / "ground_truth/hole/1_mask.png"]


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
    monkeypatch.setattr(data_module, "MAX_ROWS", 1)
    assert len(load_samples(touch(tmp_path, "train/good/a.png"))) == 1
    with pytest.raises(DataError, match="more than 1 pictures"):
        load_samples(touch(tmp_path, "test/good/b.png"))


def test_split_is_picked_in_its_order(tmp_path: Path) -> None:
    text = HEAD + "b.png,good,,train,\nm.png,bad,,test,\na.png,good,,train,\n"
    samples = load_samples(make_list(tmp_path, text))
    assert [sample.name for sample in of_split(samples, "train")] == ["b.png", "a.png"]
    assert of_split(samples, "val") == ()
    with pytest.raises(ValueError, match="'trian' is none of train, val, test"):
        of_split(samples, "trian")


def test_folder_of_another_layout_says_what_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(DataError, match="train/<class>"):
        load_samples(tmp_path)


def test_hash_depends_on_content_and_not_on_place_or_order(tmp_path: Path) -> None:
    rows = ["a.png,good,,train,p1", "b.png,bad,m.png,test,p2"]
    hashes = []
    for folder, order in (("x", rows), ("y", rows[::-1])):
        (tmp_path / folder).mkdir()
        data = make_list(tmp_path / folder, HEAD + "\n".join(order))
        hashes.append(data_sha256(load_samples(data)))
    assert hashes[0] == hashes[1]


def test_hash_is_that_of_its_written_form(tmp_path: Path) -> None:
    """Bundles carry it: another form would make every bundle's data unknown."""
    text = HEAD + "b.png,bad,m.png,test,p2\na.png,good,,train,p1\n"
    line = "a.png\tgood\ttrain\tp1\t" + sha256(b"a.png").hexdigest() + "\t\n"
    line += f"b.png\tbad\ttest\tp2\t{sha256(b'b.png').hexdigest()}\t{sha256(b'm.png').hexdigest()}"
    measured = data_sha256(load_samples(make_list(tmp_path, text)))
    assert measured == sha256(line.encode()).hexdigest()


@pytest.mark.parametrize(
    ("row", "file"),
    [
        ("a.png,good,m.png,train,p1", "a.png"),
        ("a.png,good,m.png,train,p1", "m.png"),
        ("b.png,good,m.png,train,p1", None),
        ("a.png,bad,m.png,train,p1", None),
        ("a.png,good,,train,p1", None),
        ("a.png,good,m.png,test,p1", None),
        ("a.png,good,m.png,train,p2", None),
        ('a.png,"good\ttrain",m.png,train,p1', None),
    ],
)
def test_hash_changes_with_every_value_and_every_byte(
    row: str, file: str | None, tmp_path: Path
) -> None:
    before = data_sha256(load_samples(make_list(tmp_path, HEAD + "a.png,good,m.png,train,p1\n")))
    data = make_list(tmp_path, HEAD + row)
    if file is not None:
        (tmp_path / file).write_bytes(b"other")
    assert data_sha256(load_samples(data)) != before


def test_hash_of_a_file_that_went_away_is_refused(tmp_path: Path) -> None:
    samples = load_samples(make_list(tmp_path, HEAD + "a.png,good,,train,\n"))
    (tmp_path / "a.png").unlink()
    with pytest.raises(DataError, match=r"a\.png' cannot be read: No such file"):
        data_sha256(samples)


def test_copy_under_another_name_is_used_once(tmp_path: Path) -> None:
    (tmp_path / "c.png").write_bytes(b"a.png")
    rows = (f"{name}.png,good,,train," for name in "acb")
    data = make_list(tmp_path, HEAD + "\n".join(rows))
    assert [sample.name for sample in without_copies(load_samples(data))] == ["a.png", "b.png"]


def samples_of(sizes: list[int]) -> list[Sample]:
    return [
        Sample(
            name=f"{part}-{number}",
            image=Path("x"),
            label="good",
            mask=None,
            split="train",
            part=f"p{part}",
        )
        for part, size in enumerate(sizes)
        for number in range(size)
    ]


SHARES = {"fit": 0.7, "calibrate": 0.2, "proof": 0.1}


@given(st.lists(st.integers(1, 30), min_size=3, max_size=40), st.integers(0, 9), st.randoms())
def test_split_tears_no_part_loses_no_picture_and_ignores_the_order(
    sizes: list[int], seed: int, random: object
) -> None:
    samples = samples_of(sizes)
    groups = split_parts(samples, SHARES, seed)
    parts = [{sample.part for sample in group} for group in groups.values()]
    assert sum(len(group) for group in groups.values()) == len(samples)
    assert sum(len(group) for group in parts) == len(sizes)
    assert all(parts)
    turned = split_parts(samples[::-1], SHARES, seed)
    assert {name: set(group) for name, group in turned.items()} == {
        name: set(group) for name, group in groups.items()
    }


def test_split_of_many_small_parts_has_the_wanted_shares() -> None:
    groups = split_parts(samples_of([1] * 100), SHARES, 0)
    assert {name: len(group) for name, group in groups.items()} == {
        "fit": 70,
        "calibrate": 20,
        "proof": 10,
    }


def test_split_depends_on_its_seed() -> None:
    samples = samples_of([1] * 100)
    assert split_parts(samples, SHARES, 0) == split_parts(samples, SHARES, 0)
    assert split_parts(samples, SHARES, 0)["fit"] != split_parts(samples, SHARES, 1)["fit"]


def test_as_many_parts_as_groups_give_each_one() -> None:
    groups = split_parts(samples_of([1, 40, 1]), SHARES, 0)
    assert sorted(len(group) for group in groups.values()) == [1, 1, 40]


@pytest.mark.parametrize("shares", [{}, {"fit": 0.0}, {"fit": 1.0, "proof": -0.1}])
def test_shares_that_are_none_are_misuse(shares: Mapping[str, float]) -> None:
    with pytest.raises(ValueError, match="shares must be above 0"):
        split_parts(samples_of([5, 5]), shares, 0)


def test_fewer_parts_than_groups_are_refused() -> None:
    with pytest.raises(DataError, match="2 different parts; at least 3"):
        split_parts(samples_of([50, 50]), SHARES, 0)


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


@needs_shared_data
def test_split_of_real_parts_tears_none() -> None:
    training = of_split(load_samples(SHARED_DATA / "magnetic-tile/good-only.csv"), "train")
    parts = [{s.part for s in group} for group in split_parts(training, SHARES, 0).values()]
    assert sum(map(len, parts)) == len({sample.part for sample in training})


def test_label_good_in_other_letters_is_refused_rather_than_taken_for_a_defect(
    tmp_path: Path,
) -> None:
    data = make_list(tmp_path, HEAD + "a.png,Good,,train,p\n")
    with pytest.raises(DataError, match="label is 'Good'; write 'good' in small letters"):
        load_samples(data)
