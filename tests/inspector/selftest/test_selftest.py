"""No line starts on a machine that does not judge as was proven."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.__main__ import main
from inspector.errors import MachineUnfit
from inspector.selftest import judging
from inspector.selftest.selftest import check_at_start, run_selftest
from tests.support.bundles import write_bundle
from tests.support.fakes import FakeClock
from tests.support.stations import write_station


@pytest.fixture
def _unfit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bundle that passes everything stands in the place of the product's own."""
    blind = write_bundle(tmp_path / "blind", threshold=100.0)
    monkeypatch.setattr(judging, "shipped_bundle", lambda: blind)
    check_at_start.cache_clear()
    yield
    check_at_start.cache_clear()


def test_machine_follows_what_judges() -> None:
    names = [check.name for check in run_selftest(FakeClock(step_ns=1_000))]
    assert names[:6] == ["bundle", "canary", "good part", "bad part", "record", "sources"]


@pytest.mark.usefixtures("_unfit")
def test_unfit_machine_is_refused_with_the_check_that_failed() -> None:
    with pytest.raises(MachineUnfit, match=r"bad part: PASS, .* run `inspector selftest`"):
        check_at_start()


@pytest.mark.usefixtures("_unfit")
def test_line_does_not_start_on_an_unfit_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    station = write_station(tmp_path, (10, 200), frames_per_s=200)
    assert main(["run", "--station", str(station), "--parts", "2"]) == 4
    assert "does not judge as the product was proven to: bad part" in capsys.readouterr().err
    assert not (tmp_path / "records").exists()


def test_fit_machine_is_asked_once() -> None:
    check_at_start.cache_clear()
    check_at_start()
    check_at_start()
    assert check_at_start.cache_info().misses == 1


def test_what_failed_is_tried_again_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_at_start.cache_clear()
    with monkeypatch.context() as broken:
        broken.setattr(judging, "shipped_bundle", lambda: tmp_path / "gone")
        with pytest.raises(MachineUnfit, match="no such folder"):
            check_at_start()
    check_at_start()
