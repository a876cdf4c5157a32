"""A bench says what was measured, what was not, and what must not be ranked."""

from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from inspector.bench.comparison import BenchRequest, choose, compare_runtimes
from inspector.bench.runtime import GROUP
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import UsageError
from inspector.exit_codes import ExitCode
from inspector.store.images import write_png
from tests.support.bench_offers import reference


def points(**offers: str) -> dict[str, EntryPoint]:
    return {
        name: EntryPoint(name=name, value=reference(offer), group=GROUP)
        for name, offer in offers.items()
    }


@pytest.fixture
def images(tmp_path: Path) -> str:
    for grey in (51, 102):
        write_png(tmp_path / f"{grey}.png", np.full((32, 48), grey, dtype=np.uint8))
    return str(tmp_path)


def request(bundle: Path, images: str, **offers: str) -> BenchRequest:
    return BenchRequest(
        bundle=bundle,
        images=images,
        runtimes=None,
        offers=points(**offers),
        rounds=2,
        threads=1,
    )


def test_runtimes_that_agree_are_ranked(bundle: Path, images: str) -> None:
    asked = request(bundle, images, onnxruntime="EXACT", other="PREPARES")
    comparison = compare_runtimes(asked, SystemClock())
    table = comparison.as_table()
    assert comparison.exit_code == ExitCode.DONE
    assert comparison.ratios.keys() == {"other/onnxruntime"}
    assert (table["threads"], table["rounds"], table["n_images"]) == (1, 2, 2)
    assert table["bundle_id"] == open_bundle(bundle).manifest.bundle_id
    runtimes = table["runtimes"]
    assert isinstance(runtimes, dict)
    assert runtimes["other"]["score_max_relative"] == 0.0


def test_runtime_with_other_scores_has_no_ratio(bundle: Path, images: str) -> None:
    asked = request(bundle, images, onnxruntime="EXACT", other="TOO_BRIGHT")
    comparison = compare_runtimes(asked, SystemClock())
    row = comparison.rows["other"]
    assert not isinstance(row, str)
    assert row.error is not None
    assert (comparison.ratios, comparison.exit_code) == ({}, ExitCode.HAS_FAIL)


def test_runtime_that_failed_decides_over_one_with_other_scores(bundle: Path, images: str) -> None:
    asked = request(bundle, images, onnxruntime="EXACT", other="TOO_BRIGHT", third="NOT_A_NUMBER")
    comparison = compare_runtimes(asked, SystemClock())
    assert comparison.rows["third"] == ("third: gave scores of shape (1,) that are not all finite")
    assert comparison.exit_code == ExitCode.HAS_ERROR


def chosen(bundle: Path, names: tuple[str, ...] | None, **offers: str) -> list[str]:
    return list(choose(names, points(**offers), bundle, open_bundle(bundle))[0])


def test_reference_is_measured_first_even_unasked(bundle: Path) -> None:
    offers = {"onnxruntime": "EXACT", "a": "EXACT", "b": "EXACT"}
    assert chosen(bundle, ("b",), **offers) == ["onnxruntime", "b"]
    assert chosen(bundle, None, **offers) == ["onnxruntime", "a", "b"]


def test_what_was_asked_for_and_cannot_run_is_an_error_with_what_to_do(
    bundle: Path, images: str
) -> None:
    offers = {"onnxruntime": "EXACT", "a": "NOT_INSTALLED", "b": "IMPOSSIBLE"}
    asked = replace(request(bundle, images, **offers), runtimes=("a", "b"))
    comparison = compare_runtimes(asked, SystemClock())
    assert list(comparison.rows) == ["onnxruntime", "a", "b"]
    assert comparison.rows["a"] == "a: not installed; install it with: pip install it"
    assert comparison.rows["b"] == "b: the bundle lacks a thing; add it"
    assert comparison.exit_code == ExitCode.HAS_ERROR
    assert chosen(bundle, None, **offers) == ["onnxruntime"]  # nobody asked for them


def test_unknown_runtime_is_refused_with_the_known(bundle: Path) -> None:
    with pytest.raises(UsageError, match="no runtime torch; known: onnxruntime, a"):
        chosen(bundle, ("torch",), onnxruntime="EXACT", a="EXACT")


def test_reference_that_cannot_run_is_refused(bundle: Path) -> None:
    with pytest.raises(UsageError, match="onnxruntime: not installed"):
        chosen(bundle, None, onnxruntime="NOT_INSTALLED")


def test_installation_without_offers_is_refused(bundle: Path) -> None:
    with pytest.raises(UsageError, match="names no runtimes; install it again"):
        chosen(bundle, None)
