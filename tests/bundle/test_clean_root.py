"""A line PC's life with the Debian package, in order: installed, used, upgraded, removed."""

import csv
import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from inspector.assembly import shipped_bundle
from inspector.capture.synthetic.render import Defect, render_part
from inspector.store.images import write_png
from models.dataset.hashes import file_sha256
from smoke import screen, shown_until_painted
from tests.bundle.conftest import WORK, CleanRoot
from tests.support.lots import inspector

SETTING, RECORDS = "etc/inspector/line/station.toml", "var/lib/inspector/line/records.db"
HOME = "usr/lib/inspector"
N_PARTS = 8
N_KILLS = 50


def test_installs_with_what_it_depends_on_and_no_python(clean_root: CleanRoot) -> None:
    clean_root.run("apt-get", "update", "-qq")
    clean_root.run(
        "apt-get", "install", "-y", "-qq", "--no-install-recommends", "/tmp/inspector.deb"
    )
    assert clean_root.run("getent", "passwd", "inspector").startswith("inspector:")
    assert clean_root.run("sh", "-c", "command -v python3 || echo none") == "none\n"


def test_proves_itself(clean_root: CleanRoot) -> None:
    assert clean_root.selftest()["passed"]


def judged(records: Path) -> list[dict[str, str]]:
    """All but what no two runs share: numbers of records and times."""
    with records.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        {name: row[name] for name in row if name != "record_id" and "_at" not in name and
         not name.endswith("_ms")}
        for row in rows
    ]  # fmt: skip


def test_batch_gives_the_decisions_and_scores_of_the_checkout(
    clean_root: CleanRoot, tmp_path: Path
) -> None:
    parts = clean_root.path / "tmp/parts"
    parts.mkdir()
    for number in range(N_PARTS):
        defect = Defect.MISSING_HOLE if number % 4 == 3 else None
        write_png(parts / f"{number}.png", render_part(seed=950_000 + number, defect=defect).pixels)
    (bundle,) = (clean_root.path / HOME).glob("_internal-*/inspector/demo_part.bundle")
    clean_root.run(
        "inspector",
        "batch",
        "/tmp/parts",
        "--bundle",
        f"/{bundle.relative_to(clean_root.path)}",
        "--out",
        "/tmp/results",
        codes=(1,),
    )
    assert (
        inspector(
            "batch", parts, "--bundle", shipped_bundle(), "--out", tmp_path / "results"
        ).returncode
        == 1
    )
    theirs = judged(clean_root.path / "tmp/results/records.csv")
    assert theirs == judged(tmp_path / "results/records.csv")
    assert [row["decision"] for row in theirs] == ["PASS", "PASS", "PASS", "FAIL"] * 2


def test_window_is_painted_with_both_scripts(clean_root: CleanRoot) -> None:
    """The root has no X server: it reaches ours by the socket."""
    with screen() as (display, pixels):
        sockets = clean_root.path / "tmp/.X11-unix"
        sockets.mkdir()
        name = f"X{display.removeprefix(':')}"
        os.link(Path("/tmp/.X11-unix", name), sockets / name)
        command = [
            "chroot", str(clean_root.path), "env", "-i", "HOME=/root", f"DISPLAY={display}",
            "/usr/bin/inspector-gui", "--demo", "--lang", "zh_CN",
        ]  # fmt: skip
        picture = WORK / "window.png"
        picture.unlink(missing_ok=True)
        shown_until_painted(command, {"PATH": os.environ["PATH"]}, pixels, picture)
    assert picture.stat().st_size > 50_000


def test_upgrade_keeps_settings_and_records_and_leaves_nothing_old(
    clean_root: CleanRoot, older_package: Path
) -> None:
    for path, content in ((SETTING, b"# a setting\n"), (RECORDS, b"records")):
        (clean_root.path / path).parent.mkdir(parents=True)
        (clean_root.path / path).write_bytes(content)
    clean_root.run("dpkg", "-i", "--force-downgrade", f"/tmp/{older_package.name}")
    (relic,) = (clean_root.path / HOME).glob("*/of_the_old_version")
    clean_root.run("dpkg", "-i", "/tmp/inspector.deb")
    assert not relic.parent.exists()
    assert clean_root.selftest()["passed"]
    assert (clean_root.path / SETTING).read_bytes() == b"# a setting\n"
    assert (clean_root.path / RECORDS).read_bytes() == b"records"


def test_upgrade_that_is_killed_anywhere_leaves_the_old_version_or_the_new_one_whole(
    clean_root: CleanRoot, older_package: Path, unpacked: Path
) -> None:
    """Fifty times, at random instants; the next installation puts everything right."""
    plain = clean_root.path / "tmp/plain.deb"  # in which dpkg writes most of the time, not unpacks
    subprocess.run(["dpkg-deb", "-Znone", "-b", unpacked, plain], check=True, capture_output=True)
    clean_root.run("dpkg", "-i", "--force-downgrade", f"/tmp/{older_package.name}")
    trees = {"0.0.1": tree(clean_root.path / HOME)}
    start = time.perf_counter()
    clean_root.run("dpkg", "-i", "/tmp/plain.deb")
    whole_s = time.perf_counter() - start
    trees["new"] = tree(clean_root.path / HOME)
    draw, found, n_killed = random.Random(20), Counter[str](), 0
    while n_killed < N_KILLS:
        clean_root.run("dpkg", "-i", "--force-downgrade", f"/tmp/{older_package.name}")
        n_killed += killed_after(clean_root, "/tmp/plain.deb", draw.uniform(0.0, whole_s))
        found[version_that_runs(clean_root.path / HOME, trees)] += 1
        assert clean_root.run("inspector", "--version").startswith("inspector ")
    assert found["0.0.1"] >= N_KILLS // 4
    clean_root.run("dpkg", "-i", "/tmp/inspector.deb")
    assert tree(clean_root.path / HOME) == trees["new"]
    assert clean_root.selftest()["passed"]
    assert (clean_root.path / RECORDS).read_bytes() == b"records"


def killed_after(clean_root: CleanRoot, package: str, delay_s: float) -> bool:
    """Install a package; whether dpkg and all it started were killed before it was done."""
    command = ["chroot", str(clean_root.path), "dpkg", "-i", package]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as child:
        try:
            assert child.wait(delay_s) == 0
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            return True
    return False


def tree(home: Path) -> dict[str, str]:
    """The hash of every file below a folder."""
    return {
        path.relative_to(home).as_posix(): file_sha256(path)
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def version_that_runs(home: Path, trees: dict[str, dict[str, str]]) -> str:
    """The version that both programs are of, with every file that they load.

    A kill between the two leaves one old and one new, each with its own files: "both".
    """
    there = tree(home)
    of_program = {}
    for program in ("inspector", "inspector-gui"):
        (of_program[program],) = (
            version
            for version, files in trees.items()
            if all(
                there.get(name) == sha256
                for name, sha256 in files.items()
                if name == program or "/" in name
            )
        )
    versions = set(of_program.values())
    return versions.pop() if len(versions) == 1 else "both"


def test_removal_leaves_settings_and_records_and_nothing_else(clean_root: CleanRoot) -> None:
    clean_root.run("dpkg", "--purge", "inspector")
    assert list((clean_root.path / "usr").rglob("*inspector*")) == []
    assert (clean_root.path / SETTING).read_bytes() == b"# a setting\n"
    assert (clean_root.path / RECORDS).read_bytes() == b"records"
