"""Pictures that change sides are found, and told with the worst first."""

from pathlib import Path

import pytest

from inspector.flow import Decision
from models.comparing.changes import Change, Changes, changes_between
from models.dataset.reader import load_samples
from models.dataset.sample import Sample
from tests.models.conftest import TrainedBundle


def change(name: str, label: str, was: str, becomes: str) -> Change:
    sample = Sample(name=name, image=Path(name), label=label, masks=(), split="train", part=name)
    return Change(sample=sample, was=Decision(was), becomes=Decision(becomes))


CHANGES = Changes(
    n_pictures=30,
    n_right=27,
    changed=(
        change("a", "good", "FAIL", "PASS"),
        change("b", "good", "PASS", "ERROR"),
        change("c", "dent", "FAIL", "PASS"),
        change("d", "dent", "PASS", "FAIL"),
    ),
)


def test_defects_that_pass_now_come_first_and_what_is_better_last() -> None:
    lines = list(CHANGES.lines("old"))
    assert lines[0] == "old        27 of 30 pictures are judged right, 4 change sides"
    assert [line.split("'")[1] for line in lines[1:]] == ["c", "b", "d", "a"]
    assert lines[1] == "  WRONG NOW  'c' (dent): FAIL -> PASS"
    assert lines[4] == "  right now  'a' (good): FAIL -> PASS"


def test_defects_are_counted_by_the_way_they_go() -> None:
    assert [one.sample.name for one in CHANGES.newly_passed()] == ["c"]
    assert [one.sample.name for one in CHANGES.newly_found()] == ["d"]


def test_many_changes_are_not_all_named_to_people_but_to_scripts() -> None:
    many = Changes(n_pictures=50, n_right=0, changed=CHANGES.changed * 10)
    lines = list(many.lines("old"))
    assert lines[-1] == "  and 20 more"
    table = many.as_table()
    assert len(table["changed"]) == 40  # type: ignore[arg-type]


@pytest.mark.parametrize("split", ["test"])
def test_same_bundle_changes_nothing(trained: TrainedBundle, split: str) -> None:
    samples = [one for one in load_samples(trained.data) if one.split == split]
    changes = changes_between(trained.bundle, trained.bundle, samples)
    assert (changes.n_pictures, changes.changed) == (len(samples), ())
    assert changes.n_right >= len(samples) - 1
