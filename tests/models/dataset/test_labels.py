"""Labels are checked once, and none that means good is ever counted as a defect."""

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.errors import DataError
from models.dataset.labels import check_known, label_counts_text, with_good_label
from models.dataset.reader import load_samples
from models.dataset.sample import Sample
from tests.support.picture_lists import HEAD, make_list


def labelled(*labels: str) -> list[Sample]:
    return [
        Sample(name=f"{at}.png", image=Path("x"), label=label, masks=(), split="test", part=f"{at}")
        for at, label in enumerate(labels)
    ]


@pytest.mark.parametrize(
    "word",
    ["Good", "GOOD", "OK", "ok", "Ok.", "良品", "Normal", "non-defective", "ok_front", "good part"],
)
def test_word_that_means_good_is_refused_until_the_person_says_so(word: str) -> None:
    samples = labelled("scratch", word, word)
    with pytest.raises(DataError) as caught:
        with_good_label(samples, None, "list 'x'")
    assert str(caught.value) == (
        f"list 'x': the label {word!r} ('1.png' and 1 more) seems to mean free of defects, which "
        f"is called 'good' here; say --good-label {word}, or rename it"
    )
    named = with_good_label(samples, word, "list 'x'")
    assert [sample.label for sample in named] == ["scratch", "good", "good"]


def outlined_as(first: str, second: str) -> Sample:
    masks = (Path("a"), Path("b"))
    return replace(labelled(first)[0], masks=masks, mask_labels=(first, second))


def test_second_row_of_a_picture_is_checked_too() -> None:
    for second, words in (("OK", "seems to mean free of defects"), ("Dent", "'Dent'")):
        with pytest.raises(DataError, match=words):
            with_good_label([outlined_as("scratch", second), *labelled("dent")], None, "list 'x'")
    for kinds in (("scratch", "fine"), ("fine", "scratch")):
        with pytest.raises(DataError, match="free of defects, and with a defect as well"):
            with_good_label([outlined_as(*kinds), *labelled("fine")], "fine", "list 'x'")
    with pytest.raises(DataError, match="does not know the label 'Dent'"):
        check_known([outlined_as("scratch", "Dent")], ("good", "scratch"), "list 'x'")


def test_list_and_folder_are_checked_alike(tmp_path: Path) -> None:
    listed = make_list(tmp_path, HEAD + "a.png,OK,,test,\nb.png,scratch,,test,\n")
    folder = tmp_path / "folder"
    for place in ("test/OK/a.png", "test/scratch/b.png"):
        (folder / place).parent.mkdir(parents=True)
        (folder / place).write_bytes(b"")
    for data in (listed, folder):
        with pytest.raises(DataError, match=r"the label 'OK' .* seems to mean free of defects"):
            load_samples(data)
        assert [sample.label for sample in load_samples(data, "OK")] == ["good", "scratch"]


def test_good_label_that_no_picture_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        DataError, match=r"labelled 'ok', as --good-label says; did you mean 'OK'\?"
    ):
        with_good_label(labelled("OK", "dent"), "ok", "x")
    with pytest.raises(DataError, match="'fine', as --good-label says; there are 'dent', 'good'"):
        with_good_label(labelled("good", "dent"), "fine", "x")


def test_two_names_for_good_are_refused() -> None:
    with pytest.raises(DataError, match="some pictures are labelled 'good' and others 'OK'"):
        with_good_label(labelled("good", "OK"), "OK", "x")


@pytest.mark.parametrize("twin", ["Scratch", "scratch ", "SCRATCH", "scr\u0430tch"[:3] + "atch-"])
def test_labels_that_differ_in_spelling_only_are_refused(twin: str) -> None:
    with pytest.raises(DataError, match="differ in their spelling only; give both one name"):
        with_good_label(labelled("good", "scratch", twin), None, "x")


def test_labels_of_punctuation_alone_are_told_apart() -> None:
    samples = labelled("good", "+", "-")
    assert with_good_label(samples, None, "x") == tuple(samples)


def test_label_that_the_model_does_not_know_is_named_with_the_nearest() -> None:
    check_known(labelled("good", "dent"), ("good", "dent", "scratch"), "x")
    with pytest.raises(DataError) as caught:
        check_known(labelled("good", "Scratch", "Scratch", "burr"), ("good", "scratch"), "list 'x'")
    assert str(caught.value) == (
        "list 'x': the model does not know the label 'Scratch' (2; did you mean 'scratch'?), "
        "'burr' (1); its classes are good, scratch: rename them, or say --good-label for the one "
        "free of defects"
    )


@pytest.mark.parametrize("word", ["not ok", "NOK", "no good", "okra", "goods lost", "not good"])
def test_word_that_means_bad_is_a_label_as_any_other(word: str) -> None:
    samples = labelled("good", word)
    assert with_good_label(samples, None, "x") == tuple(samples)


def test_good_word_beside_good_is_to_be_renamed() -> None:
    with pytest.raises(DataError, match=r"seems to mean free of defects, .* here; rename it$"):
        with_good_label(labelled("good", "OK"), None, "x")


def test_model_without_a_class_good_needs_no_good_label() -> None:
    with pytest.raises(DataError, match="the model has no class that means free of defects"):
        check_known(labelled("good", "dent"), ("clean", "dent"), "x")


def test_labels_are_counted_good_first() -> None:
    assert label_counts_text(labelled("dent", "good", "burr", "dent")) == "good 1, burr 1, dent 2"
