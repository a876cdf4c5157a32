"""What the line found is learnt too, and a person sees what that changes before it is written."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.bundle import open_bundle
from inspector.errors import BundleError, DataError, UsageError
from inspector.flow import Decision
from models import feedback
from models.comparing.changes import Answer, Change, Changes
from models.dataset.hashes import file_sha256
from models.dataset.reader import PictureList, load_lists, load_samples
from models.dataset.sample import Sample, of_split
from models.feedback import Difference, FeedbackRequest, learn_more
from models.publishing.source import open_source, source_folder
from models.train import TrainingRequest
from tests.models.conftest import (
    N_FOUND_DEFECTS,
    N_FOUND_GOOD,
    N_TEST,
    N_TRAIN,
    Ears,
    TrainedBundle,
)


@pytest.fixture
def request_of(trained: TrainedBundle, bundle: Path, found: Path) -> Callable[..., FeedbackRequest]:
    def make(
        added: Path = found,
        data: tuple[Path, ...] = (),
        tell: Callable[[Difference], None] = lambda _: None,
    ) -> FeedbackRequest:
        return FeedbackRequest(
            added=PictureList(path=added),
            bundle=bundle,
            out=bundle,
            data=data,
            weights_cache=trained.weights_cache,
            listener=Ears(),
            tell=tell,
        )

    return make


def test_bundle_learns_what_is_added_and_shows_first_what_that_changes(
    request_of: Callable[..., FeedbackRequest], trained: TrainedBundle, bundle: Path, found: Path
) -> None:
    told: list[tuple[Difference, str]] = []

    def tell(difference: Difference) -> None:
        told.append((difference, open_bundle(bundle).manifest.bundle_id))

    result = learn_more(request_of(tell=tell))
    ((difference, id_then),) = told
    assert id_then == trained.manifest.bundle_id
    assert difference.old.n_pictures == N_TRAIN
    assert difference.added.n_pictures == N_FOUND_GOOD + N_FOUND_DEFECTS
    assert difference.added.n_right >= N_FOUND_DEFECTS
    manifest = open_bundle(bundle).manifest
    assert manifest.bundle_id == result.manifest.bundle_id != id_then
    assert (manifest.name, manifest.version) == (trained.manifest.name, "2")
    assert manifest.input == trained.manifest.input
    source = open_source(source_folder(bundle))
    assert len(source.roles) == N_TRAIN + N_FOUND_GOOD + N_FOUND_DEFECTS
    assert [one.path for one in source.lists] == [found, trained.data]
    assert difference.unseen.n_pictures == 2 * N_TEST
    assert difference.remarks == ()


def test_input_stays_unless_it_is_too_coarse(
    request_of: Callable[..., FeedbackRequest],
    trained: TrainedBundle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[TrainingRequest] = []

    def train(request: TrainingRequest) -> None:
        asked.append(request)
        raise KeyboardInterrupt

    monkeypatch.setattr(feedback, "train", train)
    with pytest.raises(KeyboardInterrupt):
        learn_more(request_of())
    assert asked[0].kept_input == trained.manifest.input


def test_bundle_that_a_person_does_not_want_is_not_written(
    request_of: Callable[..., FeedbackRequest], trained: TrainedBundle, bundle: Path
) -> None:
    def refuse(_: Difference) -> None:
        raise UsageError("no")

    with pytest.raises(UsageError, match="no"):
        learn_more(request_of(tell=refuse))
    assert open_bundle(bundle).manifest.bundle_id == trained.manifest.bundle_id
    assert len(open_source(source_folder(bundle)).roles) == N_TRAIN


def test_bundle_that_lets_more_of_the_old_defects_pass_is_not_written(
    request_of: Callable[..., FeedbackRequest], bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = open_bundle(bundle).manifest.bundle_id
    lost = Changes(
        n_pictures=1, n_were_right=1, n_right=0, changed=(change("dent", "FAIL", "PASS"),)
    )
    monkeypatch.setattr(feedback, "changes_between", lambda *_: lost)
    with pytest.raises(BundleError, match=r"2 defects that were rejected pass with it.*--accept"):
        learn_more(request_of())
    assert open_bundle(bundle).manifest.bundle_id == before


def change(label: str, was: str, becomes: str) -> Change:
    sample = Sample(
        name=f"{label}.png", image=Path("x"), label=label, masks=(), split="train", part="p"
    )
    was_said, is_said = (Answer(decision=Decision(said)) for said in (was, becomes))
    return Change(sample=sample, was=was_said, becomes=is_said, is_right=False)


def test_list_that_adds_nothing_is_refused(
    request_of: Callable[..., FeedbackRequest], trained: TrainedBundle
) -> None:
    with pytest.raises(DataError, match="adds nothing: its pictures are known already"):
        learn_more(request_of(added=trained.data))


def test_known_picture_that_is_labelled_anew_is_learnt_so(
    request_of: Callable[..., FeedbackRequest],
    trained: TrainedBundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = of_split(load_samples(trained.data), "train")[0]
    assert wrong.is_good
    found = tmp_path / "found.csv"
    found.write_text(f"image,label,mask,split\n{wrong.image.resolve()},dent,,train\n")
    asked: list[TrainingRequest] = []

    def stop(request: TrainingRequest) -> None:
        asked.append(request)
        raise KeyboardInterrupt

    monkeypatch.setattr(feedback, "train", stop)
    with pytest.raises(KeyboardInterrupt):
        learn_more(request_of(added=found))
    learnt = load_lists(asked[0].lists, is_newest_first=asked[0].is_newest_first)
    assert len(learnt) == len(load_samples(trained.data))
    sha256 = file_sha256(wrong.image)
    assert [one.label for one in learnt if file_sha256(one.image) == sha256] == ["dent"]


def test_pictures_that_are_not_where_they_were_are_told(
    request_of: Callable[..., FeedbackRequest], found: Path
) -> None:
    with pytest.raises(DataError, match=rf"{N_TRAIN} of the {N_TRAIN} pictures .* say with --data"):
        learn_more(request_of(data=(found,)))


def test_another_number_of_lists_than_it_learnt_from_is_told(
    request_of: Callable[..., FeedbackRequest], found: Path
) -> None:
    with pytest.raises(DataError, match=r"was learnt from 1 lists .* say --data as often"):
        learn_more(request_of(data=(found, found)))


def test_pictures_that_moved_are_found_where_they_are_said_to_be(
    request_of: Callable[..., FeedbackRequest], trained: TrainedBundle, tmp_path: Path
) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(trained.data.parent, moved)

    def stop(difference: Difference) -> None:
        raise UsageError(f"{difference.old.n_pictures} pictures were found")

    with pytest.raises(UsageError, match=f"{N_TRAIN} pictures were found"):
        learn_more(request_of(data=(moved / trained.data.name,), tell=stop))


def test_score_that_means_something_else_is_told(trained: TrainedBundle) -> None:
    old = trained.manifest
    new = replace(
        old,
        threshold=replace(old.threshold, scale="chance"),
        outputs={**old.outputs, "score": "chance of a defect"},
    )
    (remark,) = feedback._remarks(old, new)
    assert remark.startswith("SCORE")
    assert "chance of a defect" in remark


def test_input_of_another_form_is_told(trained: TrainedBundle) -> None:
    tiles = replace(trained.manifest.input, height_px=384, resize="tile", scale=0.5)
    (remark,) = feedback._remarks(trained.manifest, replace(trained.manifest, input=tiles))
    assert remark.startswith(
        "INPUT      was 96 x 96 px, is tiles of 96 x 384 px at 0.50 of its size:"
    )


def test_picture_that_tested_the_bundle_and_is_learnt_now_tests_no_more(
    request_of: Callable[..., FeedbackRequest],
    trained: TrainedBundle,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    passed = of_split(load_samples(trained.data), "test")[-1]
    found = tmp_path / "found.csv"
    found.write_text(f"image,label,mask,split\n{passed.image.resolve()},dent,,train\n")

    def stop(difference: Difference) -> None:
        raise UsageError(f"{difference.added.n_pictures} and {difference.unseen.n_pictures}")

    with pytest.raises(UsageError, match=f"^1 and {2 * N_TEST - 1}$"):
        learn_more(request_of(added=found, tell=stop))
    assert "learnt from now and were in the test split: 1" in caplog.text


def test_list_that_went_away_is_told(
    request_of: Callable[..., FeedbackRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: False)
    with pytest.raises(DataError, match=r"is not there any more; say with --data"):
        learn_more(request_of())
