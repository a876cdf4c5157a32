"""Guards on every test: no thread and no open file of ours outlives it."""

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

JOIN_GRACE_S = 2.0  # a thread that is about to end does so in milliseconds, on a busy machine too

_LINKS = Path("/proc/self/fd")
_DELETED = " (deleted)"


@pytest.fixture(autouse=True)
def _no_thread_is_left_over() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    added = [thread for thread in threading.enumerate() if thread not in before]
    # A foreign thread that once called into Python has a stand-in here, which nobody can join.
    ours = [thread for thread in added if not isinstance(thread, threading._DummyThread)]
    for thread in ours:
        thread.join(JOIN_GRACE_S)
    assert [thread.name for thread in ours if thread.is_alive()] == [], "threads left over"


@pytest.fixture(autouse=True)
def _no_file_is_left_open(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = str(tmp_path_factory.getbasetemp().resolve())
    before = _open_files(folder)
    yield
    assert sorted((_open_files(folder) - before).elements()) == [], "files left open"


def _open_files(folder: str) -> Counter[str]:
    """The files that are open under a folder, and the deleted ones.

    Others belong to the libraries: TensorFlow, the runtime and font readers keep some for good.
    """
    if not _LINKS.is_dir():  # not on Linux
        paths = [file.path for file in psutil.Process().open_files()]
    else:
        paths = [path for link in _LINKS.iterdir() if (path := _target(link))]
    return Counter(path for path in paths if path.startswith(folder) or path.endswith(_DELETED))


def _target(link: Path) -> str:
    try:
        target = str(link.readlink())
    except FileNotFoundError:  # the handle that was listing
        return ""
    return "" if target.startswith("/memfd:") else target  # memory, not a file
