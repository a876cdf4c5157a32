"""Pictures of which two bundles say something else are found, and told with the worst first."""

from dataclasses import replace
from pathlib import Path

from inspector.assembly import build_inspection
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.flow import Decision
from inspector.recipe import DEFAULT_RECIPE
from models.comparing import changes as judging
from models.comparing.changes import Answer, Change, Changes, changes_between
from models.dataset.reader import load_samples
from models.dataset.sample import Sample, of_split
from tests.models.conftest import TrainedBundle


def change(name: str, label: str, was: str, becomes: str) -> Change:
    sample = Sample(name=name, image=Path(name), label=label, masks=(), split="train", part=name)
    answers = [Answer(decision=Decision(said)) for said in (was, becomes)]
    is_right = answers[1].is_passed is sample.is_good
    return Change(sample=sample, was=answers[0], becomes=answers[1], is_right=is_right)


CHANGES = Changes(
    n_pictures=30,
    n_were_right=28,
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
    assert lines[0] == "old        of 30 pictures 28 were judged right, 27 are now; 4 change"
    assert [line.split("'")[1] for line in lines[1:]] == ["c", "b", "a", "d"]
    assert lines[1] == "  WRONG NOW  'c' (dent): FAIL -> PASS"
    assert lines[3] == "  right now  'a' (good): FAIL -> PASS"


def test_defects_are_told_by_the_way_they_go() -> None:
    assert [one.sample.name for one in CHANGES.changed if one.is_escape] == ["c"]
    assert [one.sample.name for one in CHANGES.changed if one.is_found] == ["d"]


def test_name_is_told_where_there_is_one() -> None:
    answer = Answer(decision=Decision.FAIL, label="dent")
    assert (answer.text(), answer.is_passed) == ("FAIL dent", False)
    assert Answer(decision=Decision.PASS).text() == "PASS"


def test_many_changes_are_not_all_named_to_people_but_to_scripts() -> None:
    many = Changes(n_pictures=50, n_were_right=0, n_right=0, changed=CHANGES.changed * 10)
    lines = list(many.lines("old"))
    assert lines[-1] == "  and 20 more"
    assert len(many.as_table()["changed"]) == 40  # type: ignore[arg-type]


def test_same_bundle_changes_nothing(trained: TrainedBundle) -> None:
    samples = of_split(load_samples(trained.data), "test")
    changes = changes_between(trained.bundle, trained.bundle, samples)
    assert (changes.n_pictures, changes.changed) == (len(samples), ())
    assert changes.n_right == changes.n_were_right >= len(samples) - 1


def test_any_kind_that_a_picture_shows_is_right(trained: TrainedBundle) -> None:
    ready = build_inspection(open_bundle(trained.bundle), DEFAULT_RECIPE, SystemClock())
    shown = change("a", "scratch", "FAIL", "FAIL").sample
    both = replace(shown, masks=(Path("m"), Path("n")), mask_labels=("scratch", "dent"))
    dent = Answer(decision=Decision.FAIL, label="dent")
    assert [judging._is_right(ready, dent, one) for one in (both, shown)] == [True, False]


def test_picture_that_cannot_be_read_is_rejected_by_both(
    trained: TrainedBundle, tmp_path: Path
) -> None:
    (tmp_path / "x.png").write_bytes(b"")
    broken = Sample(
        name="x", image=tmp_path / "x.png", label="dent", masks=(), split="train", part="x"
    )
    changes = changes_between(trained.bundle, trained.bundle, [broken])
    assert (changes.n_right, changes.changed) == (1, ())
