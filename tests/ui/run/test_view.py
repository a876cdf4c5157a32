"""The run view hands values to its panels, and shows nothing that was not kept."""

from dataclasses import replace

from inspector.errors import BundleError, StoreError, StoreFull
from inspector.flow import Decision
from inspector.pipeline.events import JudgedBy, Phase
from tests.support.fakes import BUNDLE_ID
from tests.support.panels import part, result, snapshot
from ui.run.fail_pictures import fail_picture
from ui.run.view import RunView
from ui.texts.numbers import NOTHING, count_text
from ui.theme.theme import Theme

JUDGED_BY = JudgedBy(bundle_id=BUNDLE_ID, recipe="bolt", threshold=0.5)


def started(theme: Theme) -> RunView:
    view = RunView(theme)
    view.resize(1600, 900)
    view.start(JUDGED_BY, ("top",), [part(1)])
    view.show_snapshot(snapshot())
    view.show()
    return view


def test_line_that_starts_shows_what_its_store_holds(theme: Theme) -> None:
    view = started(theme)
    assert view.table.model.part_number(0) == 1
    assert view.banner.face is None


def test_stored_parts_reach_banner_and_table(theme: Theme) -> None:
    view = started(theme)
    view.add_records([part(2), part(3, Decision.FAIL)], now_s=1.0)
    assert view.table.model.part_number(0) == 3
    face = view.banner.face
    assert face is not None
    assert (face.decision, face.part_number) == (Decision.FAIL, 3)


def test_fail_is_kept_in_strip_and_panel(theme: Theme) -> None:
    view = started(theme)
    view.add_fail(fail_picture(result(3)))
    assert view.last_fail.fail is view.strip.fails[0]


def test_lost_camera_leaves_no_pass_standing(theme: Theme) -> None:
    view = started(theme)
    view.add_records([part(2)], now_s=1.0)
    lost = snapshot(trouble="unplugged", is_open=False)
    view.show_snapshot(lost)
    view.tick(1.1)
    assert view.banner.face is None
    assert view.banner.accessibleName() == "A camera cannot be reached."
    assert view.notice.text == ""  # it is said over its picture
    view.show_snapshot(snapshot())
    view.tick(1.2)
    assert view.banner.face is not None


def test_lost_camera_that_is_not_shown_is_named(theme: Theme) -> None:
    view = started(theme)
    (top,) = snapshot().cameras
    view.show_snapshot(replace(snapshot(), cameras=(top, replace(top, name="side", is_open=False))))
    assert view.notice.text.startswith("“side” cannot be reached.")
    view.show_snapshot(snapshot())
    assert view.notice.text == ""


def test_another_line_shows_nothing_of_the_one_before(theme: Theme) -> None:
    view = started(theme)
    view.add_records([part(2)], now_s=1.0)
    view.add_fail(fail_picture(result(3)), 7)
    view.show_phase(Phase.IDLE)
    view.clear()
    assert view.table.model.rowCount() == 0
    assert (view.last_fail.fail, view.strip.fails, view.strip.aside.text()) == (None, [], "")
    assert set(view.counters.numbers().values()) == {NOTHING}
    assert view.picture.camera == ""


def test_fails_that_have_no_picture_are_counted(theme: Theme) -> None:
    view = started(theme)
    view.add_fail(fail_picture(result(3)), 1_207)
    assert view.strip.aside.text().startswith(count_text(1_207))


def test_line_that_ended_shows_no_verdict(theme: Theme) -> None:
    view = started(theme)
    view.add_records([part(2)], now_s=1.0)
    view.show_phase(Phase.IDLE)
    view.tick(2.0)
    assert view.banner.face is None
    assert view.banner.accessibleName() == "Press Start to begin."


def test_camera_that_is_closed_at_the_end_is_no_trouble(theme: Theme) -> None:
    view = started(theme)
    view.show_snapshot(snapshot(trouble="unplugged", is_open=False))
    assert view.picture._message.isVisible()
    view.show_snapshot(snapshot(Phase.STOPPING, is_open=False))
    view.show_phase(Phase.IDLE)
    assert not view.picture._message.isVisible()


def test_first_line_of_a_day_has_a_sentence_in_every_panel(theme: Theme) -> None:
    view = RunView(theme)
    assert view.table._pages.currentIndex() == 1
    assert view.strip._pages.currentIndex() == 1
    assert view.last_fail._pages.currentIndex() == 1
    assert view.banner.accessibleName() == "Press Start to begin."


def test_change_that_is_not_in_force_is_a_notice_until_it_is(theme: Theme) -> None:
    view = started(theme)
    error = BundleError("bundle 'x': model.onnx is not the file that was validated")
    for _ in range(2):
        view.show_snapshot(replace(snapshot(), change_trouble=error))
    assert view.notice.text.startswith("What was changed for this line is not all in force")
    assert view.notice.detail == str(error)
    view.show_snapshot(snapshot())
    assert view.notice.text == ""


def test_scores_of_another_model_are_drawn_against_its_limit(theme: Theme) -> None:
    view = started(theme)
    view.show_snapshot(replace(snapshot(), judged_by=replace(JUDGED_BY, threshold=0.8)))
    assert view.charts._scores._threshold == 0.8


def test_line_that_can_keep_nothing_shows_no_verdict_and_says_why(theme: Theme) -> None:
    view = started(theme)
    view.add_records([part(2)], now_s=1.0)
    full = StoreFull("the disk of '/records' has 3 MB left")
    view.show_snapshot(replace(snapshot(Phase.BLOCKED), blocked_by=full))
    view.tick(1.1)
    assert not view.banner.details()
    assert view.banner.accessibleName() == "Not ready: results cannot be stored"
    assert view.notice.text.startswith("The disk is full: every part is rejected.")
    assert view.notice.detail == str(full)
    view.show_snapshot(snapshot())
    view.add_records([part(3)], now_s=1.2)
    assert view.banner.face is not None
    assert view.notice.text == ""


def test_store_that_is_out_of_reach_is_another_sentence(theme: Theme) -> None:
    view = started(theme)
    away = StoreError("store 'records.db': disk I/O error")
    view.show_snapshot(replace(snapshot(Phase.BLOCKED), blocked_by=away))
    assert view.notice.text.startswith("Results cannot be stored: every part is rejected.")
