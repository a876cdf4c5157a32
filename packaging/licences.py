"""Collects the licence texts of everything in the product."""

import shutil
from importlib.metadata import distributions
from pathlib import Path

from contents import BOOTLOADER, PYTHON, Component, Contents

ROOT = Path(__file__).resolve().parents[1]
TEXTS = Path(__file__).with_name("licences")  # of those whose packages bring none
_NAMES = ("LICEN", "COPYING", "NOTICE", "AUTHORS", "THIRDPARTY")


def collect_licences(contents: Contents, site: Path, out: Path) -> None:
    """Put a folder for each component into `out`, with its texts.

    Args:
        site: The environment's site-packages.

    Raises:
        ValueError: A component has no text.
    """
    for component in contents.components:
        found = _texts_of(component, site)
        if not found:
            raise ValueError(
                f"{component.name} {component.version}: no licence text; put one into "
                f"{TEXTS.relative_to(ROOT)}/{component.name}/"
            )
        folder = out / component.name.replace(" ", "-")
        folder.mkdir(parents=True)
        for name, text in found.items():
            shutil.copyfile(text, folder / name)


def _texts_of(component: Component, site: Path) -> dict[str, Path]:
    """By the name they get."""
    own = TEXTS / component.name.replace(" ", "-")
    found = {path.name: path for path in sorted(own.glob("*"))}
    if component.name == "inspector":
        found["LICENSE"] = ROOT / "LICENSE"
        found["Inter-LICENSE.txt"] = ROOT / "ui" / "fonts" / "Inter-LICENSE.txt"
    if component.purl.startswith("pkg:deb/"):
        found["copyright"] = Path("/usr/share/doc", component.name, "copyright")
    if component.name == PYTHON:
        found |= _of_python(site)
    wanted = "pyinstaller" if component.name == BOOTLOADER else component.name
    for distribution in distributions(path=[str(site)]):
        if distribution.name.lower().replace("_", "-") != wanted:
            continue
        for file in distribution.files or ():
            path = Path(str(distribution.locate_file(file)))
            is_text = path.name.upper().replace("-", "").startswith(_NAMES)
            if is_text and path.suffix in ("", ".txt", ".md", ".rst", ".BSD", ".APACHE"):
                found["-".join((*_inner(file.parts), path.name))] = path
    return {name: path for name, path in found.items() if path.is_file()}


def _inner(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The folders around a text inside its package, which tell whose it is."""
    return tuple(part for part in parts[1:-1] if part not in ("licenses", "_vendor"))


def _of_python(site: Path) -> dict[str, Path]:
    version = site.parent.name  # python3.11
    tried = (
        Path("/usr/share/doc", version, "copyright"),
        Path("/usr/share/doc", f"lib{version}", "copyright"),
        site.parents[2] / "LICENSE.txt",
    )
    return {f"Python-{path.name}": path for path in tried if path.is_file()}
