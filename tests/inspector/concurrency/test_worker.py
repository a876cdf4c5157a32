"""A thread whose end is always noticed."""

import threading

import pytest

from inspector.concurrency.worker import Worker
from inspector.errors import InspectorError, StoreFull, WorkerFailed


class Stop(BaseException):
    """Not even an Exception."""


def run(body_error: BaseException | None) -> tuple[Worker, list[tuple[str, InspectorError]]]:
    """A worker whose body ended like this, and what it reported from which thread."""
    reported: list[tuple[str, InspectorError]] = []

    def body() -> None:
        if body_error is not None:
            raise body_error

    def on_failure(error: InspectorError) -> None:
        reported.append((threading.current_thread().name, error))

    worker = Worker("inspect:0", body, on_failure)
    worker.start()
    worker.join()
    return worker, reported


def test_body_runs_once_in_a_thread_of_that_name() -> None:
    names: list[str] = []

    def body() -> None:
        names.append(threading.current_thread().name)

    worker = Worker("capture:cam0", body, lambda _: None)
    worker.start()
    worker.join()
    assert names == ["capture:cam0"]
    with pytest.raises(RuntimeError, match="once"):
        worker.start()
    assert names == ["capture:cam0"]


def test_clean_end_is_no_failure() -> None:
    worker, reported = run(None)
    assert (worker.failure, reported) == (None, [])


def test_error_of_ours_is_kept_and_reported_as_it_is() -> None:
    error = StoreFull("no room")
    worker, reported = run(error)
    assert worker.failure is error
    assert reported == [("inspect:0", error)]


@pytest.mark.parametrize("cause", [KeyError("x"), SystemExit(3), KeyboardInterrupt(), Stop("now")])
def test_whatever_else_escapes_is_kept_as_a_failed_worker(cause: BaseException) -> None:
    worker, reported = run(cause)
    assert isinstance(worker.failure, WorkerFailed)
    assert worker.failure.worker == "inspect:0"
    assert worker.failure.__cause__ is cause
    assert str(worker.failure) == f"worker 'inspect:0' died: {type(cause).__name__}: {cause}"
    assert reported == [("inspect:0", worker.failure)]


def test_join_waits_for_the_end() -> None:
    may_end = threading.Event()
    ended: list[bool] = []

    def body() -> None:
        assert may_end.wait(timeout=10)
        ended.append(True)

    worker = Worker("slow", body, lambda _: None)
    worker.start()
    may_end.set()
    worker.join()
    assert (ended, worker.failure) == ([True], None)


def test_wait_for_the_end_can_be_given_up() -> None:
    gate = threading.Event()

    def body() -> None:
        gate.wait()

    worker = Worker("slow", body, lambda _: None)
    worker.start()
    assert worker.join(0.01) is False
    gate.set()
    assert worker.join() is True
