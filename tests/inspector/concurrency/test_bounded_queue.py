"""The queue between threads: bounded, in order, and nothing in it is ever lost in silence."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from inspector.concurrency import bounded_queue
from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.concurrency.worker import Worker
from inspector.errors import InspectorError

PATIENCE_S = 10.0  # for a test that fails; one that passes never waits so long

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(autouse=True)
def _nobody_wakes_by_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a forgotten notify hangs here, and is not hidden by the next turn of the wait."""
    monkeypatch.setattr(bounded_queue, "WAKE_S", 3_600.0)


@contextmanager
def in_threads(*bodies: Callable[[], None]) -> Iterator[None]:
    """Run these beside the `with`; what escapes them fails the test."""
    failures: list[InspectorError] = []
    workers = [
        Worker(f"test:{number}", body, failures.append) for number, body in enumerate(bodies)
    ]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.join()
    assert failures == []


def filled(capacity: int) -> BoundedQueue[int]:
    queue: BoundedQueue[int] = BoundedQueue(capacity)
    for item in range(capacity):
        assert queue.offer(item)
    return queue


def wait_for_waiters(condition: threading.Condition, count: int) -> None:
    """Return when so many threads wait on a condition of the queue."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.001)):
        if len(condition._waiters) == count:  # type: ignore[attr-defined]
            return
        pause.wait(0.001)
    pytest.fail(f"{count} threads should be waiting")


def drain(queue: BoundedQueue[int]) -> list[int]:
    items = []
    try:
        while True:
            items.append(queue.get())
    except Closed:
        return items


@pytest.mark.parametrize("capacity", [0, -1])
def test_queue_without_a_place_is_refused(capacity: int) -> None:
    with pytest.raises(ValueError, match=f"capacity {capacity}; at least 1"):
        BoundedQueue(capacity)


def test_full_queue_refuses_the_item_and_keeps_its_order() -> None:
    queue = filled(3)
    assert queue.offer(99) is False
    assert len(queue) == 3
    assert [queue.get() for _ in range(3)] == [0, 1, 2]
    assert queue.offer(4) is True


def test_pushed_item_takes_the_place_of_the_oldest() -> None:
    queue = filled(3)
    assert queue.push(99) is False
    assert [queue.get() for _ in range(3)] == [1, 2, 99]
    assert queue.push(4) is True
    queue.close()
    with pytest.raises(Closed):
        queue.push(5)


def test_batch_is_what_is_there_up_to_its_limit() -> None:
    queue = filled(5)
    assert queue.get_batch(2) == [0, 1]
    assert queue.get_batch(100) == [2, 3, 4]
    assert len(queue) == 0


def test_batch_waits_for_its_first_item_only() -> None:
    queue: BoundedQueue[int] = BoundedQueue(4)
    batches: list[list[int]] = []
    with in_threads(lambda: batches.append(queue.get_batch(4))):
        wait_for_waiters(queue._not_empty, 1)
        queue.put(1)
    assert batches == [[1]]


def test_closed_queue_gives_what_is_left_and_then_ends() -> None:
    queue = filled(3)
    queue.close()
    assert drain(queue) == [0, 1, 2]
    with pytest.raises(Closed):
        queue.get()
    with pytest.raises(Closed):
        queue.get_batch(10)


def test_closed_queue_refuses_writers_at_once() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2)
    queue.close()
    queue.close()
    with pytest.raises(Closed):
        queue.put(1)
    with pytest.raises(Closed):
        queue.offer(1)
    assert len(queue) == 0


def test_put_waits_until_there_is_room() -> None:
    queue = filled(2)
    with in_threads(lambda: queue.put(2)):
        wait_for_waiters(queue._not_full, 1)
        assert len(queue) == 2
        assert queue.get() == 0
    queue.close()
    assert drain(queue) == [1, 2]


def test_one_batch_makes_room_for_as_many_writers_as_it_took() -> None:
    queue = filled(3)
    with in_threads(*(lambda item=item: queue.put(item) for item in (3, 4, 5))):
        wait_for_waiters(queue._not_full, 3)
        assert queue.get_batch(3) == [0, 1, 2]
    queue.close()
    assert sorted(drain(queue)) == [3, 4, 5]


def test_waiting_put_is_woken_by_close_and_its_item_is_not_in() -> None:
    queue = filled(1)
    outcomes: list[str] = []

    def write() -> None:
        try:
            queue.put(99)
        except Closed:
            outcomes.append("closed")

    with in_threads(write, write):
        wait_for_waiters(queue._not_full, 2)
        queue.close()
    assert outcomes == ["closed", "closed"]
    assert drain(queue) == [0]


def test_waiting_reader_is_woken_by_close() -> None:
    queue: BoundedQueue[int] = BoundedQueue(1)
    items: list[list[int]] = []
    with in_threads(*[lambda: items.append(drain(queue))] * 3):
        wait_for_waiters(queue._not_empty, 3)
        queue.close()
    assert items == [[], [], []]


def test_discard_closes_and_counts_what_it_throws_away() -> None:
    queue = filled(3)
    assert queue.discard() == 3
    assert queue.discard() == 0
    with pytest.raises(Closed):
        queue.get()
    with pytest.raises(Closed):
        queue.offer(1)


def test_discard_wakes_a_waiting_writer_without_taking_its_item() -> None:
    queue = filled(2)
    outcomes: list[str] = []

    def write() -> None:
        try:
            queue.put(99)
        except Closed:
            outcomes.append("closed")

    with in_threads(write):
        wait_for_waiters(queue._not_full, 1)
        assert queue.discard() == 2
    assert (outcomes, len(queue)) == (["closed"], 0)


def test_discard_leaves_no_moment_in_which_an_item_could_slip_in() -> None:
    queue = filled(2)
    outcomes: list[bool | str] = []
    lock = queue._lock

    class Interrupted:
        """The queue's lock, and another thread's turn as soon as it is free."""

        def __enter__(self) -> None:
            lock.acquire()

        def __exit__(self, *_exception: object) -> None:
            lock.release()
            queue._lock = lock
            try:
                outcomes.append(queue.offer(99))
            except Closed:
                outcomes.append("closed")

    queue._lock = Interrupted()  # type: ignore[assignment]
    assert queue.discard() == 2
    assert (outcomes, len(queue)) == (["closed"], 0)


def test_several_writers_and_readers_lose_nothing_and_each_writer_keeps_its_order() -> None:
    queue: BoundedQueue[tuple[int, int]] = BoundedQueue(3)
    taken: list[list[tuple[int, int]]] = [[], []]
    n_items = 400

    def write(writer: int) -> None:
        for number in range(n_items):
            queue.put((writer, number))

    def read(into: list[tuple[int, int]]) -> None:
        try:
            while True:
                into += queue.get_batch(2)
        except Closed:
            return

    readers = [lambda into=into: read(into) for into in taken]
    with in_threads(*readers):
        with in_threads(*(lambda writer=writer: write(writer) for writer in range(4))):
            pass
        queue.close()
    wanted = [(writer, number) for writer in range(4) for number in range(n_items)]
    assert sorted(taken[0] + taken[1]) == wanted
    for items in taken:
        for writer in range(4):
            numbers = [number for by, number in items if by == writer]
            assert numbers == sorted(numbers)


def test_one_reader_sees_each_writers_items_in_order() -> None:
    queue: BoundedQueue[tuple[int, int]] = BoundedQueue(2)
    seen: list[tuple[int, int]] = []

    def write(writer: int) -> None:
        for number in range(200):
            queue.put((writer, number))

    with in_threads(*(lambda writer=writer: write(writer) for writer in range(3))):
        seen += [queue.get() for _ in range(600)]
    assert [[number for by, number in seen if by == writer] for writer in range(3)] == [
        list(range(200))
    ] * 3


def test_waiting_for_room_ends_with_it_or_with_the_queue() -> None:
    queue = BoundedQueue[int](1)
    queue.wait_for_room()
    queue.put(1)
    waited = Worker("wait", queue.wait_for_room, lambda _: None)
    waited.start()
    assert waited.join(0.05) is False
    assert queue.get() == 1
    assert waited.join() is True
    queue.put(2)
    queue.close()
    with pytest.raises(Closed):
        queue.wait_for_room()
