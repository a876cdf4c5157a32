"""What a batch finds: every picture once, in the order of the names, and an end to every folder."""

import logging
import os
from pathlib import Path

import pytest

from inspector.capture.files.listing import (
    IMAGE_SUFFIXES,
    MAX_KINDS,
    is_video,
    list_images,
)
from inspector.capture.files.pictures import PictureSource
from inspector.clock import SystemClock
from inspector.errors import SourceUnavailable, UsageError
from tests.support.picture_files import SOUND


def make(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def images(source: str | Path) -> list[str]:
    return [item.image for item in list_images(str(source)).images]


def test_order_is_that_of_the_names_whatever_the_order_of_creation(tmp_path: Path) -> None:
    names = ["b.png", "a/2.png", "a.png", "B.png", "a/10.png", "划.png", "_.png", "c/a/a.png"]
    for number, order in enumerate((names, names[::-1], sorted(names))):
        folder = make(tmp_path / str(number), *order)
        assert images(folder) == sorted(names)


def test_every_suffix_counts_in_any_case_and_nothing_else(tmp_path: Path) -> None:
    wanted = [f"{n}{suffix}" for n, suffix in enumerate(sorted(IMAGE_SUFFIXES))]
    wanted += ["x.PNG", "y.Jpeg"]
    make(tmp_path, *wanted, "notes.txt", "film.mp4", "png", "a.png.part")
    assert images(tmp_path) == sorted(wanted)


@pytest.mark.parametrize("kind", SOUND)
def test_picture_is_found_by_its_content_whatever_its_name(kind: str, tmp_path: Path) -> None:
    for name in ("part", "part.001", "part.txt", "part.db"):
        (tmp_path / name).write_bytes(SOUND[kind])
    assert images(tmp_path) == ["part", "part.001", "part.db", "part.txt"]
    assert images(tmp_path / "*") == ["part", "part.001", "part.db", "part.txt"]


def test_what_is_no_picture_is_counted_by_kind(tmp_path: Path) -> None:
    names = ["Thumbs.db", "notes.txt", "more.TXT", "README", ".DS_Store", ".trash/x.png", "a.png"]
    make(tmp_path, *names, "film.mp4", "sub/list.txt")
    listing = list_images(str(tmp_path))
    assert [item.image for item in listing.images] == ["a.png"]
    assert listing.left_out == {".db": 1, ".mp4": 1, ".txt": 3, "hidden": 2, "no ending": 1}
    assert list(listing.left_out) == sorted(listing.left_out)
    matched = list_images(str(tmp_path / "*.*"))
    assert matched.left_out == {".db": 1, ".mp4": 1, ".txt": 2, "hidden": 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
@pytest.mark.timeout(30)
def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    make(tmp_path, "a.png")
    os.mkfifo(tmp_path / "pipe")
    assert list_images(str(tmp_path)).left_out == {"no file": 1}


def test_file_that_cannot_be_read_may_be_a_part(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to("nowhere")
    assert images(tmp_path) == ["gone"]


def test_kinds_without_end_are_counted_as_one(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "b.txt", "c.txt", *(f"x.{number:03d}" for number in range(100)))
    left_out = list_images(str(tmp_path)).left_out
    assert len(left_out) == MAX_KINDS + 1
    assert left_out[".txt"] == 2
    assert left_out["other endings"] == 81


def test_results_of_ours_are_not_counted(tmp_path: Path) -> None:
    """A run that is resumed would count its own files otherwise, and report another number."""
    make(tmp_path, "a.png", "b.txt", "out/records.db", "out/.x", "out/b.png")
    listing = list_images(str(tmp_path), tmp_path / "out")
    assert [item.image for item in listing.images] == ["a.png", "out/b.png"]
    assert listing.left_out == {".txt": 1}


def test_names_that_begin_with_a_dot_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.png", ".a.png", "._a.png", ".trash/b.png", "sub/.c.png", ".png")
    assert images(tmp_path) == ["a.png"]


def test_each_listed_picture_knows_where_it_is(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "sub/b.png")
    paths = [item.path for item in list_images(str(tmp_path)).images]
    assert paths == [tmp_path / "a.png", tmp_path / "sub" / "b.png"]


def test_spaces_chinese_and_line_breaks_stay_readable(tmp_path: Path) -> None:
    make(tmp_path, "two words.png", "零件/划痕 1.png", "line\nbreak.png")
    assert images(tmp_path) == ["line\\x0abreak.png", "two words.png", "零件/划痕 1.png"]
    assert all(item.path.exists() for item in list_images(str(tmp_path)).images)


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_bytes_that_are_no_utf_8_are_escaped_and_still_lead_to_the_file(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9\xff.png")
    make(tmp_path, name)
    (item,) = list_images(str(tmp_path)).images
    assert item.image == "caf\\xe9\\xff.png"
    assert item.path.name == name
    assert item.path.exists()


@pytest.mark.timeout(30)
def test_loop_of_links_ends_and_each_picture_comes_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(tmp_path, "a.png", "sub/b.png")
    for link, target in (("x", "."), ("y", "."), ("sub/up", ".."), ("sub/self", ".")):
        (tmp_path / link).symlink_to(target, target_is_directory=True)
    with caplog.at_level(logging.WARNING):
        assert images(tmp_path) == ["a.png", "sub/b.png"]
    assert caplog.text.count("leads to a folder that was read already") == 4


def test_linked_folder_is_entered_once_however_many_links_lead_there(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/a.png", "source/own.png")
    for link in ("one", "two"):
        (tmp_path / "source" / link).symlink_to(tmp_path / "elsewhere")
    assert images(tmp_path / "source") == ["one/a.png", "own.png"]


def test_link_that_leads_nowhere_is_listed_so_that_it_becomes_an_error(tmp_path: Path) -> None:
    (tmp_path / "gone.png").symlink_to("nowhere.png")
    (tmp_path / "long.png").symlink_to("x" * 300)
    (tmp_path / "self.png").symlink_to("self.png")
    assert images(tmp_path) == ["gone.png", "long.png", "self.png"]
    assert images(tmp_path / "gone.png") == ["gone.png"]


def test_empty_folder_says_what_was_looked_for(tmp_path: Path) -> None:
    make(tmp_path, "notes.txt", "sub/.hidden.png")
    with pytest.raises(UsageError) as caught:
        list_images(str(tmp_path))
    assert str(caught.value) == (
        f"{str(tmp_path)!r}: no picture found there; only files of other kinds (.txt 1, hidden 1); "
        "what is read: PNG, JPEG, BMP, TIFF, WebP, PGM or PPM"
    )


def test_nothing_at_that_path_is_a_source_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="there is no such file or folder"):
        list_images(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("source", ["x" * 300, "x" * 300 + ".mp4", "y" * 300 + "/*.png"])
def test_name_that_is_too_long_is_a_source_unavailable(source: str, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="cannot be looked at: File name too long"):
        list_images(str(tmp_path / source))


def test_null_byte_in_a_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="no such file"):
        list_images("a\0.png")


def test_single_file_is_taken_whatever_its_suffix(tmp_path: Path) -> None:
    make(tmp_path, "picture.dat", "a[1].png")
    assert images(tmp_path / "picture.dat") == ["picture.dat"]
    assert images(tmp_path / "a[1].png") == ["a[1].png"]


def test_glob_matches_below_its_fixed_folders(tmp_path: Path) -> None:
    make(tmp_path, "a1.png", "a2.jpg", "b1.png", "sub/a3.png", "sub/deep/a4.png", ".a5.png")
    assert images(tmp_path / "a*.*") == ["a1.png", "a2.jpg"]
    assert images(tmp_path / "[ab]1.png") == ["a1.png", "b1.png"]
    assert images(tmp_path / "sub" / "?3.png") == ["a3.png"]
    assert images(tmp_path / "*" / "a3.png") == ["sub/a3.png"]
    assert images(tmp_path / "**" / "a?.png") == ["a1.png", "sub/a3.png", "sub/deep/a4.png"]
    assert images(tmp_path / "sub" / "**") == ["a3.png", "deep/a4.png"]


def test_glob_without_a_folder_is_looked_up_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make(tmp_path, "b.png", "a.png", "c.txt"))
    assert images("*.png") == ["a.png", "b.png"]
    assert images(".") == ["a.png", "b.png"]


@pytest.mark.timeout(30)
def test_glob_does_not_go_round_in_a_loop_of_links(tmp_path: Path) -> None:
    """Through two links to their own folder there are more than 2**39 names of each picture."""
    make(tmp_path, "a.png")
    for link in ("x", "y"):
        (tmp_path / link).symlink_to(".", target_is_directory=True)
    assert images(tmp_path / "**" / "*.png") == ["a.png"]


def test_glob_matches_as_it_is_written(tmp_path: Path) -> None:
    for name in ("a/1.png", "a/b/2.png", "a/b/3.jpg", "c/b/4.png", "c/[x]/5.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")

    def found(pattern: str) -> list[str]:
        listed = list_images(str(tmp_path / pattern)).images
        return [item.path.relative_to(tmp_path).as_posix() for item in listed]

    assert found("*/b/*.png") == ["a/b/2.png", "c/b/4.png"]
    assert found("a/**/*.png") == ["a/1.png", "a/b/2.png"]
    assert found("**/b/**/*.png") == ["a/b/2.png", "c/b/4.png"]
    assert found("a/b/?.jp[ge]*") == ["a/b/3.jpg"]
    assert found("*/[[]x]/*") == ["c/[x]/5.png"]
    with pytest.raises(UsageError, match=r"\*\* stands for folders"):
        list_images(str(tmp_path / "a**/x.png"))


def test_folder_of_a_glob_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a/1.png", "b/2.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"")
    scan = os.scandir
    closed = ["b"]

    def refuse(folder: Path) -> object:
        if Path(folder).name in closed:
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SourceUnavailable, match=r"b' cannot be read: Permission denied"):
        list_images(str(tmp_path / "*" / "*.png"))
    (tmp_path / "b").rename(tmp_path / ".Trashes")
    closed[:] = [".Trashes"]
    assert images(tmp_path / "**" / "*.png") == ["a/1.png"]


def test_link_to_itself_is_passed_over_or_an_error_by_its_name(tmp_path: Path) -> None:
    (tmp_path / ".h").symlink_to(tmp_path / ".h")
    (tmp_path / "x.png").symlink_to(tmp_path / "x.png")
    listing = list_images(str(tmp_path), tmp_path / "results")
    assert [item.image for item in listing.images] == ["x.png"]
    assert listing.left_out == {"hidden": 1}
    assert not PictureSource(str(tmp_path), SystemClock()).has_any_in(tmp_path / "results")


def test_glob_that_finds_nothing_is_a_usage_error(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "folder.png/b.png")
    for pattern in ("*.jpg", "nowhere/*.png", "folder*"):
        with pytest.raises(UsageError, match="no picture found there"):
            list_images(str(tmp_path / pattern))


def test_list_names_pictures_beside_it_in_any_order(tmp_path: Path) -> None:
    listed = tmp_path / "parts.txt"
    listed.write_bytes("\ufeff# parts\r\nb.png\n\n  sub/a.png \n零件.png\n../c.png\n".encode())
    found = list_images(str(listed)).images
    assert [item.image for item in found] == ["../c.png", "b.png", "sub/a.png", "零件.png"]
    assert found[1].path == tmp_path / "b.png"


def test_absolute_path_in_a_list_stands_for_itself(tmp_path: Path) -> None:
    (tmp_path / "parts.txt").write_text(f"{tmp_path / 'x' / 'a.png'}\n")
    (item,) = list_images(str(tmp_path / "parts.txt")).images
    assert item.path == tmp_path / "x" / "a.png"


def test_picture_named_twice_is_judged_once_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "parts.txt").write_text("a.png\nb.png\na.png\na.png\n")
    with caplog.at_level(logging.WARNING):
        assert images(tmp_path / "parts.txt") == ["a.png", "b.png"]
    assert "2 pictures are named twice and judged once" in caplog.text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no picture found there"),
        (b"# only a comment\n", "no picture found there"),
        (b"caf\xe9.png\n", "not UTF-8 text"),
        (b"a.png\nb\0.png\n", "this is not a list of pictures"),
    ],
)
def test_list_that_is_none_is_a_usage_error(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "parts.txt").write_bytes(content)
    with pytest.raises(UsageError, match=message):
        list_images(str(tmp_path / "parts.txt"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [("a.mp4", True), ("dir/A.AVI", True), ("a.png", False), ("mp4", False), ("x" * 300, False)],
)
def test_video_is_told_by_its_name(source: str, expected: bool) -> None:
    assert is_video(source) is expected


def test_folder_is_no_video_whatever_its_name(tmp_path: Path) -> None:
    make(tmp_path, "takes.mp4/a.png")
    assert is_video(str(tmp_path / "takes.mp4")) is False
    assert images(tmp_path / "takes.mp4") == ["a.png"]


def test_line_of_a_list_is_a_comment_unless_a_picture_is_called_so(tmp_path: Path) -> None:
    for name in ("#1.png", "a.png"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "l.txt").write_text("# from line 3\n#1.png\na.png\n#2.png\n")
    assert images(tmp_path / "l.txt") == ["#1.png", "a.png"]


def test_picture_that_a_list_names_in_several_ways_is_judged_once(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "x.png").write_bytes(b"")
    ways = ("p/x.png", "./p/x.png", "p//x.png", "p/../p/x.png", str(tmp_path / "p" / "x.png"))
    (tmp_path / "l.txt").write_text("\n".join(ways))
    assert images(tmp_path / "l.txt") == ["p/x.png"]


def test_results_of_a_batch_in_the_source_are_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(tmp_path, "a.png", "old/records.db", "old/images/FAIL/b.png")
    list_images(str(tmp_path))
    assert "holds results of a batch: the pictures saved there are judged as parts" in caplog.text
