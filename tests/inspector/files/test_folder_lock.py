"""One writer at a time, and nobody is shut out by a run that was killed."""

import subprocess
import sys
from pathlib import Path

import pytest

from inspector.errors import FolderInUse, UsageError
from inspector.files.folder_lock import sole_writer

_HOLDER = """
import sys
from pathlib import Path
from inspector.files.folder_lock import sole_writer

with sole_writer(Path(sys.argv[1]), "wait"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_writer_is_refused_while_the_first_one_lives_and_no_longer(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        refused = pytest.raises(
            FolderInUse,
            match=rf"another run is writing into .* \(process {holder.pid}: .*\); wait a bit",
        )
        with refused, sole_writer(tmp_path, "wait a bit"):
            pass
        holder.kill()
        holder.wait()
    with sole_writer(tmp_path, ""):
        pass


def test_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"), sole_writer(tmp_path / "gone", ""):
        pass


_FULL = """
import resource, sys
from pathlib import Path
from inspector.files.folder_lock import sole_writer

resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
with sole_writer(Path(sys.argv[1]), "wait"):
    print("held")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_folder_is_held_on_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FULL, tmp_path], check=True, capture_output=True, text=True
    )
    assert done.stdout == "held\n"
