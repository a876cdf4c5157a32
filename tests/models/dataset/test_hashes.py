"""A set of pictures is known by its bytes."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.errors import DataError
from models.dataset.hashes import check_unseen, data_sha256, without_copies
from models.dataset.reader import load_samples
from tests.support.picture_lists import HEAD, make_list


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
        ('a.png,"dent\ttrain",m.png,train,p1', None),
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


def test_copy_without_an_outline_gets_that_of_the_one_that_has_it(tmp_path: Path) -> None:
    text = HEAD + "a.png,bad,,train,p1\nb.png,bad,m.png,train,p2\n"
    samples = load_samples(make_list(tmp_path, text))
    for sample in samples:
        sample.image.write_bytes(b"the same")
    assert without_copies(samples) == (replace(samples[0], masks=samples[1].masks),)


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


def test_picture_with_two_labels_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.png").write_bytes(b"a.png")
    data = make_list(tmp_path, HEAD + "a.png,dent,,train,\nb.png,good,,train,\nc.png,good,,val,\n")
    with pytest.raises(DataError, match=r"'a.png' is labelled 'dent' and 'c.png' 'good', and both"):
        without_copies(load_samples(data))


def test_picture_that_is_good_in_train_and_bad_in_test_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.png").write_bytes(b"a.png")
    rows = "a.png,good,,train,\nb.png,dent,,test,\nc.png,dent,,test,\n"
    samples = load_samples(make_list(tmp_path, HEAD + rows))
    with pytest.raises(
        DataError,
        match=r"'a.png' in the train split is labelled 'good' and 'c.png' in the test split 'dent'",
    ):
        check_unseen(samples[:1], samples[1:])


def test_copies_in_the_test_split_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "c.png").write_bytes(b"a.png")
    rows = "a.png,good,,train,\nb.png,dent,,test,\nc.png,good,,test,\n"
    samples = load_samples(make_list(tmp_path, HEAD + rows))
    check_unseen(samples[:1], samples[1:2])
    assert caplog.messages == []
    check_unseen(samples[:1], samples[1:])
    assert "learnt from too: 1, such as 'c.png', a copy of 'a.png'" in caplog.text
