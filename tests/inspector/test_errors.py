"""The tree of errors: drawn as it is, and each found by who must act."""

import re

import pytest

from inspector import errors
from inspector.errors import (
    CaptureError,
    ConfigurationError,
    CorruptFrame,
    InspectionError,
    InspectorError,
    Overrun,
    StoreError,
    StoreFull,
    WorkerFailed,
)


def test_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^((?: {4})*)([A-Z]\w+)(?: {2,}\w.*)?$", line)
        if match is None:
            continue
        depth = len(match[1]) // 4
        path[depth:] = [match[2]]
        drawn[match[2]] = path[depth - 1] if depth else "Exception"
    defined = {
        name: kind.__bases__[0].__name__
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, Exception)
    }
    assert drawn == defined


@pytest.mark.parametrize("kind", [ConfigurationError, CaptureError, InspectionError, StoreError])
def test_error_is_caught_by_one_group_only(kind: type[InspectorError]) -> None:
    groups = (ConfigurationError, CaptureError, InspectionError, StoreError, WorkerFailed)
    assert [group for group in groups if issubclass(kind, group)] == [kind]
    assert (issubclass(CorruptFrame, CaptureError), issubclass(StoreFull, StoreError)) == (
        True,
    ) * 2


def test_overrun_says_how_many_places_were_taken() -> None:
    assert str(Overrun(8)) == "all 8 places before the inspection were taken"


def test_worker_failed_keeps_the_worker_and_the_cause() -> None:
    cause = ZeroDivisionError("by zero")
    failed = WorkerFailed("capture:cam0", cause)
    assert str(failed) == "worker 'capture:cam0' died: ZeroDivisionError: by zero"
    assert (failed.worker, failed.__cause__) == ("capture:cam0", cause)
