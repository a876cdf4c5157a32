"""Holds the two trees together: a module and its tests are found from each other by their names."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("inspector", "models", "ui")
# Nothing in these can go wrong by itself.
WITHOUT_TESTS = {
    "ui/app.py": "every test of the window goes through it",
    "ui/run/fail_picture.py": "a value",
    "inspector/errors.py": "names of errors",
    "inspector/exit_codes.py": "numbers",
    "inspector/inference/backend.py": "a protocol",
    "inspector/pipeline/events.py": "values and a protocol; the runner's tests see them all",
    "inspector/pipeline/inspected.py": "a value; the inspection's tests see all of it",
    "inspector/pipeline/hooks.py": "a value; the tests of the injector use all of it",
    "inspector/pipeline/plan.py": "values; the runner's tests see them all",
    "inspector/commands/summary_lines.py": "what the tests of batch and run read",
}

# Of a library's faults that would be ours.
OF_NO_MODULE = {Path("tests/ui/test_reference_counts.py")}


def test_every_module_has_its_tests() -> None:
    missing = [
        str(test)
        for module in product_modules()
        if module.as_posix() not in WITHOUT_TESTS
        and not (ROOT / (test := expected_at(module))).exists()
    ]
    assert missing == [], "missing: " + " ".join(missing)


def test_every_test_file_has_its_module() -> None:
    modules = {expected_at(module) for module in product_modules()}
    modules |= {Path("tests") / room / "test_main.py" for room in ROOMS} | OF_NO_MODULE
    tests = [
        path.relative_to(ROOT)
        for room in ROOMS
        for path in (ROOT / "tests" / room).rglob("test_*.py")
    ]
    lost = [str(test) for test in sorted(tests) if test not in modules]
    assert lost == [], "of no module: " + " ".join(lost)


def test_modules_that_need_no_tests_are_there() -> None:
    assert [module for module in WITHOUT_TESTS if not (ROOT / module).is_file()] == []


def product_modules() -> list[Path]:
    """Every module but `__init__` and `__main__`, which only hand on."""
    found = (path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted(path for path in found if not path.stem.startswith("__"))


def expected_at(module: Path) -> Path:
    return Path("tests") / module.with_name(f"test_{module.name}")
