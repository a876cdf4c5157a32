"""Lists and folders of labelled pictures, and everything that is refused in them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import DataError
from models.data import Sample, data_sha256, load_samples, split_parts
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
        (HEAD, "no picture is named there"),
        ("image,lable,mask,split\n", r"unknown column 'lable'; did you mean 'label'\?"),
        ("image,label,mask,split,split\n", "'split' stands there twice"),
        (HEAD + "a.png,good,,trian,\n", "line 2: split is 'trian'; it must be train, val or test"),
        (HEAD + "a.png,,,train,\n", "line 2: label is empty"),
        (HEAD + "a.png,good,,train,\n,good,,train,\n", "line 3: image is empty"),
        (HEAD + "a.png,good\n", "line 2: another number of fields"),
        (HEAD + "a.png,good,,train,p,more\n", "line 2: another number of fields"),
        (HEAD + "z.png,good,,train,\n", "line 2: there is no file .*z.png"),
        (HEAD + "a.png,bad,z.png,test,\n", "line 2: there is no file .*z.png"),
        (HEAD + 'a.png,"good,,train,\n', "not valid CSV"),
        (HEAD + "a.png,good,,train,\n./a.png,good,,test,\n", "named twice"),
        (HEAD + "a.png\0,good,,train,\n", "line 2|not valid CSV"),
    ],
)
def test_list_is_refused_with_the_line_and_the_reason(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=message):
        load_samples(make_list(tmp_path, text))


def test_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(DataError, match="not UTF-8 text"):
        load_samples(tmp_path / "list.csv")


def test_path_where_nothing_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such list or folder"):
        load_samples(tmp_path / "nothing")


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
    (tmp_path / "y" / "m.png").write_bytes(b"other")
    hashes.append(data_sha256(load_samples(data)))
    assert hashes[0] == hashes[1] != hashes[2]


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


def test_fewer_parts_than_groups_are_refused() -> None:
    with pytest.raises(DataError, match="2 different parts; at least 3"):
        split_parts(samples_of([50, 50]), SHARES, 0)


@needs_shared_data
def test_real_lists_are_read_whole() -> None:
    counts = {
        name: len(load_samples(SHARED_DATA / name))
        for name in ("magnetic-tile/good-only.csv", "ball-screw/good-only.csv")
    }
    assert counts == {"magnetic-tile/good-only.csv": 1344, "ball-screw/good-only.csv": 734}
