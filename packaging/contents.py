"""What the frozen product is made of: the component that each file and each module comes from."""

import ast
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

_ASKED = """
import json, platform, sysconfig
paths = [sysconfig.get_path(name) for name in ("stdlib", "purelib")]
print(json.dumps([*paths, platform.python_version()]))
"""
PYTHON, BOOTLOADER = "CPython", "PyInstaller bootloader"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Component:
    """Something that somebody publishes, and of which the product holds files or modules.

    Attributes:
        purl: Its package URL.
        licence: As its publisher names it; an SPDX expression where that is one.
    """

    name: str
    version: str
    purl: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All of the product.

    Attributes:
        files: Of each component, the places in the product; links are left out.
        modules: Of each component, how many modules inside the programs.
    """

    files: Mapping[Component, tuple[str, ...]]
    modules: Mapping[Component, int]

    @property
    def components(self) -> tuple[Component, ...]:
        """All of them, by name."""
        return tuple(sorted({*self.files, *self.modules}))


def contents_of(product: Path, work: Path, python: Path) -> Contents:
    """Read what PyInstaller wrote down while it made the product.

    Args:
        product: The folder that holds the programs.
        work: PyInstaller's working folder.
        python: Of the environment that it was made from.

    Raises:
        ValueError: A file comes from nowhere that is known.
    """
    origin = _Origin(python)
    sources = {entry[0]: entry[1] for toc in work.rglob("COLLECT-*.toc") for entry in _entries(toc)}
    files: dict[Component, list[str]] = defaultdict(list)
    for path in sorted(product.rglob("*")):
        if path.is_symlink() or path.is_dir():
            continue
        place = path.relative_to(product).as_posix()
        if path.parent == product:  # a program: the bootloader, with modules behind it
            files[origin.bootloader].append(place)
            continue
        source = sources.get(place.partition("/")[2])  # without the folder of the build
        if source is None:
            raise ValueError(f"{place}: PyInstaller does not say where it comes from")
        files[origin.of(source)].append(place)
    modules: dict[Component, int] = defaultdict(int)
    for toc in work.rglob("PYZ-*.toc"):
        for _, source, *_ in _entries(toc):
            if source not in ("-", ""):
                modules[origin.of(source)] += 1
    return Contents(
        files={component: tuple(places) for component, places in files.items()},
        modules=dict(modules),
    )


def _entries(toc: Path) -> Iterator[tuple[str, ...]]:
    """The rows of one of PyInstaller's tables, whatever stands around them."""
    waiting = [ast.literal_eval(toc.read_text(encoding="utf-8"))]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple) and len(value) in (3, 4) and isinstance(value[0], str):
            if all(isinstance(part, str) for part in value[:2]):
                yield value
        elif isinstance(value, (tuple, list)):
            waiting.extend(value)


class _Origin:
    """Tells by its path whose a file is."""

    def __init__(self, python: Path) -> None:
        said = subprocess.run(  # noqa: S603  (the environment's own Python)
            [
                str(python),
                "-c",
                _ASKED,
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        library, site, version = json.loads(said.stdout)
        self.site, self.library = Path(site), Path(library)
        self.python = Component(
            name=PYTHON,
            version=version,
            purl=f"pkg:generic/python@{version}",
            licence="PSF-2.0",
        )
        self._of_file: dict[str, Distribution] = {}
        for distribution in distributions(path=[site]):
            for file in distribution.files or ():
                self._of_file[str(Path(site, file))] = distribution
        bootloader = next(
            one for one in distributions(path=[site]) if one.name.lower() == "pyinstaller"
        )
        self.bootloader = Component(
            name=BOOTLOADER,
            version=bootloader.version,
            purl=f"pkg:pypi/pyinstaller@{bootloader.version}",
            licence="GPL-2.0-or-later WITH Bootloader-exception",
        )

    def of(self, source: str) -> Component:
        """The component of one file."""
        distribution = self._of_file.get(source)
        if distribution is not None:
            is_bootloader = distribution.name.lower() == "pyinstaller"  # what runs before a program
            return self.bootloader if is_bootloader else _of_distribution(distribution)
        path = Path(source)
        is_python = path.name == "base_library.zip" or path.name.startswith("libpython")
        # On Windows the interpreter's libraries lie beside the folder of its modules.
        home = self.library.parent if sys.platform == "win32" else self.library
        if is_python or path.is_relative_to(home):
            return self.python
        return _of_debian(path)


@cache
def _of_distribution(distribution: Distribution) -> Component:
    said = distribution.metadata
    licence = said.get("License-Expression") or said.get("License") or "see its licence text"
    name = re.sub(r"[-_.]+", "-", distribution.name).lower()
    return Component(
        name=name,
        version=distribution.version,
        purl=f"pkg:pypi/{name}@{distribution.version}",
        licence=licence.splitlines()[0],
    )


@cache
def _of_debian(path: Path) -> Component:
    # Debian keeps under /usr what a link leads to from /lib.
    for tried in (path, path.resolve(), Path(str(path.resolve()).removeprefix("/usr"))):
        found = subprocess.run(  # noqa: S603
            ["dpkg", "-S", str(tried)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        if found.returncode == 0:
            package = found.stdout.split(":")[0]
            break
    else:
        raise ValueError(f"{path}: it is neither Python's, nor a package's of pip or Debian")
    version = subprocess.run(  # noqa: S603
        ["dpkg-query", "-W", "-f", "${Version}", package],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()[0]
    return Component(
        name=package,
        version=version,
        purl=f"pkg:deb/debian/{package}@{version}",
        licence="see its licence text",
    )
