"""Validation compares every model and every way of running it with the one that was trained."""

from models.comparing.validation import Validation


def test_every_side_has_its_figure_and_its_differences(validation: Validation) -> None:
    all_results = validation.as_table()["models"]
    assert isinstance(all_results, dict)
    assert list(all_results) == ["tensorflow", "float", "int8"]
    assert [results["auroc"] for results in all_results.values()] == [1.0, 1.0, 1.0]
    assert all_results["float"]["outputs"]["score"]["max_abs"] < 1e-4
    assert all_results["int8"]["outputs"]["score"]["max_abs"] > 1e-3
    assert all_results["int8"]["outputs"]["heatmap"]["shape"][1:] == (96, 96)


def test_each_model_is_run_in_every_other_way(validation: Validation) -> None:
    ways = [
        (variant.model, variant.is_optimised, variant.threads, variant.batch)
        for variant in validation.variants
    ]
    assert len(set(ways)) == 22
    assert ("float", True, 1, 1) not in ways
    assert ("int8", False, 4, 8) in ways
