"""Lists of labelled pictures, and everything that is refused in them."""

import os
import re
from pathlib import Path

import pytest

from inspector.errors import DataError
from models.dataset import csv_list
from models.dataset.reader import load_samples
from tests.support.picture_lists import HEAD, make_list


def test_list_keeps_its_order_and_its_words(tmp_path: Path) -> None:
    data = make_list(tmp_path, HEAD + "b.png,scratch,m.png,test,p2\na.png,good,,train,p1\n")
    first, second = load_samples(data)
    assert (first.name, first.label, first.masks, first.split, first.part) == (
        "b.png",
        "scratch",
        (tmp_path / "m.png",),
        "test",
        "p2",
    )
    assert (second.name, second.is_good, second.masks) == ("a.png", True, ())


def test_list_without_parts_takes_each_picture_for_a_part(tmp_path: Path) -> None:
    data = make_list(tmp_path, "image,label,mask,split\na.png,good,,train\nb.png,good,,train\n")
    assert [sample.part for sample in load_samples(data)] == ["a.png", "b.png"]


def test_byte_order_mark_of_a_spreadsheet_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    data = make_list(tmp_path, HEAD + "a.png,good,,train,\n", encoding="utf-8-sig")
    assert len(load_samples(data)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"is empty; write the columns image,label,mask,split and a row"),
        ("\n \n", r"is empty"),
        ("image,label,split\n", r"the column 'mask' is missing; the columns are image,label,mask"),
        (
            "image;label;mask;split\na.png;good;;train\n",
            "columns are separated by semicolons; save",
        ),
        ("image\tlabel\tmask\tsplit\n", "columns are separated by tabs; save the list with commas"),
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
            "line 3: part 'p1' is in test, but in train at line 2; all pictures of a part",
        ),
        (
            HEAD + "a.png,bad,,test,p1\nb.png,good,,val,p1\n",
            "line 3: part 'p1' is in val, but in test at line 2; all pictures of a part",
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


def test_part_in_train_and_val_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = make_list(tmp_path, HEAD + "a.png,good,,train,p1\nb.png,good,,val,p1\n")
    assert [sample.split for sample in load_samples(data)] == ["train", "val"]
    assert caplog.messages == [
        (
            f"list {str(data)!r}: parts are in both train and val, 1 of them, such as 'p1' in line "
            "3: what is chosen on val flatters"
        )
    ]


def test_defect_may_have_no_mask(tmp_path: Path) -> None:
    data = make_list(tmp_path, HEAD + "a.png,scratch,,test,\n")
    assert [(sample.is_good, sample.masks) for sample in load_samples(data)] == [(False, ())]


def test_list_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    text = HEAD + "a.png,good,,train,\nb.png,trou percé,,test,\n"
    with pytest.raises(DataError, match="line 3: not UTF-8 text; save the file as UTF-8"):
        load_samples(make_list(tmp_path, text, encoding="latin-1"))


def test_list_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_list(tmp_path, HEAD + "a.png,good,,train,\n")
    monkeypatch.setattr(csv_list, "MAX_LIST_BYTES", data.stat().st_size)
    assert len(load_samples(data)) == 1
    monkeypatch.setattr(csv_list, "MAX_LIST_BYTES", data.stat().st_size - 1)
    with pytest.raises(DataError, match=f"larger than {data.stat().st_size - 1} bytes"):
        load_samples(data)


def test_list_of_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_list(tmp_path, HEAD + "a.png,good,,train,\nb.png,good,,train,\n")
    monkeypatch.setattr(csv_list, "MAX_SAMPLES", 2)
    assert len(load_samples(data)) == 2
    monkeypatch.setattr(csv_list, "MAX_SAMPLES", 1)
    with pytest.raises(DataError, match="more than 1 rows; divide it"):
        load_samples(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_list_that_excel_saved_as_unicode_text_is_named_so(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    data = make_list(tmp_path, mark + HEAD + "a.png,good,,train,\n", encoding=encoding)
    with pytest.raises(DataError, match="is UTF-16 text; save it as UTF-8"):
        load_samples(data)


@pytest.mark.parametrize(
    "text",
    [
        "sep=,\n" + HEAD + "a.png,good,,train,\n",
        (HEAD + "a.png,good,,train,\n").replace("\n", "\r"),
        HEAD + "a.png,good,,train,\n,,,,\n,,,,\n",
    ],
)
def test_what_spreadsheets_add_is_passed_over(text: str, tmp_path: Path) -> None:
    assert [sample.name for sample in load_samples(make_list(tmp_path, text))] == ["a.png"]


@pytest.mark.skipif(os.sep != "/", reason="there they separate folders")
def test_backslashes_between_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"write / between folders: \\ is Windows' own"):
        load_samples(make_list(tmp_path, HEAD + "img\\a.png,good,,train,\n"))


def test_rows_of_one_picture_with_a_mask_each_are_one_picture_of_several_kinds(
    tmp_path: Path,
) -> None:
    rows = "a.png,scratch,m.png,train,p1\na.png,dent,n.png,train,p1\nb.png,good,,train,p2\n"
    first, second = load_samples(make_list(tmp_path, HEAD + rows))
    assert (first.label, first.kinds) == ("scratch", ("scratch", "dent"))
    assert [mask.name for mask in first.masks] == ["m.png", "n.png"]
    assert first.mask_labels == ("scratch", "dent")
    assert (second.kinds, second.mask_labels) == (("good",), ())


@pytest.mark.parametrize(
    "row",
    ["a.png,dent,,train,p1", "a.png,good,n.png,train,p1", "a.png,dent,m.png,train,p1",
     "a.png,dent,n.png,test,p1", "a.png,dent,n.png,train,p2"],
)  # fmt: skip
def test_second_row_that_is_no_other_defect_is_refused(row: str, tmp_path: Path) -> None:
    data = make_list(tmp_path, HEAD + f"a.png,scratch,m.png,train,p1\n{row}\n")
    with pytest.raises(DataError, match=r"line 3: 'a\.png' stands in line 2 already"):
        load_samples(data)
