"""Makes the product that line PCs get: frozen, proven, packed, proven again.

    make package

One road on a desk and in the pipeline. What comes of it lies in build/package/: the programs in
`dist/inspector`, the Debian package, `sbom.cdx.json`, `SHA256SUMS`, and a picture of the window.
Ends with 1 when something does not hold, a budget among it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from contents import contents_of
from deb import ICON, make_deb
from environment import ROOT, contents_id, line_environment, site_packages, source_epoch
from icon import write_icon
from inspector import __version__
from licences import collect_licences
from models.dataset.hashes import file_sha256
from sbom import check_sbom, write_sbom
from smoke import check_selftest, start_time_s, window_time_s
from version_resource import version_resource
from windows_installer import make_installer

OUT = ROOT / "build" / "package"
MB = 1_000_000
MAX_FOLDER_BYTES = 380 * MB
MAX_PACKAGE_BYTES = 130 * MB
MAX_START_S = 0.4  # `inspector --version`, warm
MAX_WINDOW_S = 1.0  # until it is painted, warm
_SUFFIX = ".exe" if sys.platform == "win32" else ""
DESCRIPTIONS = {
    "inspector": "Visual inspection of parts: judging without a screen",
    "inspector-gui": "Visual inspection of parts: the operator's window",
}
# What must never reach a line PC; each is looked for in the names of files and modules.
FORBIDDEN = ("tensorflow", "keras", "tf2onnx", "models", "tests", "pytest", "PySide6.QtNetwork")


def main() -> int:
    """Do every step; the exit code."""
    python = line_environment(OUT / "environment")
    product, work = _frozen(python, OUT)
    contents = contents_of(product, work, python)
    _check_contents(product, work, python)
    shutil.rmtree(OUT / "licences", ignore_errors=True)
    collect_licences(contents, site_packages(python), OUT / "licences")
    sbom = OUT / "sbom.cdx.json"
    write_sbom(contents, product, __version__, sbom)
    check_sbom(sbom, product)
    program = product / f"inspector{_SUFFIX}"
    check_selftest(program)
    failures = _Budgets()
    failures.hold("folder", _size(product), MAX_FOLDER_BYTES, _as_mb)
    failures.hold("start", start_time_s(program), MAX_START_S, _as_s)
    if sys.platform == "win32":  # without a screen of its own to look at
        package = make_installer(product, OUT / "inspector.ico", OUT, OUT / "licences", sbom)
    else:
        shot = OUT / "window.png"
        window_s = window_time_s(product / "inspector-gui", shot)
        failures.hold("window", window_s, MAX_WINDOW_S, _as_s)
        package = make_deb(product, contents, OUT / "licences", sbom, OUT)
        _check_installed(package)
    failures.hold("package", package.stat().st_size, MAX_PACKAGE_BYTES, _as_mb)
    _write_sums([package, sbom], OUT / "SHA256SUMS")
    return 1 if failures.n_failed else 0


def _frozen(python: Path, out: Path) -> tuple[Path, Path]:
    """The product, and PyInstaller's working folder."""
    for folder in ("dist", "work"):
        shutil.rmtree(out / folder, ignore_errors=True)
    write_icon(ICON, out / "inspector.ico")
    for program, description in DESCRIPTIONS.items():
        text = version_resource(program, description, __version__)
        (out / f"{program}.version").write_text(text, encoding="utf-8")
    subprocess.run(  # noqa: S603
        [
            str(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
            "--distpath", str(out / "dist"), "--workpath", str(out / "work"),
            str(Path(__file__).with_name("inspector.spec")),
        ],
        check=True,
        cwd=out,
        env={
            **os.environ,
            "PYTHONHASHSEED": "0",
            "SOURCE_DATE_EPOCH": str(source_epoch()),
            "CONTENTS_FOLDER": f"_internal-{contents_id(python)}",
            "RESOURCES_FOLDER": str(out),
        },
    )  # fmt: skip
    return out / "dist" / "inspector", out / "work"


def _check_contents(product: Path, work: Path, python: Path) -> None:
    """Neither a training library nor a test, nor a path of this machine.

    Raises:
        ValueError: There is one.
    """
    names = [path.relative_to(product).as_posix() for path in product.rglob("*")]
    names += [toc.read_text(encoding="utf-8") for toc in work.rglob("PYZ-*.toc")]
    for word in FORBIDDEN:
        found = [name for name in names if f"/{word}/" in f"/{name}" or f"('{word}'," in name]
        if found:
            raise ValueError(f"{word} is in the product: {found[0][:200]}")
    here = [str(ROOT).encode(), str(python.parents[1]).encode()]
    for path in product.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            for place in here:
                if place in content:
                    raise ValueError(f"{path}: the path {place.decode()} of this machine is in it")


def _check_installed(package: Path) -> None:
    """Unpack it as dpkg does, and let the installed copy prove itself by the name people call."""
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["dpkg-deb", "-x", str(package), root], check=True)  # noqa: S603, S607
        check_selftest(Path(root, "usr", "bin", "inspector").resolve())


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))


class _Budgets:
    """Prints what was measured beside what is allowed."""

    def __init__(self) -> None:
        self.n_failed = 0

    def hold(self, name: str, value: float, limit: float, text: Callable[[float], str]) -> None:
        is_kept = value <= limit
        self.n_failed += not is_kept
        word = "" if is_kept else "  TOO MUCH"
        sys.stdout.write(f"{name:10} {text(value):>10} of {text(limit)}{word}\n")
        sys.stdout.flush()


def _as_mb(value: float) -> str:
    return f"{value / MB:.0f} MB"


def _as_s(value: float) -> str:
    return f"{value:.2f} s"


def _write_sums(paths: list[Path], out: Path) -> None:
    lines = [f"{file_sha256(path)}  {path.name}\n" for path in paths]
    out.write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
