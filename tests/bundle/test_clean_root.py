"""A line PC's life with the Debian package, in order: installed, used, upgraded, removed."""

import csv
import os
import subprocess
from pathlib import Path

from inspector.assembly import shipped_bundle
from inspector.capture.synthetic.render import Defect, render_part
from inspector.store.images import write_png
from smoke import screen, shown_until_painted
from tests.bundle.conftest import WORK, CleanRoot
from tests.support.lots import inspector

SETTING, RECORDS = "etc/inspector/line/station.toml", "var/lib/inspector/line/records.db"
BUNDLE = "usr/lib/inspector/_internal/inspector/demo_part.bundle"
N_PARTS = 8


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
    clean_root.run(
        "inspector",
        "batch",
        "/tmp/parts",
        "--bundle",
        f"/{BUNDLE}",
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
    clean_root: CleanRoot, tmp_path: Path
) -> None:
    """From the version before, whose place the same one takes under a lower number."""
    for path, content in ((SETTING, b"# a setting\n"), (RECORDS, b"records")):
        (clean_root.path / path).parent.mkdir(parents=True)
        (clean_root.path / path).write_bytes(content)
    older = tmp_path / "older"
    subprocess.run(["dpkg-deb", "-R", clean_root.path / "tmp/inspector.deb", older], check=True)
    control = older / "DEBIAN/control"
    lines = control.read_text().splitlines()
    control.write_text(
        "".join("Version: 0.0.1\n" if one.startswith("Version:") else f"{one}\n" for one in lines)
    )
    relic = Path("usr/lib/inspector/_internal/of_the_old_version")
    (older / relic).write_bytes(b"")
    subprocess.run(
        ["dpkg-deb", "-Znone", "-b", older, clean_root.path / "tmp/older.deb"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    clean_root.run("dpkg", "-i", "--force-downgrade", "/tmp/older.deb")
    assert (clean_root.path / relic).exists()
    clean_root.run("dpkg", "-i", "/tmp/inspector.deb")
    assert not (clean_root.path / relic).exists()
    assert clean_root.selftest()["passed"]
    assert (clean_root.path / SETTING).read_bytes() == b"# a setting\n"
    assert (clean_root.path / RECORDS).read_bytes() == b"records"


def test_removal_leaves_settings_and_records_and_nothing_else(clean_root: CleanRoot) -> None:
    clean_root.run("dpkg", "--purge", "inspector")
    assert list((clean_root.path / "usr").rglob("*inspector*")) == []
    assert (clean_root.path / SETTING).read_bytes() == b"# a setting\n"
    assert (clean_root.path / RECORDS).read_bytes() == b"records"
