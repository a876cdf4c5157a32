"""The upgrade of a large store from the version before, killed at 50 random instants."""

import random
import subprocess
import sys
from pathlib import Path

from inspector.clock import SystemClock
from inspector.flow import Decision
from inspector.store.reader import RecordReader
from inspector.store.schema import SCHEMA_VERSION
from inspector.store.writer import RecordWriter
from tests.support.fakes import record
from tests.support.stores import make_older, overwrite, tables_and_version

N_KILLS = 50
N_RECORDS = 5_000
CLOCK = SystemClock()
UPGRADE = """
import sys
from pathlib import Path
from inspector.store.writer import RecordWriter
print("ready", flush=True)
RecordWriter(Path(sys.argv[1])).close()
"""


def killed_after(path: Path, delay_s: float) -> bool:
    """Upgrade in another process; whether it was killed before it was done."""
    with subprocess.Popen([sys.executable, "-c", UPGRADE, path], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        try:
            assert child.wait(delay_s) == 0
        except subprocess.TimeoutExpired:
            child.kill()
            return True
    return False


def test_store_is_the_old_one_or_the_new_one_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with RecordWriter(path) as writer:
        writer.append([record(f"{number:05d}.png") for number in range(N_RECORDS)])
    make_older(path, SCHEMA_VERSION - 1)
    old, draw = path.read_bytes(), random.Random(19)
    begun_ns = CLOCK.monotonic_ns()
    assert not killed_after(path, 60.0)
    whole_s = (CLOCK.monotonic_ns() - begun_ns) / 1e9
    versions: list[int] = []
    n_killed = 0
    while n_killed < N_KILLS:
        overwrite(path, old)
        n_killed += killed_after(path, draw.uniform(0.0, 0.5 * whole_s))
        tables, version = tables_and_version(path)
        assert ("health" in tables) == (version == SCHEMA_VERSION)
        with RecordReader(path) as reader:
            reader.check_whole()
            assert reader.decisions()[Decision.PASS] == N_RECORDS
            assert sum(1 for _ in reader.records()) == N_RECORDS
        RecordWriter(path).close()
        versions.append(version)
        assert tables_and_version(path)[1] == SCHEMA_VERSION
    assert set(versions) <= {SCHEMA_VERSION - 1, SCHEMA_VERSION}
